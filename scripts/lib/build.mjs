// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embedSnippet } from './embed-snippet.mjs';
import { exec, node, root } from './exec.mjs';
import { filesUnder } from './files.mjs';
import { vendorFiles } from './vendor.mjs';

const stampFile = join(root, 'dist/.stamp');
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'rollup.config.mjs',
  'custom-elements-manifest.config.mjs',
  'scripts/lib/build.mjs',
  'scripts/lib/embed-snippet.mjs',
  'scripts/lib/for-pictures.mjs',
  'scripts/lib/framework-types.mjs',
  'scripts/lib/manifest.mjs',
  'scripts/lib/minify-literals.mjs',
  'scripts/lib/terser.mjs',
  'scripts/lib/vendor.mjs',
];

/** Builds dist/ where a source is newer than what is there. Says what it does; says nothing where there is nothing to do. */
export async function ensureBuilt() {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()) return;
  console.log('Building dist/, because a source has changed since the last build.');
  await build();
}

/**
 * Builds everything that the package ships: modules with types by tsc, the bundle for a script tag by rollup, the elements' types for
 * React and Svelte from the manifest, and beside the bundle the lines that embed it with hashes, and the files of ONNX Runtime and
 * transformers.js for a site that loads them from its own server.
 */
export async function build() {
  const now = stamp();
  clean();
  await succeed('tsc', node('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json'], { quiet: true }));
  if (existsSync(join(root, 'dist/cli/main.js'))) chmodSync(join(root, 'dist/cli/main.js'), 0o755);
  if (existsSync(join(root, 'dist/cdn/index.js'))) {
    await succeed('rollup', exec(process.execPath, ['node_modules/rollup/dist/bin/rollup', '-c', '--silent'], { quiet: true }));
  }
  // Loaded here: it needs a package, and this file is read before packages are installed.
  const { frameworkTypes } = await import('./framework-types.mjs');
  for (const [name, text] of Object.entries(await frameworkTypes())) writeFileSync(join(root, 'dist', name), text);
  writeFileSync(join(root, 'dist/cdn/embed.html'), embedSnippet());
  copyVendor();
  writeFileSync(stampFile, now);
}

function copyVendor() {
  for (const [name, source] of Object.entries(vendorFiles())) {
    const target = join(root, 'dist/cdn/vendor', name);
    const from = join(root, source);
    const there = statSync(target, { throwIfNoEntry: false });
    if (there && there.size === statSync(from).size && there.mtimeMs >= statSync(from).mtimeMs) continue;
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(from, target);
  }
}

/** Empties dist/, but for the large copies, which do not change with the sources. */
function clean() {
  for (const name of existsSync(join(root, 'dist')) ? readdirSync(join(root, 'dist')) : []) {
    if (name !== 'cdn') rmSync(join(root, 'dist', name), { recursive: true });
  }
  for (const file of filesUnder('dist/cdn')) if (!file.startsWith('dist/cdn/vendor/')) rmSync(join(root, file));
}

/** What the build depends on: names, sizes and times of the sources. */
function stamp() {
  const hash = createHash('sha256');
  for (const file of [...settings, ...filesUnder('src')]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function succeed(name, running) {
  const { status, output } = await running;
  if (status !== 0) throw new Error(`${name} failed:\n${output}`);
}
