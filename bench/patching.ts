// SPDX-License-Identifier: MIT
/**
 * Patching sweeps against plain forward passes of the same runtime: one process, one thread.
 *
 *   npx tsx bench/patching.ts FOLDER [TOKENS]
 *
 * FOLDER holds a GPT-2-small-shaped model (see bench/forward.ts for how to write one). The plain passes run the whole model with the full
 * unembedding through the same stages, without any edit, once per cell. The two prompts differ in every token, so that no cell is free;
 * a third sweep shows what prompts that differ in one token, as in the literature, cost.
 */
import { basename, resolve } from 'node:path';
import { activationPatching, HookedModel, logitDiff, type PatchSite } from '../src/core/index.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const length = Number(process.argv[3] ?? 15);
const model = await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });
const { nLayer, nHead } = model.hooks.architecture;

const idsOf = (seed: number): number[] => Array.from({ length }, (_, position) => (position * 7919 + seed) % 2000);
const clean = idsOf(13);
const corrupted = idsOf(1013);
const swapped = clean.map((id, position) => (position === Math.floor((length * 2) / 3) ? 77 : id));
const metric = logitDiff(100, 200);

async function plainMilliseconds(passes: number): Promise<number> {
  const start = performance.now();
  for (let pass = 0; pass < passes; pass++) await model.run(corrupted);
  return performance.now() - start;
}

await plainMilliseconds(3);
console.log(`${basename(folder)}: ${nLayer} blocks, ${nHead} heads, ${length} tokens, 1 thread`);
const cases: [site: PatchSite, other: number[], what: string][] = [
  ['resid_pre', corrupted, 'residual sweep'],
  ['head_out', corrupted, 'head sweep'],
  ['resid_pre', swapped, 'residual sweep, one token differs'],
];
for (const [site, other, what] of cases) {
  for (const round of ['first', 'again']) {
    const before = await plainMilliseconds(10);
    const start = performance.now();
    const { grid } = await activationPatching(model, { clean, corrupted: other, metric, site });
    const swept = performance.now() - start;
    const plain = ((before + (await plainMilliseconds(10))) / 20) * grid.size;
    console.log(
      `  ${what.padEnd(36)}${grid.size} cells, ${round}: ${(swept / 1000).toFixed(2)} s; ${grid.size} plain passes ${(plain / 1000).toFixed(2)} s; ` +
        `${(plain / swept).toFixed(2)} x faster; ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    );
  }
}
await model.dispose();
