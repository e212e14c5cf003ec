// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { forPictures } from './scripts/lib/for-pictures.mjs';
import { minifyLiterals } from './scripts/lib/minify-literals.mjs';
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

/** Modules that are a file of their own beside the bundles, loaded when they are needed. */
const beside = [
  { module: /\/dist\/components\/shared\/export\/index\.js$/, file: 'vitrine-export.min.js', except: ['vitrine-page.min.js'] },
  { module: /\/dist\/components\/shared\/live-engine\.js$/, file: 'vitrine-live.min.js' },
  { module: /\/dist\/worker\/local\.js$/, file: 'vitrine-core.min.js', except: ['vitrine-core.min.js'] },
];

const besideFiles = (bundleFile) => ({
  name: 'beside',
  async resolveId(source, importer) {
    if (!importer) return null;
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    const found = beside.find(
      ({ module, file, except }) => module.test(resolved?.id) && file !== bundleFile && !except?.includes(bundleFile),
    );
    return found ? { id: `./${found.file}`, external: 'relative' } : null;
  },
});

const bundle = (input, file, output, preamble) => ({
  input,
  // Loaded when a live model is asked for, never before; a vendor folder or configure() puts other addresses in their place.
  external: (id) => id in urls || id.startsWith('node:') || id.startsWith('onnxruntime-') || id.startsWith('@xenova/'),
  onwarn(warning) {
    if (['CIRCULAR_DEPENDENCY', 'THIS_IS_UNDEFINED'].includes(warning.code)) return; // cycles have a test; the helper of decorators asks for `this`
    throw new Error(warning.message);
  },
  output: { format: 'es', sourcemap: true, paths: urls, ...output },
  plugins: [sourceMaps, minifyLiterals, ownPlace, besideFiles(file), resolve({ browser: true }), terser(withPreamble(preamble))],
});

/** V8 compiles such a file whole, on a thread of its own while it arrives, and not function by function while the page waits. */
const compiledAhead = '//# allFunctionsCalledOnLoad';
const withPreamble = (preamble) => ({ ...terserOptions, format: { ...terserOptions.format, preamble } });

/** `vitrine-logit-lens.min.js` draws lenses; what else an element loads has its own name behind that. */
const chunkName = ({ facadeModuleId, moduleIds, name }) => {
  const [, tag] = /\/components\/([^/]+)\//.exec(facadeModuleId ?? moduleIds.at(-1) ?? '') ?? [];
  const part = name === tag ? '' : name.replace(/^(patching-)?picture$|-view$/, '');
  return `vitrine-${[tag, part].filter(Boolean).join('-')}.min.js`;
};

/** One file of dist/cdn, with everything inside that does not lie beside it. */
const whole = (input, file) => bundle(`dist/cdn/${input}`, file, { file: `dist/cdn/${file}`, inlineDynamicImports: true });

/** Whether a module is there as soon as the module `entry` is: reached from it by static imports alone. */
function reachedFrom(entry, id, getModuleInfo, seen = new Set()) {
  seen.add(id);
  return (
    entry.test(id) ||
    getModuleInfo(id).importers.some((importer) => !seen.has(importer) && reachedFrom(entry, importer, getModuleInfo, seen))
  );
}

/** The elements in one file, with the matrices of attention; what draws each other kind in a file beside it. */
const elements = bundle(
  'dist/cdn/index.js',
  'vitrine.min.js',
  {
    dir: 'dist/cdn',
    entryFileNames: 'vitrine.min.js',
    chunkFileNames: chunkName,
  },
  compiledAhead,
);
elements.plugins.unshift(forPictures());
elements.preserveEntrySignatures = 'allow-extension'; // pictures import what they share from the bundle itself

/** What nearly every technique builds on. */
const underTechniques = /\/dist\/core\/(techniques\/(where|answer|metrics\/metric|patching\/sweep)|figures\/types)\.js$/;

/** What the core has from the start lies in its file, and what all of the others need: they import it from there. */
const coreTogether = (id, { getModuleInfo }) =>
  underTechniques.test(id) || reachedFrom(/\/dist\/cdn\/core\.js$/, id, getModuleInfo) ? 'core' : undefined;

/** The core, the worker that runs it, and the techniques; what opens a model and what computes a figure lie beside, for when they are needed. */
const models = bundle(
  { core: 'dist/cdn/core.js', worker: 'dist/cdn/worker.js', techniques: 'dist/cdn/techniques.js' },
  'vitrine-core.min.js',
  {
    dir: 'dist/cdn',
    entryFileNames: 'vitrine-[name].min.js',
    chunkFileNames: ({ name }) => `vitrine-core-${name.replace(/^run-/, '')}.min.js`,
    manualChunks: coreTogether,
    onlyExplicitManualChunks: true,
    experimentalMinChunkSize: 10_000,
  },
);
models.preserveEntrySignatures = 'allow-extension';

export default [
  elements,
  whole('page.js', 'vitrine-page.min.js'),
  whole('../components/shared/export/index.js', 'vitrine-export.min.js'),
  whole('live.js', 'vitrine-live.min.js'),
  models,
];
