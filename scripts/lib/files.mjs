// SPDX-License-Identifier: MIT
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './exec.mjs';

/** Files under a folder of the repository whose path ends in `ending`, sorted, as paths from the repository's root with forward slashes. */
export function filesUnder(folder, ending = '') {
  const base = join(root, folder);
  if (!existsSync(base)) return [];
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(root.length)
        .replaceAll('\\', '/'),
    )
    .filter((path) => path.endsWith(ending))
    .sort();
}
