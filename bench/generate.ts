// SPDX-License-Identifier: MIT
/**
 * Generation and edited runs side by side with transformers.js, in one process, one thread, interleaved.
 *
 *   npx tsx bench/generate.ts FOLDER [NEW TOKENS]
 */
import { basename, dirname, resolve } from 'node:path';
import * as transformers from '@huggingface/transformers';
import { edit, HookedModel } from '../src/core/index.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const count = Number(process.argv[3] ?? 20);
const rounds = Number(process.env['ROUNDS'] ?? 5);

transformers.env.localModelPath = dirname(folder);
transformers.env.allowRemoteModels = false;
const plain = await transformers.AutoModelForCausalLM.from_pretrained(basename(folder), {
  dtype: 'fp32',
  session_options: { intraOpNumThreads: 1 },
} as never);
const model = await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });
const { nLayer, nHead, dModel } = model.hooks.architecture;

const ids = Array.from({ length: 15 }, (_, position) => (position * 7919 + 13) % 2000);
const tensor = (values: number[]): transformers.Tensor =>
  new transformers.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
const inputs = { input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) };
const vector = Float32Array.from({ length: dModel }, (_, index) => Math.sin(index));
const middle = `blocks.${Math.floor(nLayer / 2)}.hook_resid_pre`;
const twelve = Array.from({ length: 12 }, (_, index) =>
  edit.zero(`blocks.${index % nLayer}.attn.hook_z`, { heads: index % nHead, positions: index }),
);
const settings = { eosTokenId: -1, maxNewTokens: count };

async function firstUse(): Promise<number> {
  // A new kind of edit on a block that has run: its session is made, and the run waits for it.
  const start = performance.now();
  await model.run(ids, { edits: [edit.scale('blocks.1.attn.hook_z', 0.5, { heads: 0 })] });
  const first = performance.now() - start;
  const again = performance.now();
  await model.run(ids, { edits: [edit.scale('blocks.1.attn.hook_z', 0.25, { heads: 1 })] });
  return first - (performance.now() - again);
}

const groups: Record<string, () => Promise<unknown>>[] = [
  {
    'transformers.js generate': () =>
      plain.generate({ ...inputs, max_new_tokens: count, do_sample: false, eos_token_id: -1 } as never) as Promise<unknown>,
    'generate, no edit': () => model.generateText(ids, settings),
    'generate, idle edit': () => model.generateText(ids, { ...settings, edits: [edit.add(middle, vector, { scale: 0 })] }),
    'generate, steering': () => model.generateText(ids, { ...settings, edits: [edit.add(middle, vector, { scale: 2 })] }),
    'generate, hook function': () => model.generateText(ids, { ...settings, hooks: { [middle]: (x) => x } }),
  },
  {
    'transformers.js forward': () => plain(inputs) as Promise<unknown>,
    run: () => model.run(ids),
    'run, 12 edits': () => model.run(ids, { edits: twelve }),
  },
];

console.log(`${basename(folder)}, 15 tokens of prompt, ${count} new ones, ${rounds} rounds, 1 thread`);
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
for (const cases of groups) {
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (const run of Object.values(cases)) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      await run();
      times.get(name)!.push(performance.now() - start);
    }
  }
  const [base] = times.values();
  for (const [name, values] of times) {
    const ratio = (median(values) / median(base!)).toFixed(3);
    console.log(
      `  ${name.padEnd(30)}${median(values).toFixed(1)} ms  ${ratio} x (of minima ${(Math.min(...values) / Math.min(...base!)).toFixed(3)})`,
    );
  }
}
console.log(`  first use of a new kind of edit on one block: ${(await firstUse()).toFixed(0)} ms more than the next`);
