// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';
import { root } from './exec.mjs';
import { minifyLiterals } from './minify-literals.mjs';
import { terserOptions } from './terser.mjs';
import { filesUnder } from './files.mjs';

/** Loaded on demand from elsewhere: not part of what a page pays to show a figure. */
const onDemand = /^(node:|onnxruntime-|@huggingface\/|@xenova\/)/;

/**
 * Minified and compressed size of each thing that a page may load: the bundles, the core (a model alone, and with every technique; what
 * opens a model and what computes figures come later), each element with Lit and all it imports, and all elements together; each "drawn",
 * which is with the picture that it opens with.
 *
 * @returns {Promise<Record<string, number>>} bytes after gzip -9, by entry
 */
export async function sizes() {
  const elements = filesUnder('dist/components/define', '.js').map((file) => [file.replace(/^.*\/(.*)\.js$/, 'define/$1.js'), file]);
  const core = ['core/model/index.js', 'core/index.js'].map((file) => [file, `dist/${file}`]);
  const entries = Object.fromEntries([...core, ...elements]);
  const result = {};
  for (const file of filesUnder('dist/cdn', '.min.js')) {
    if (!file.includes('/vendor/')) result[file.replace('dist/', '')] = compressed(readFileSync(join(root, file)));
  }
  for (const [name, file] of Object.entries(entries)) {
    result[name] = compressed(await bundle(file));
    if (name.startsWith('define/')) result[`${name} drawn`] = compressed(await bundle(file, { pictures: true }));
  }
  return result;
}

/** What an element loads as soon as it is on a page: its picture, in the view that it opens with. */
const firstPicture = /\/(\w+-)?picture\.js$|\/matrix-view\.js$/;

/**
 * The minified code that an entry of dist/ needs at once: itself and what it imports statically; with `pictures`, also what draws the
 * first picture of its elements. What comes later, on a reader's press, is not part of it.
 */
export async function bundle(file, { pictures = false } = {}) {
  const chunks = await chunksOf(file);
  const needed = new Set([[...chunks.keys()][0]]);
  for (const name of needed) {
    const { imports, dynamicImports } = chunks.get(name);
    const drawn = pictures ? dynamicImports.filter((other) => chunks.get(other)?.moduleIds.some((id) => firstPicture.test(id))) : [];
    for (const other of [...imports, ...drawn]) if (chunks.has(other)) needed.add(other);
  }
  return [...needed].map((name) => chunks.get(name).code).join('\n');
}

const made = new Map();

/** The chunks of an entry by name, the entry itself first. */
async function chunksOf(file) {
  if (!made.has(file)) made.set(file, makeChunks(file));
  return made.get(file);
}

async function makeChunks(file) {
  const build = await rollup({
    input: join(root, file),
    external: (id) => onDemand.test(id),
    plugins: [minifyLiterals, resolve({ browser: true }), terser(terserOptions)],
    onwarn: () => {},
  });
  const { output } = await build.generate({ format: 'es' });
  await build.close();
  return new Map(output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
}

/** Cycles among the modules that an entry of dist/ leads to, each as a list of paths in dist/. */
export async function cycles(file) {
  const found = [];
  const onwarn = (warning) => {
    if (warning.code === 'CIRCULAR_DEPENDENCY') found.push(warning.ids.map((id) => id.replace(/^.*\/dist\//, '')));
  };
  const build = await rollup({ input: join(root, file), external: (id) => !/^[./]/.test(id), onwarn });
  await build.close();
  return found.filter((ids) => !ids.some((id) => id.includes('node_modules')));
}

function compressed(code) {
  return gzipSync(code, { level: 9 }).length;
}

/**
 * The checked-in budget: bytes after gzip by entry; "define/*.js" and "define/*.js drawn" hold for each element that has no line of its
 * own, "cdn/*.min.js" for each picture.
 */
export function budget() {
  return JSON.parse(readFileSync(join(root, 'size-budget.json'), 'utf8'));
}

/** What an entry may weigh; undefined where the budget forgot it. */
export function allowance(limits, entry) {
  const group = entry.replace(/^define\/[^/]*\.js/, 'define/*.js').replace(/^cdn\/.*/, 'cdn/*.min.js');
  return limits[entry] ?? limits[group];
}

/** Lines "entry  bytes  budget", and the entries that weigh too much or have no budget. */
export function compare(measured, limits) {
  const over = [];
  const lines = Object.entries(measured).map(([entry, bytes]) => {
    const limit = allowance(limits, entry);
    if (limit === undefined || bytes > limit) over.push(entry);
    return `${entry.padEnd(30)} ${String(bytes).padStart(8)} B gzip   budget ${limit ?? 'none: add a line to size-budget.json'}`;
  });
  return { lines, over };
}
