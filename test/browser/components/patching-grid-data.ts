// SPDX-License-Identifier: MIT
import type { PatchingTrace, RunOutput } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';

/** Tokens of the run that is changed; the other one has " John" for "<b>". */
export const texts = ['When', ' Mary', '<b>', '\n', ' to'];
export const values = [0, 0, 1, 0, 0, 0, 0, 0.5, 0, -0.25];

export function output(text: string, probability: number, value: number): RunOutput {
  return { value, top: [text, ' a', '\n', ' <i>', ' of'].map((word, id) => ({ id, text: word, probability: probability / 2 ** id })) };
}

/** Two layers by five positions, clean values into the corrupted run, with the outputs of one cell and of one move. */
export function sweep(changes: Partial<PatchingTrace> = {}): PatchingTrace {
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'patching',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: 'corrupted prompt',
    tokens: texts.map((text, id) => ({ id, text })),
    technique: 'patching',
    site: 'resid_pre',
    direction: 'denoise',
    normalized: true,
    causal: true,
    axes: ['layer', 'pos'],
    coordinates: { layer: [0, 1], pos: [0, 1, 2, 3, 4] },
    values: encodeArray(values, [2, 5]),
    missing: [],
    metric: 'logit difference',
    meaning: 'logit difference after patching',
    base: -1,
    neutral: 0,
    source: { value: 1, prompt: 'clean prompt', tokens: texts.map((text, id) => (id === 2 ? { id: 9, text: ' John' } : { id, text })) },
    answer: ' Mary',
    wrong: ' John',
    outputs: {
      clean: output(' Mary', 0.9, 1),
      corrupted: output(' John', 0.8, -1),
      patched: [
        { from: { layer: 1, position: 4 }, to: { layer: 1, position: 4 }, ...output(' Anna', 0.7, -1.5) },
        { from: { layer: 0, position: 2 }, to: { layer: 1, position: 3 }, ...output(' Rose', 0.6, 0.5) },
      ],
    },
    ...changes,
  };
}

/** A sweep of two sites, three layers, two heads and the five positions. */
export function headSweep(changes: Partial<PatchingTrace> = {}): PatchingTrace {
  const shape = [2, 3, 5, 2];
  const cells = Array.from({ length: 60 }, (_, place) => place / 100);
  const trace = sweep({
    site: 'head_by_pos_every',
    axes: ['site', 'layer', 'pos', 'head'],
    coordinates: { site: ['head_out_by_pos', 'head_q_by_pos'], layer: [0, 1, 2], pos: [0, 1, 2, 3, 4], head: [0, 1] },
    values: encodeArray(cells, shape),
    ...changes,
  });
  delete trace.outputs;
  return trace;
}
