// SPDX-License-Identifier: MIT
/**
 * Attribution of every head and neuron at every position against plain forward passes: one process, one thread.
 *
 *   npx tsx bench/attribution.ts FOLDER [TOKENS]
 *
 * FOLDER holds a GPT-2-small-shaped model (see bench/forward.ts for how to write one). `first` reads the matrices for a new pair of answers
 * from the file; `again` finds them folded.
 */
import { basename, resolve } from 'node:path';
import { HookedModel, logitAttribution } from '../src/core/index.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const length = Number(process.argv[3] ?? 15);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const model = await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });
const ids = Array.from({ length }, (_, position) => (position * 7919 + 13) % 2000);

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const attribute = (pair: number): Promise<unknown> =>
  logitAttribution(model, ids, { answer: 2 * pair, wrong: 2 * pair + 1, positions: 'all', heads: true, neurons: true });

await model.run(ids);
await attribute(0);
const times: Record<string, number[]> = { plain: [], first: [], again: [] };
for (let round = 1; round <= rounds; round++) {
  times['plain']!.push(await milliseconds(() => model.run(ids)));
  times['first']!.push(await milliseconds(() => attribute(round)));
  times['again']!.push(await milliseconds(() => attribute(round)));
}
const plain = median(times['plain']!);
console.log(`${basename(folder)}, ${length} tokens at all positions, ${rounds} rounds, 1 thread, medians`);
for (const [name, values] of Object.entries(times)) {
  console.log(
    `  ${name.padEnd(8)}${median(values).toFixed(1)} ms  ${(median(values) / plain).toFixed(2)} x a plain pass (of minima ${(Math.min(...values) / Math.min(...times['plain']!)).toFixed(2)})`,
  );
}
await model.dispose();
