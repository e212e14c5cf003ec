// SPDX-License-Identifier: MIT
/** The article "A first look" says what the model does: everything is measured again, and no number of the model is written here. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { measure, type Facts } from '../../../scripts/figures/measure.js';
import { fillPage, markedIn } from '../../../scripts/figures/page.js';
import { recordFigures } from '../../../scripts/figures/record.js';
import { wordsOf } from '../../../scripts/figures/words.js';
import { decodeArray, HookedModel, readTrace, type Trace } from '../../../src/core/index.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { DataType } from '../../../src/core/onnx/types.js';
import { largestDifference } from '../reference.js';
import { repositoryPath } from '../shared.js';

const advice = 'Run `npm run figures`, and read the article before you publish it.';
const article = (...parts: string[]): string => repositoryPath('docs', 'articles', ...parts);
const page = await readFile(article('first-look.html'), 'utf8');
const weights = await readFile(repositoryPath('models', 'storyteller', 'onnx', 'model.onnx'));
const file = { bytes: weights.length, sha256: createHash('sha256').update(weights).digest('hex') };
const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
after(() => model.dispose());
const facts = await measure(model);

test('every sentence of the page that depends on the model is the one that the model gives', () => {
  const now = new Map(markedIn(fillPage(page, wordsOf(facts, file))).map((marked) => [marked.name, marked]));
  for (const { name, html, attributes } of markedIn(page)) {
    assertSameText(html, now.get(name)!.html, name);
    assert.deepEqual(attributes, now.get(name)!.attributes, `${name} has other attributes now. ${advice}`);
  }
});

test('facts.json holds the facts', async () => {
  const stored = JSON.parse(await readFile(article('first-look', 'facts.json'), 'utf8')) as unknown;
  assertClose(stored, { file, ...facts }, 'facts');
});

test('the recorded figures are what the model computes', async () => {
  for (const [name, now] of Object.entries(await recordFigures(model))) {
    const stored = readTrace(JSON.parse(await readFile(article('first-look', name), 'utf8')));
    assert.equal(stored.prompt, now.prompt, `${name}: ${advice}`);
    assert.deepEqual(stored.tokens, now.tokens, `${name}: ${advice}`);
    const difference = differenceOfTraces(stored, now);
    console.log(`${name}: largest difference ${difference.toExponential(1)}`);
    assert.ok(difference <= 2e-3, `${name} differs from the model by ${difference}. ${advice}`);
  }
});

test('outside the marked places the page states no number', () => {
  const body = page.slice(page.indexOf('<body>'));
  const rest = markedIn(body)
    .reduce((text, { html }) => text.replace(`>${html}<`, '><'), body)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/Figure \d|GPT-2|\b0_(pre|mid)\b/g, '');
  assert.doesNotMatch(rest, /\d/, `a number was written by hand: ${/.{0,40}\d.{0,40}/.exec(rest)?.[0]}`);
});

test('the page loads nothing from another place', async () => {
  const loads = [...page.matchAll(/<(?:script|link|img|iframe|attention-view|logit-lens)\b[^>]*?\b(?:src|href)="([^"]*)"/g)].map(
    ([, url]) => url!,
  );
  assert.ok(loads.length > 4);
  for (const url of loads) assert.doesNotMatch(url, /^(?:https?:)?\/\//, `${url} is loaded from another server`);
  assert.doesNotMatch(await readFile(article('first-look.css'), 'utf8'), /url\(|@import/);
});

test('other weights give another true page, without gaps', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-article-'));
  try {
    await cp(repositoryPath('models', 'storyteller'), folder, { recursive: true });
    for (const strength of [0.3, 2]) {
      await writeFile(join(folder, 'onnx', 'model.onnx'), disturbed(weights, strength));
      const other = await HookedModel.fromPretrained(folder, { device: 'cpu' });
      assertWhole(fillPage(page, wordsOf(await measure(other), file)));
      await other.dispose();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('claims turn round with the numbers', () => {
  const says = (change: (draft: Facts) => void, name: string): string => {
    const draft = structuredClone(facts);
    change(draft);
    assertWhole(fillPage(page, wordsOf(draft, file)));
    return wordsOf(draft, file)[name]!.html!;
  };
  const first = (text: string) => (draft: Facts) => {
    draft.names.top[0] = { text, probability: 0.6 };
    const rows = draft.names.lens.rows;
    rows.at(-1)!.top.text = text;
  };
  assert.match(says(first(' Mary'), 'names.answer'), /^The model does too/);
  assert.match(says(first(' John'), 'names.answer'), /repeats <i>John<\/i>.*is wrong/);
  assert.match(says(first(' the'), 'names.answer'), /says <i>the<\/i>.*is wrong/);
  assert.match(says(first('\n'), 'names.answer'), /says a new line/);

  assert.match(says(first(' Mary'), 'names.lens'), /^<i>Mary<\/i> takes the lead/);
  const lost = (draft: Facts): void => {
    first(' John')(draft);
    Object.assign(draft.names.lens.rows[3]!.target, { probability: 0.99, rank: 1 });
  };
  assert.match(says(lost, 'names.lens'), /<i>Mary<\/i> had led, .* and lost the lead/);

  const silenced = (probability: number) => (draft: Facts) => {
    draft.names.without.head.probability = probability * draft.names.top[0]!.probability;
  };
  assert.match(says(silenced(0.95), 'names.without'), /hardly depends/);
  assert.match(says(silenced(0.1), 'names.without'), /the answer depends on it\.$/);
  assert.match(says(silenced(1.2), 'names.without'), /in its way/);
  assert.match(says(silenced(0.0001), 'names.without.most'), /that very head/);

  const repeat = (weight: number, lossAgain: number) => (draft: Facts) =>
    Object.assign(draft.habits.repeat, { weight, lossOnce: 7.9, lossAgain });
  assert.match(says(repeat(0.9, 0.3), 'habits.repeat'), /does so.*it pays/);
  assert.match(says(repeat(0.02, 7.8), 'habits.repeat'), /^No head/);
  assert.match(says(repeat(0.3, 6), 'habits.repeat'), /leans/);

  const settled = (text: string, label: string) => (draft: Facts) => {
    draft.capital.lens.rows.at(-1)!.top.text = text;
    draft.capital.lens.settled = label;
  };
  assert.match(says(settled(' London', '3_pre'), 'capital.growth'), /<i>London<\/i> takes the lead before layer 3.*does not know/);
  assert.match(says(settled(' Paris', 'final_post'), 'capital.growth'), /only at the output/);
  assert.match(says(settled(' Paris', '0_pre'), 'capital.growth'), /before layer 0/);
  assert.equal(says(settled(' Paris', '0_pre'), 'lens.noise'), '');

  const swappedTo = (role: Facts['names']['head']['role'], text: string) => (draft: Facts) => {
    Object.assign(draft.names.swapped, { role, text });
  };
  const { head } = facts.names;
  assert.match(says(swappedTo(head.role, 'x'), 'names.head.swapped'), /the part that a name plays, not the name/);
  const other = head.role === 'giver' ? 'receiver' : 'giver';
  assert.match(says(swappedTo(other, head.text), 'names.head.swapped'), /the name, not the part/);
  assert.match(says(swappedTo(other, 'x'), 'names.head.swapped'), /do not show which/);
});

/** The same words, and numbers that differ by no more than one unit of their last digit. */
function assertSameText(stored: string, now: string, name: string): void {
  const number = /\d[\d,]*(?:\.\d+)?/g;
  const words = (text: string): string => text.replace(number, '#').replace(/>#%|&lt;#%/g, '#%');
  assert.equal(words(stored), words(now), `The fact "${name}" reads otherwise now. ${advice}`);
  const numbers = (text: string): string[] => text.replaceAll(',', '').match(number) ?? [];
  numbers(stored).forEach((text, index) => {
    const unit = 10 ** -(text.split('.')[1]?.length ?? 0);
    const difference = Math.abs(Number(text) - Number(numbers(now)[index]));
    assert.ok(difference <= unit * 1.001, `The fact "${name}" says ${text}, the model ${numbers(now)[index]}. ${advice}`);
  });
}

function assertClose(stored: unknown, now: unknown, path: string): void {
  if (typeof stored === 'number' && typeof now === 'number') {
    assert.ok(Math.abs(stored - now) <= 1e-3 * Math.max(1, Math.abs(now)), `${path} is ${stored} in the file and ${now} now. ${advice}`);
  } else if (typeof stored === 'object' && stored !== null && typeof now === 'object' && now !== null) {
    assert.deepEqual(Object.keys(stored), Object.keys(now), `${path} has other parts now. ${advice}`);
    for (const [key, value] of Object.entries(stored)) assertClose(value, (now as Record<string, unknown>)[key], `${path}.${key}`);
  } else assert.equal(stored, now, `${path}: ${advice}`);
}

function differenceOfTraces(stored: Trace, now: Trace): number {
  if (stored.kind === 'attention' && now.kind === 'attention') {
    return largestDifference(decodeArray(stored.pattern).data, decodeArray(now.pattern).data);
  }
  assert.ok(stored.kind === 'logit-lens' && now.kind === 'logit-lens');
  assert.deepEqual(stored.labels, now.labels);
  // The likeliest token must agree; lower places may change hands where two are all but equal.
  const leaders = (trace: typeof stored): number[] => {
    const { data, shape } = decodeArray(trace.topIds);
    return Array.from<number>(data).filter((_, index) => index % shape.at(-1)! === 0);
  };
  assert.deepEqual(leaders(stored), leaders(now));
  return Math.max(
    ...(['topProbabilities', 'entropy', 'klToFinal'] as const).map((name) =>
      largestDifference(decodeArray(stored[name]).data, decodeArray(now[name]).data),
    ),
    largestDifference(decodeArray(stored.target!.probability).data, decodeArray(now.target!.probability).data),
  );
}

function assertWhole(filled: string): void {
  for (const { name, html } of markedIn(filled)) {
    assert.doesNotMatch(html, /undefined|NaN|null|Infinity|\[object/, `the fact "${name}" has a gap: ${html}`);
    if (!name.startsWith('figure.') && name !== 'lens.noise') assert.notEqual(html.trim(), '', `the fact "${name}" is empty`);
  }
}

/** The file with noise added to every matrix, of `strength` times its own spread. */
function disturbed(bytes: Uint8Array, strength: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  let state = 7;
  const noise = (): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5) * 2;
  for (const { raw, dims, dataType } of readModel(copy).graph.initializers) {
    if (!raw || dims.length !== 2 || dataType !== DataType.float32) continue;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    let sum = 0;
    for (let at = 0; at < raw.byteLength; at += 4) sum += view.getFloat32(at, true) ** 2;
    const spread = Math.sqrt(sum / (raw.byteLength / 4));
    for (let at = 0; at < raw.byteLength; at += 4) view.setFloat32(at, view.getFloat32(at, true) + strength * spread * noise(), true);
  }
  return copy;
}
