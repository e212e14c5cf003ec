// SPDX-License-Identifier: MIT
import { absoluteUrl, environment, vendorUrl } from '../environment.js';
import { VitrineError } from '../errors.js';

/** The fields of transformers.js's `env` that the bridge reads, in every major version. */
export interface LibraryEnvironment {
  readonly version: string;
  allowRemoteModels: boolean;
  allowLocalModels: boolean;
  remoteHost: string;
  remotePathTemplate: string;
  localModelPath: string;
  useFS?: boolean;
  useBrowserCache: boolean;
  useFSCache: boolean;
  cacheDir: string | null;
  useCustomCache: boolean;
  customCache: unknown;
  /** Name of the browser cache; only version 4 can change it. */
  cacheKey?: string;
  /** Only version 4. */
  fetch?: typeof fetch;
}

/** A loaded transformers.js of any supported major version. */
export interface TransformersLibrary {
  /** The module namespace: its exported classes by name. */
  readonly module: Readonly<Record<string, unknown>>;
  /** As the library says, for example "4.3.1". */
  readonly version: string;
  /** 2 is `@xenova/transformers`, 3 and 4 are `@huggingface/transformers`. Later ones are treated as 4. */
  readonly major: 2 | 3 | 4;
  readonly env: LibraryEnvironment;
}

const opened = new WeakMap<object, TransformersLibrary>();

/**
 * Loads transformers.js. A given module wins; then a URL (given, or set by `configure`); then the installed
 * `@huggingface/transformers`, then `@xenova/transformers`.
 *
 * @param options - `module`: an imported namespace; `url`: an ES module to import
 * @throws VitrineError `library-missing` where there is none or the module is not transformers.js
 * @example
 * const library = await loadTransformers();
 * library.major   // 4
 */
export async function loadTransformers(options: { module?: unknown; url?: string } = {}): Promise<TransformersLibrary> {
  if (options.module !== undefined) return wrapLibrary(options.module);
  const configured = options.url ?? environment().transformers;
  if (typeof configured === 'object') return wrapLibrary(configured);
  if (configured !== undefined) return wrapLibrary(await importUrl(absoluteUrl(configured)));
  const failures: unknown[] = [];
  for (const attempt of [importVendored, importHuggingFace, importXenova]) {
    try {
      const module = await attempt();
      if (module !== undefined) return wrapLibrary(module);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new VitrineError(
    'library-missing',
    'transformers.js was not found. Vitrine uses it for tokenizers, configurations and generation: install it ' +
      '("npm install @huggingface/transformers", version 3 or 4, or "@xenova/transformers" 2.17), pass its module ' +
      '(`{ transformers: await import(...) }`), or name its URL once with `configure({ transformers: url })`.',
    { cause: failures.length === 1 ? failures[0] : failures },
  );
}

/**
 * Recognises a transformers.js module namespace by its `env` and finds its version.
 * @throws VitrineError `library-missing` for anything else
 */
export function wrapLibrary(module: unknown): TransformersLibrary {
  const namespace = [module, (module as { default?: unknown } | null)?.default].find(
    (candidate) => typeof (candidate as { env?: { version?: unknown } } | undefined)?.env?.version === 'string',
  ) as (Record<string, unknown> & { env: LibraryEnvironment }) | undefined;
  const version = namespace?.env.version;
  const number = Number.parseInt(version ?? '', 10);
  if (!namespace || !(number >= 2)) {
    throw new VitrineError(
      'library-missing',
      `Expected the module of transformers.js (it exports "env" with a version of 2.17 or later), got ` +
        `${version === undefined ? 'something without it' : `version ${version}`}. Pass the result of import('@huggingface/transformers').`,
    );
  }
  const known = opened.get(namespace);
  if (known) return known;
  const library: TransformersLibrary = {
    module: namespace,
    version: namespace.env.version,
    major: number >= 4 ? 4 : (number as 2 | 3),
    env: namespace.env,
  };
  opened.set(namespace, library);
  return library;
}

/** A class (or function) that the library exports, by name. @throws VitrineError `library-missing` where it does not */
export function exported<T>(library: TransformersLibrary, name: string): T {
  const value = library.module[name];
  if (typeof value !== 'function') {
    throw new VitrineError(
      'library-missing',
      `transformers.js ${library.version} has no "${name}", which this model needs. Install a version that has it ` +
        '(@huggingface/transformers 4 is the newest that Vitrine knows).',
    );
  }
  return value as T;
}

async function importUrl(url: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
  } catch (cause) {
    throw new VitrineError(
      'library-missing',
      `transformers.js could not be loaded from ${url}. The URL must give an ES module and allow this page to read it (CORS).`,
      { cause },
    );
  }
}

async function importVendored(): Promise<unknown> {
  const url = vendorUrl('transformers.min.js');
  return url === undefined ? undefined : importUrl(url);
}

/** The name stands here for bundlers to find. With `catch` at the import they warn rather than fail where it is not installed. */
const importHuggingFace = (): Promise<unknown> =>
  import('@huggingface/transformers').catch((error: unknown) => {
    throw error;
  });

/** Named through a variable: a bundler must not fail where only the newer package is installed. */
const importXenova = (): Promise<unknown> => {
  const name = '@xenova/transformers';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
};
