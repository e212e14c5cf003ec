// SPDX-License-Identifier: MIT
import { inNode } from './node.js';

/**
 * The ONNX Runtime that transformers.js has loaded into this Node process, or undefined in a page or where it has loaded none.
 *
 * Two versions of the native library cannot always live in one process: onnxruntime-node 1.21, which transformers.js 3.8 brings, and
 * later ones share the file name `libonnxruntime.so.1`, so that the second one to load fails (ERR_DLOPEN_FAILED). With version 3 the
 * runtime must therefore be the library's own. Version 2 (ONNX Runtime 1.14) gets along with a later one, and should: its own lacks the
 * operators of newer files.
 *
 * @returns the CommonJS exports of onnxruntime-node: `InferenceSession`, `Tensor`, `env`
 */
export async function loadedOrt(): Promise<object | undefined> {
  if (!inNode) return undefined;
  const name = 'node:module';
  const { createRequire } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof import('node:module');
  const { cache } = createRequire(import.meta.url);
  const found = Object.values(cache).find((module) => module && /[\\/]onnxruntime-node[\\/]dist[\\/]index\.js$/.test(module.id));
  return found?.exports as object | undefined;
}
