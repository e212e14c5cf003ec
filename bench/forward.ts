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
import { basename, resolve } from 'node:path';
import { openBoth, plainInputs, race, someIds } from './side-by-side.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const length = Number(process.argv[3] ?? 64);
const rounds = Number(process.env['ROUNDS'] ?? 7);
const { plain, model } = await openBoth(folder);
const ids = someIds(length);
const inputs = plainInputs(ids);

const expected = (await plain(inputs)).logits.data;
const { logits } = await model.run(ids);
let worst = 0;
for (let index = 0; index < expected.length; index++) worst = Math.max(worst, Math.abs(expected[index]! - logits.data[index]!));
console.log(
  `${basename(folder)}, ${length} tokens, ${model.hooks.names.length} hooks, ${rounds} rounds, 1 thread; largest logit difference ${worst.toExponential(1)}`,
);
await race(
  {
    'transformers.js forward': () => plain(inputs),
    run: () => model.run(ids),
    'runWithCache, resid_post': () => model.runWithCache(ids, { names: /resid_post/ }),
    'runWithCache, patterns and residuals': () => model.runWithCache(ids, { names: /pattern|resid/ }),
    'runWithCache, every hook': () => model.runWithCache(ids),
  },
  rounds,
);
