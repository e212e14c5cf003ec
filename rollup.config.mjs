// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { terserOptions } from './scripts/lib/terser.mjs';
import { pinnedUrls } from './scripts/lib/vendor.mjs';

/** tsc wrote a map beside each module; with it, the map of the bundle leads to the TypeScript sources. */
const sourceMaps = {
  name: 'source-maps',
  load(id) {
    if (!/\/dist\/.*\.js$/.test(id) || id.includes('/node_modules/')) return null;
    return {
      code: readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, ''),
      map: JSON.parse(readFileSync(`${id}.map`, 'utf8')),
    };
  },
};

/** A module that asks where it is (to find the embedded model beside the package) gets the place of its own file in dist/, not that of the bundle. */
const ownPlace = {
  name: 'own-place',
  resolveImportMeta(property, { moduleId }) {
    const path = /\/dist\/(.*)$/.exec(moduleId)?.[1];
    return property === 'url' && path && !path.startsWith('cdn/') ? `new URL('../${path}', import.meta.url).href` : null;
  },
};

const urls = pinnedUrls();

/** One file of dist/cdn, with everything inside that is not loaded on demand. */
const bundle = (input, file) => ({
  input,
  // Loaded when a live model is asked for, never before; a vendor folder or configure() puts other addresses in their place.
  external: (id) => id in urls || id.startsWith('node:') || id.startsWith('onnxruntime-') || id.startsWith('@xenova/'),
  onwarn(warning) {
    if (['CIRCULAR_DEPENDENCY', 'THIS_IS_UNDEFINED'].includes(warning.code)) return; // cycles have a test; the helper of decorators asks for `this`
    throw new Error(warning.message);
  },
  output: { file, format: 'es', sourcemap: true, inlineDynamicImports: true, paths: urls },
  plugins: [sourceMaps, ownPlace, resolve({ browser: true }), terser(terserOptions)],
});

export default [bundle('dist/cdn/index.js', 'dist/cdn/vitrine.min.js'), bundle('dist/cdn/worker.js', 'dist/cdn/vitrine-worker.min.js')];
