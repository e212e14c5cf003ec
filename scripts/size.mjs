// SPDX-License-Identifier: MIT
// npm run size              what each entry weighs, against size-budget.json
// npm run size -- --write   the same, and the table of docs/guides/embedding.md
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
await ensureBuilt();
const { budget, compare, sizes } = await import('./lib/size.mjs');
const measured = await sizes();
const { lines, over } = compare(measured, budget());
console.log(lines.join('\n'));
if (process.argv.includes('--write')) {
  const { writeTable } = await import('./lib/size-table.mjs');
  writeTable(measured);
}
if (over.length) {
  console.error(`\nOver budget: ${over.join(', ')}. Make it smaller, or raise the number in size-budget.json and say why in the commit.`);
  process.exitCode = 1;
}
