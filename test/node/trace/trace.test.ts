// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tensor } from '../../../src/core/model/tensor.js';
import { decodeArray, rawArray, readTrace, storable, writeAttentionTrace, writeLogitLensTrace } from '../../../src/core/trace/index.js';

const provenance = { model: 'test', vitrine: '0.0.0' };
const tokens = [
  { id: 0, text: '<|endoftext|>', bytes: new Uint8Array(), special: true },
  { id: 7, text: ' a', bytes: new Uint8Array([32, 97]), special: false },
  { id: 9, text: '\uFFFD', bytes: new Uint8Array([0xf0, 0x9f]), special: false },
];
const causalRows = [1, 0, 0, 0.25, 0.75, 0, 0.2, 0.3, 0.5];
const attention = () =>
  writeAttentionTrace({
    provenance,
    prompt: ' a',
    tokens,
    layers: [2],
    patterns: [new Tensor(new Float32Array([...causalRows, ...causalRows]), [1, 2, 3, 3], ['batch', 'head', 'query', 'key'])],
    causal: true,
  });
const grid = (value: number) => new Tensor(new Float32Array(6).fill(value), [2, 3], ['point', 'position']);
const lens = () =>
  writeLogitLensTrace({
    provenance,
    prompt: ' a',
    tokens,
    norm: 'recompute',
    points: ['blocks.0.hook_resid_pre', 'blocks.0.hook_resid_post'],
    labels: ['0_pre', 'final_post'],
    topIds: new Tensor(new Float32Array([3, 4, 5, 3, 4, 5]), [2, 3, 1], ['point', 'position', 'k']),
    topProbabilities: new Tensor(new Float32Array(6).fill(0.5), [2, 3, 1], ['point', 'position', 'k']),
    entropy: grid(1),
    klToFinal: grid(0.5),
    textOf: (id) => `t${id}`,
    target: { id: 8, probability: grid(0.1), rank: grid(2) },
  });
const throughJson = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

describe('traces', () => {
  it('attention is written and read back within the error of uint16', () => {
    const trace = readTrace(throughJson(attention()));
    assert.ok(trace.kind === 'attention');
    assert.deepEqual(trace.layers, [2]);
    const { data, shape } = decodeArray(trace.pattern);
    assert.deepEqual(shape, [1, 2, 3, 3]);
    const difference = Math.max(...causalRows.map((value, index) => Math.abs(value - data[index]!)));
    console.log(`pattern: largest difference ${difference.toExponential(2)}, tolerance 1e-5`);
    assert.ok(difference < 1e-5);
  });

  it('attention keeps the names of its heads', () => {
    const trace = readTrace({ ...throughJson(attention()), headNames: ['L0H7', 'L1H3'] });
    assert.deepEqual(trace.kind === 'attention' && trace.headNames, ['L0H7', 'L1H3']);
  });

  it('keeps the bytes of a split character and leaves out those that the text gives', () => {
    assert.deepEqual(attention().tokens, [
      { id: 0, text: '<|endoftext|>', special: true },
      { id: 7, text: ' a' },
      { id: 9, text: '\uFFFD', bytes: [0xf0, 0x9f] },
    ]);
  });

  it('a logit lens is written and read back exactly', () => {
    const written = throughJson(lens());
    assert.deepEqual(storable(readTrace(written)), written);
    assert.deepEqual(written['vocabulary'], { 3: 't3', 4: 't4', 5: 't5', 8: 't8' });
  });

  it('a pattern of another length than the tokens is refused when written', () => {
    const wrong = new Tensor(new Float32Array(4), [1, 2, 2], ['head', 'query', 'key']);
    assert.throws(
      () => writeAttentionTrace({ provenance, prompt: '', tokens, patterns: [wrong], causal: true }),
      /patterns\[0\]: expected dims \[1, 3, 3\]/,
    );
  });

  it('names the field, what was expected and what came', () => {
    const change = (make: () => unknown, fields: object) => ({ ...throughJson(make()), ...fields });
    const cases: [unknown, RegExp][] = [
      ['{}', /^trace: expected an object, got "\{\}"/],
      [{}, /^trace\.format: expected "vitrine-trace", got nothing/],
      [change(attention, { version: 2 }), /^trace\.version: expected a whole number from 1 to 1, got 2/],
      [change(attention, { kind: 'saliency' }), /^trace\.kind: expected "attention" or .*, got "saliency"/],
      [change(attention, { tokens: [{ id: 'x' }] }), /^trace\.tokens\[0\]\.id: expected a whole number from 0 up, got "x"/],
      [
        change(attention, { tokens: [{ id: 1, text: 'a' }] }),
        /^trace\.pattern\.shape: expected \[1, any, 1, 1\] \(layer, head, query, key\), got "\[1, 2, 3, 3\]"/,
      ],
      [change(attention, { headNames: ['one'] }), /^trace\.headNames: expected a list of 2, got a list of 1/],
      [change(attention, { provenance: undefined }), /^trace\.provenance: expected an object, got nothing/],
      [change(lens, { labels: ['one'] }), /^trace\.labels: expected a list of 2, got a list of 1/],
      [change(lens, { vocabulary: { 3: 'a' } }), /^trace\.vocabulary\["4"\]: expected the text of every id in topIds, got nothing/],
      [change(lens, { entropy: undefined }), /^trace\.entropy: expected an object, got nothing/],
    ];
    for (const [value, message] of cases) assert.throws(() => readTrace(value), { code: 'invalid-trace', message });
    assert.throws(() => readTrace(null), /Record the figure again, or correct this field/);
  });
});

describe('a trace of next tokens', () => {
  const next = (steps: number, chosen: number[]) => ({
    format: 'vitrine-trace',
    version: 1,
    kind: 'next-token',
    provenance,
    prompt: 'a',
    tokens: [{ id: 0, text: 'a' }],
    chosen,
    ids: rawArray(new Int32Array(steps * 2), [steps, 2]),
    logits: rawArray(new Float32Array(steps * 2), [steps, 2]),
    temperatures: [1],
    rest: rawArray(new Float32Array(steps), [steps, 1]),
    vocabulary: { 0: 'a' },
  });

  it('has a token for each step, or for all but the last', () => {
    for (const [steps, chosen] of [
      [1, []],
      [1, [0]],
      [2, [0]],
    ] as const) {
      assert.equal(readTrace(next(steps, [...chosen])).kind, 'next-token');
    }
  });

  it('has at least one step, and no more tokens than steps', () => {
    assert.throws(() => readTrace(next(0, [])), /trace\.ids\.shape: expected \[1, any\] \(step, candidate\).*got "\[0, 2\]"/);
    assert.throws(() => readTrace(next(1, [0, 0])), /trace\.ids\.shape: expected \[3, any\]/);
    assert.throws(() => readTrace({ ...next(1, [0]), chosenRanks: [0, 1] }), /trace\.chosenRanks/);
  });
});
