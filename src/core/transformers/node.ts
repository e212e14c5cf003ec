// SPDX-License-Identifier: MIT

/** Whether this is Node (or a runtime that presents itself as Node) and files on disk can be read. */
export const inNode: boolean = typeof process === 'object' && process.release?.name === 'node';

/** @internal */
export interface NodeModules {
  readonly fs: typeof import('node:fs/promises');
  readonly path: typeof import('node:path');
  readonly url: typeof import('node:url');
}

let modules: Promise<NodeModules> | undefined;

/**
 * The parts of Node that the bridge uses, imported when first needed so that no bundler has to resolve them for a page.
 * @internal
 */
export function nodeModules(): Promise<NodeModules> {
  modules ??= (async () => {
    const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${name}`);
    const [fs, path, url] = await Promise.all([load('fs/promises'), load('path'), load('url')]);
    return { fs, path, url } as NodeModules;
  })();
  return modules;
}
