// SPDX-License-Identifier: MIT
// npm run docs: the reference in docs/reference, from the comments of the public entries and the guides of docs/guides.
import { node } from './lib/exec.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
const { status } = await node('node_modules/typedoc/bin/typedoc', ['--options', 'typedoc.config.mjs']);
process.exitCode = status;
