// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './exec.mjs';
import { filesUnder } from './files.mjs';

const ort = 'node_modules/onnxruntime-web/dist';
const ortFiles = [
  'ort.wasm.min.mjs',
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  'ort.webgpu.min.mjs',
  'ort-wasm-simd-threaded.asyncify.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
];

/**
 * What a page needs to run models without another server, as `configure({ vendor })` expects it:
 * path in the vendor folder -> file of this repository or of an installed package.
 *
 * @returns {Record<string, string>}
 */
export function vendorFiles() {
  const model = 'models/storyteller/';
  const modelFiles = filesUnder(model).filter((file) => !file.startsWith(`${model}making/`));
  return {
    'transformers.min.js': 'node_modules/@huggingface/transformers/dist/transformers.min.js',
    ...Object.fromEntries(ortFiles.map((file) => [`ort/${file}`, `${ort}/${file}`])),
    ...Object.fromEntries(modelFiles.map((file) => [`storyteller/${file.slice(model.length)}`, file])),
  };
}

/** Where the bundle loads the same libraries from by default: the exact versions that were tested, from a public content network. */
export function pinnedUrls() {
  const version = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const url = (name, file) => `https://cdn.jsdelivr.net/npm/${name}@${version(name)}/dist/${file}`;
  return {
    'onnxruntime-web/wasm': url('onnxruntime-web', 'ort.wasm.min.mjs'),
    'onnxruntime-web/webgpu': url('onnxruntime-web', 'ort.webgpu.min.mjs'),
    '@huggingface/transformers': url('@huggingface/transformers', 'transformers.min.js'),
  };
}
