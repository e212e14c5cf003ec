// SPDX-License-Identifier: MIT
// npm run figures: measures the embedded model and writes what the article "A first look" says and shows of it.
//   docs/articles/first-look/*.json        recorded figures
//   docs/articles/first-look/facts.json    the facts as numbers
//   docs/articles/first-look.html          the facts in words, in the elements with data-fact
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HookedModel } from '../src/core/index.js';
import { measure } from './figures/measure.js';
import { fillPage } from './figures/page.js';
import { recordFigures } from './figures/record.js';
import { wordsOf } from './figures/words.js';

const place = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const page = place('docs/articles/first-look.html');
const folder = place('docs/articles/first-look/');

const weights = await readFile(place('models/storyteller/onnx/model.onnx'));
const file = { bytes: weights.length, sha256: createHash('sha256').update(weights).digest('hex') };
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
try {
  const facts = await measure(model);
  await mkdir(folder, { recursive: true });
  for (const [name, trace] of Object.entries(await recordFigures(model))) await writeFile(folder + name, `${JSON.stringify(trace)}\n`);
  await writeFile(`${folder}facts.json`, `${JSON.stringify({ file, ...facts }, rounded, 2)}\n`);
  const before = await readFile(page, 'utf8');
  const after = fillPage(before, wordsOf(facts, file));
  await writeFile(page, after);
  console.log(
    before === after ? 'The article says what the model does.' : 'The article was brought up to date. Read it before you publish it.',
  );
} finally {
  await model.dispose();
}

/** Six digits: more would differ from machine to machine. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
