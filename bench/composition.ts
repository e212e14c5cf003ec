// SPDX-License-Identifier: MIT
/**
 * Composition scores of all pairs of heads, one thread.
 *
 *   npx tsx bench/composition.ts FOLDER
 *
 * FOLDER holds a model in the layout of transformers.js; bench/forward.ts says how to write one of GPT-2-small's shape.
 */
import { basename, resolve } from 'node:path';
import { compositionScores, HookedModel } from '../src/core/index.js';

const folder = resolve(process.argv[2] ?? 'models/storyteller');
const model = await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });
const { nLayer, nHead, dModel } = model.hooks.architecture;
const start = performance.now();
const scores = await compositionScores(model.weights);
const seconds = (performance.now() - start) / 1000;
const pairs = ((nLayer * (nLayer - 1)) / 2) * nHead * nHead;
const found = Object.values(scores).reduce((count, { data }) => count + data.filter((value) => !Number.isNaN(value)).length, 0);
const memory = process.memoryUsage().rss / 2 ** 20;
console.log(
  `${basename(folder)}: ${nLayer} layers of ${nHead} heads, d_model ${dModel}: ${pairs} pairs, ${found} scores in ${seconds.toFixed(1)} s, ${memory.toFixed(0)} MiB resident`,
);
await model.dispose();
