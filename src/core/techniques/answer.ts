// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';

/** A token that a metric asks about: its text, which must be one token (mind the leading space), or its id. */
export type Answer = string | number;

/**
 * The id of an answer.
 *
 * @param what - how errors call it
 * @throws VitrineError `invalid-option` for text of several tokens, with the tokens, and for an id outside the vocabulary
 */
export async function answerId(model: HookedModel, answer: Answer, what = 'answer'): Promise<number> {
  const { dVocab } = model.hooks.architecture;
  if (typeof answer === 'number') {
    if (Number.isInteger(answer) && answer >= 0 && answer < (dVocab ?? Infinity)) return answer;
    const range = dVocab === null ? 'a whole number from 0' : `a whole number from 0 to ${dVocab - 1}`;
    throw new VitrineError('invalid-option', `${what} must be the text of one token, or ${range}; got ${answer}.`);
  }
  const tokens = await model.tokenize(answer, { addSpecialTokens: false });
  if (tokens.length === 1) return tokens[0]!.id;
  const pieces = tokens.map((token) => `${JSON.stringify(token.text)} (id ${token.id})`).join(' + ');
  throw new VitrineError(
    'invalid-option',
    tokens.length === 0
      ? `${what} must be one token; ${JSON.stringify(answer)} is none.`
      : `${what} must be one token; ${JSON.stringify(answer)} is ${tokens.length}: ${pieces}. Choose one of them, or check its leading space.`,
  );
}

/** One id per prompt: a list has one answer each, a single answer serves all. @throws VitrineError `invalid-option` for a list of another length */
export async function answerIds(model: HookedModel, answers: Answer | readonly Answer[], prompts: number, what: string): Promise<number[]> {
  if (!Array.isArray(answers)) return new Array<number>(prompts).fill(await answerId(model, answers as Answer, what));
  const list = answers as readonly Answer[];
  if (list.length !== prompts) {
    throw new VitrineError(
      'invalid-option',
      `${what} must be one answer for all prompts or a list of one per prompt: got ${list.length} answers and ${prompts} prompts.`,
    );
  }
  return Promise.all(list.map((answer, row) => answerId(model, answer, `${what}[${row}]`)));
}
