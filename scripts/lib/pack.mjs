// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from './exec.mjs';

let packed;

/**
 * The package as npm would publish it, made once per run.
 *
 * @returns {Promise<{ file: string, bytes: Buffer, paths: string[], size: number }>} the tarball, the paths in it, and its unpacked size in bytes
 */
export function pack() {
  packed ??= make();
  return packed;
}

async function make() {
  const folder = join(root, '.cache/pack');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { status, stdout, output } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { quiet: true });
  if (status !== 0) throw new Error(output);
  const [{ filename, files, unpackedSize }] = JSON.parse(stdout);
  const file = join(folder, filename);
  return { file, bytes: readFileSync(file), paths: files.map(({ path }) => path), size: unpackedSize };
}
