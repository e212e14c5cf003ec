// SPDX-License-Identifier: MIT
// npm run build: dist/ from scratch.
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

try {
  await ensureInstalled();
  await build();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
