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
 * Minified and compressed size of each thing that a page may load: the bundles, the core, each element with Lit and all it imports, and
 * all elements together.
 *
 * @returns {Promise<Record<string, number>>} bytes after gzip -9, by entry
 */
export async function sizes() {
  const elements = filesUnder('dist/components/define', '.js').map((file) => [file.replace(/^.*\/(.*)\.js$/, 'define/$1.js'), file]);
  const entries = Object.fromEntries([['core', 'dist/core/index.js'], ...elements]);
  const result = {};
  for (const file of filesUnder('dist/cdn', '.min.js')) {
    if (!file.includes('/vendor/')) result[file.replace('dist/', '')] = compressed(readFileSync(join(root, file)));
  }
  for (const [name, file] of Object.entries(entries)) result[name] = compressed(await bundle(file));
  return result;
}

/**
 * The minified code that an entry of dist/ needs at once: itself and what it imports statically. What it imports later, on a reader's
 * press, is not part of it.
 */
export function bundle(file) {
  const made = bundles.get(file) ?? makeBundle(file);
  bundles.set(file, made);
  return made;
}

const bundles = new Map();

async function makeBundle(file) {
  const build = await rollup({
    input: join(root, file),
    external: (id) => onDemand.test(id),
    plugins: [minifyLiterals, resolve({ browser: true }), terser(terserOptions)],
    onwarn: () => {},
  });
  const { output } = await build.generate({ format: 'es' });
  await build.close();
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set([output[0].fileName]);
  for (const name of needed) for (const imported of chunks.get(name)?.imports ?? []) if (chunks.has(imported)) needed.add(imported);
  return [...needed].map((name) => chunks.get(name).code).join('\n');
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
 * The checked-in budget: bytes after gzip by entry; "define/*.js" holds for each element that has no line of its own, "cdn/*.min.js" for
 * each file that is loaded for a further view.
 */
export function budget() {
  return JSON.parse(readFileSync(join(root, 'size-budget.json'), 'utf8'));
}

/** What an entry may weigh; undefined where the budget forgot it. */
export function allowance(limits, entry) {
  const group = entry.startsWith('define/') ? 'define/*.js' : entry.startsWith('cdn/') ? 'cdn/*.min.js' : '';
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
