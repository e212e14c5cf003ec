// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A path inside the folder of fixtures that lies beside the repository: `sharedPath('fixtures', 'gpt2-v3')`. */
export function sharedPath(...parts: string[]): string {
  return fileURLToPath(new URL(['../../../shared', ...parts].join('/'), import.meta.url));
}

/** A path inside the repository: `repositoryPath('models', 'storyteller')`. */
export function repositoryPath(...parts: string[]): string {
  return fileURLToPath(new URL(['../..', ...parts].join('/'), import.meta.url));
}

/** Options for `test`: skips, with the reason shown, where the fixtures are not there. */
export function skipWithoutShared(...parts: string[]): { skip: string | false } {
  return { skip: existsSync(sharedPath(...parts)) ? false : `needs ../shared/${parts.join('/')}` };
}
