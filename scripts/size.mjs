// SPDX-License-Identifier: MIT
// npm run size: what each entry weighs, against size-budget.json.
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
await ensureBuilt();
const { budget, compare, sizes } = await import('./lib/size.mjs');
const { lines, over } = compare(await sizes(), budget());
console.log(lines.join('\n'));
if (over.length) {
  console.error(`\nOver budget: ${over.join(', ')}. Make it smaller, or raise the number in size-budget.json and say why in the commit.`);
  process.exitCode = 1;
}
