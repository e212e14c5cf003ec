// SPDX-License-Identifier: MIT
/**
 * Forward passes side by side with transformers.js, in one process, one thread, interleaved.
 *
 *   npx tsx bench/forward.ts FOLDER [TOKENS]
 *
 * FOLDER holds a model in the layout of transformers.js 3 and 4. The GPT-2-small-shaped one is written by
 * `python3 models/storyteller/making/export.py FOLDER --random small --tokenizer models/storyteller/tokenizer.json` (Debian: python3-torch python3-onnx).
 * Prints medians in ms and the ratio of medians to plain transformers.js.
 */
import { basename, dirname, resolve } from 'node:path';
import * as transformers from '@huggingface/transformers';
import { HookedModel } from '../src/core/index.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const length = Number(process.argv[3] ?? 64);
const rounds = Number(process.env['ROUNDS'] ?? 7);

transformers.env.localModelPath = dirname(folder);
transformers.env.allowRemoteModels = false;
const plain = await transformers.AutoModelForCausalLM.from_pretrained(basename(folder), {
  dtype: 'fp32',
  session_options: { intraOpNumThreads: 1 },
} as never);
const model = await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });

const ids = Array.from({ length }, (_, position) => (position * 7919 + 13) % 2000);
const tensor = (values: number[]): transformers.Tensor => new transformers.Tensor('int64', BigInt64Array.from(values, BigInt), [1, length]);
const inputs = { input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) };

const cases: Record<string, () => Promise<unknown>> = {
  'transformers.js forward': () => plain(inputs) as Promise<unknown>,
  run: () => model.run(ids),
  'runWithCache, resid_post': () => model.runWithCache(ids, { names: /resid_post/ }),
  'runWithCache, patterns and residuals': () => model.runWithCache(ids, { names: /pattern|resid/ }),
  'runWithCache, every hook': () => model.runWithCache(ids),
};
const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
for (const run of Object.values(cases)) await run();
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const start = performance.now();
    await run();
    times.get(name)!.push(performance.now() - start);
  }
}
const expected = ((await plain(inputs)) as { logits: { data: Float32Array } }).logits.data;
const { logits } = await model.run(ids);
let worst = 0;
for (let index = 0; index < expected.length; index++) worst = Math.max(worst, Math.abs(expected[index]! - logits.data[index]!));

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const base = median(times.get('transformers.js forward')!);
const least = Math.min(...times.get('transformers.js forward')!);
console.log(
  `${basename(folder)}, ${length} tokens, ${model.hooks.names.length} hooks, ${rounds} rounds, 1 thread; largest logit difference ${worst.toExponential(1)}`,
);
for (const [name, values] of times) {
  const line = `${median(values).toFixed(1)} ms  ${(median(values) / base).toFixed(3)} x (of minima ${(Math.min(...values) / least).toFixed(3)})`;
  console.log(`  ${name.padEnd(40)}${line}`);
}
