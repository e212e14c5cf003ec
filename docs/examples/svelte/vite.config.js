// SPDX-License-Identifier: MIT
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// What a live model runs on lies in public/vitrine/vendor and is loaded from there at a reader's press: it does not go through Vite.
const external = ['@huggingface/transformers', /^onnxruntime-web/];

export default defineConfig({
  plugins: [svelte()],
  base: './', // the built folder can lie anywhere on a server
  build: { rolldownOptions: { external } },
  worker: { format: 'es', rolldownOptions: { external } },
  optimizeDeps: { exclude: ['vitrine'] }, // its worker is found from the place of its module
});
