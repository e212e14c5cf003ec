// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { HookedModel, VitrineError, type RunOptions } from '../../../src/core/index.js';

/** The embedded model, which starts every text with its begin-of-text token. */
export function openStoryteller(): Promise<HookedModel> {
  return HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
}

/** The names of its training templates, one token each after a begin-of-text token. */
export const NAMES = (
  'Mary John Tom Lily Anna Jack Emma James Alice Peter Rose Sam Lucy Ben Kate Max Jane Paul Sara Mark ' +
  'Ella Luke Amy Dan Nora Adam Clara Henry Ruth David Grace Simon Helen Oliver Martha George Laura Robert Susan Daniel'
).split(' ');

/** A text as the model was trained on it. */
export function story(text: string): string {
  return `<|endoftext|>${text}`;
}

/** Greedy continuations of texts of equal token length, by runs of the whole batch and without a cache. */
export async function continuations(
  model: HookedModel,
  texts: readonly string[],
  count: number,
  options: RunOptions = {},
): Promise<string[]> {
  const rows = await Promise.all(texts.map(async (text) => (await model.tokenize(text)).map((token) => token.id)));
  const promptLength = rows[0]!.length;
  assert.ok(rows.every((row) => row.length === promptLength));
  for (let step = 0; step < count; step++) {
    const { logits } = await model.run(rows, options);
    rows.forEach((row, index) => {
      const { data } = logits.select('batch', index).select('pos', -1);
      row.push(data.indexOf(Math.max(...data)));
    });
  }
  return rows.map((row) => model.tokenizer.decode(row.slice(promptLength)));
}

/** Asserts that work fails with a VitrineError of this code whose message matches. */
export async function refuses(work: () => unknown, code: string, text: RegExp): Promise<void> {
  await assert.rejects(
    async () => work(),
    (error: unknown) => {
      assert.ok(error instanceof VitrineError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, text);
      return true;
    },
  );
}
