// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './exec.mjs';

const ort = 'node_modules/onnxruntime-web/dist';

/** What a page needs to run a model without another server: file in the vendor folder -> file of the installed package. */
export const vendorFiles = {
  'ort.wasm.min.mjs': `${ort}/ort.wasm.min.mjs`,
  'ort-wasm-simd-threaded.mjs': `${ort}/ort-wasm-simd-threaded.mjs`,
  'ort-wasm-simd-threaded.wasm': `${ort}/ort-wasm-simd-threaded.wasm`,
  'ort.webgpu.min.mjs': `${ort}/ort.webgpu.min.mjs`,
  'ort-wasm-simd-threaded.asyncify.mjs': `${ort}/ort-wasm-simd-threaded.asyncify.mjs`,
  'ort-wasm-simd-threaded.asyncify.wasm': `${ort}/ort-wasm-simd-threaded.asyncify.wasm`,
  'transformers.min.js': 'node_modules/@huggingface/transformers/dist/transformers.min.js',
};

/** Where the bundle loads the same files from by default: the exact versions that were tested, from a public content network. */
export function pinnedUrls() {
  const version = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const url = (name, file) => `https://cdn.jsdelivr.net/npm/${name}@${version(name)}/dist/${file}`;
  return {
    'onnxruntime-web/wasm': url('onnxruntime-web', 'ort.wasm.min.mjs'),
    'onnxruntime-web/webgpu': url('onnxruntime-web', 'ort.webgpu.min.mjs'),
    '@huggingface/transformers': url('@huggingface/transformers', 'transformers.min.js'),
  };
}
