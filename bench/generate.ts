// SPDX-License-Identifier: MIT
/**
 * Generation and edited runs side by side with transformers.js, in one process, one thread, interleaved.
 *
 *   npx tsx bench/generate.ts FOLDER [NEW TOKENS]
 */
import { basename, resolve } from 'node:path';
import { edit } from '../src/core/index.js';
import { openBoth, plainInputs, race, someIds } from './side-by-side.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const count = Number(process.argv[3] ?? 20);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const { plain, model } = await openBoth(folder);
const { nLayer, nHead, dModel } = model.hooks.architecture;
const ids = someIds(15);
const inputs = plainInputs(ids);
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
    'transformers.js generate': () => plain.generate({ ...inputs, max_new_tokens: count, do_sample: false, eos_token_id: -1 }),
    'generate, no edit': () => model.generateText(ids, settings),
    'generate, idle edit': () => model.generateText(ids, { ...settings, edits: [edit.add(middle, vector, { scale: 0 })] }),
    'generate, steering': () => model.generateText(ids, { ...settings, edits: [edit.add(middle, vector, { scale: 2 })] }),
    'generate, hook function': () => model.generateText(ids, { ...settings, hooks: { [middle]: (x) => x } }),
  },
  {
    'transformers.js forward': () => plain(inputs),
    run: () => model.run(ids),
    'run, 12 edits': () => model.run(ids, { edits: twelve }),
  },
];

console.log(`${basename(folder)}, 15 tokens of prompt, ${count} new ones, ${rounds} rounds, 1 thread`);
for (const cases of groups) await race(cases, rounds);
console.log(`  first use of a new kind of edit on one block: ${(await firstUse()).toFixed(0)} ms more than the next`);
