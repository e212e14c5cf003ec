// SPDX-License-Identifier: MIT
// npm run manifest: custom-elements.json and what editors read, from the comments of src/components.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/exec.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
const { manifestFiles } = await import('./lib/manifest.mjs');
for (const [name, text] of Object.entries(await manifestFiles())) {
  writeFileSync(join(root, name), text);
  console.log(`${name}: ${text.length} characters`);
}
