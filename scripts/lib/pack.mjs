// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm, root } from './exec.mjs';

const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

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

/** Puts the package as published into the node_modules of a folder. */
export async function installInto(folder) {
  const { file } = await pack();
  const target = join(folder, 'node_modules/vitrine');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', file, '-C', target, '--strip-components=1']);
}

/**
 * An empty project outside the repository with the package as published; its dependencies, and `further` packages, are those of this
 * repository. Removed at exit.
 *
 * @param {string[]} [further]
 * @returns {Promise<string>} its folder
 */
export async function newApp(further = []) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await installInto(folder);
  for (const name of [...Object.keys(dependencies), ...further]) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  }
  return folder;
}
