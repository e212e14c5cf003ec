// SPDX-License-Identifier: MIT
/**
 * Attribution of every head and neuron at every position against plain forward passes: one process, one thread.
 *
 *   npx tsx bench/attribution.ts FOLDER [TOKENS]
 *
 * FOLDER holds a GPT-2-small-shaped model (see bench/forward.ts for how to write one). In every round the model is opened anew and run once.
 * Then plain passes are timed in turn with three attributions: `first` of that model, which finds its weights; `other` of an answer pair that
 * was not asked for before; `again` of the same pair. Ratios are taken within a round, to the median of the plain passes between which the
 * attributions lie, so that they hold on a machine that has other work.
 */
import { basename, resolve } from 'node:path';
import { HookedModel, logitAttribution } from '../src/core/index.js';
import { someIds } from './side-by-side.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const length = Number(process.argv[3] ?? 15);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const ids = someIds(length);

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

async function round(number: number): Promise<Record<string, number>> {
  const model = await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });
  const plain: number[] = [];
  const run = async (): Promise<void> => void plain.push(await milliseconds(() => model.run(ids)));
  const attribute = (pair: number): Promise<number> =>
    milliseconds(() =>
      logitAttribution(model, ids, { answer: 2 * pair, wrong: 2 * pair + 1, positions: 'all', heads: true, neurons: true }),
    );
  await model.run(ids);
  await run();
  const before = process.memoryUsage.rss();
  const first = await attribute(2 * number);
  const grown = process.memoryUsage.rss() - before;
  await run();
  const other = await attribute(2 * number + 1);
  await run();
  const again = await attribute(2 * number + 1);
  await run();
  await model.dispose();
  return { plain: median(plain), first, other, again, grown };
}

const results: Record<string, number>[] = [];
for (let number = 0; number < rounds; number++) results.push(await round(number));
console.log(`${basename(folder)}, ${length} tokens at all positions, ${rounds} rounds, 1 thread`);
for (const name of ['plain', 'first', 'other', 'again']) {
  const ratios = results.map((result) => result[name]! / result['plain']!);
  console.log(
    `  ${name.padEnd(8)}${median(results.map((result) => result[name]!)).toFixed(1)} ms  ${median(ratios).toFixed(2)} x a plain pass of its round ` +
      `(rounds: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`,
  );
}
console.log(
  `  memory grew by ${mebibytes(Math.max(...results.map(({ grown }) => grown!)))} at most in a first attribution; ` +
    `peak of the process ${mebibytes(process.resourceUsage().maxRSS * 1024)}`,
);
