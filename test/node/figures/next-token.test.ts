// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as transformers from '@huggingface/transformers';
import { decode, drawn, uniformOf, type Decoding } from '../../../src/components/next-token/decoding.js';
import { nextFromTrace, stepLogits } from '../../../src/components/next-token/next-data.js';
import { candidates } from '../../../src/core/model/generation/sampling.js';
import { HookedModel, readTrace, recordFigure, storable, type NextTokenTrace } from '../../../src/core/index.js';

const prompt = '<|endoftext|>Once upon a time there was a';
const plain: Decoding = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };

/** Decoding of a whole row of logits in float64, as the papers write it. */
function oracle(
  logits: Float32Array,
  { temperature, topK, topP, minP, repetitionPenalty }: Decoding,
  before: ReadonlySet<number>,
): Map<number, number> {
  const list = Array.from(logits, (value, id) => {
    const penalised = before.has(id) ? (value < 0 ? value * repetitionPenalty : value / repetitionPenalty) : value;
    return { id, value: penalised / temperature };
  }).sort((one, other) => other.value - one.value);
  const open = topK > 0 ? list.slice(0, topK) : list;
  const largest = open[0]!.value;
  const sum = open.reduce((total, { value }) => total + Math.exp(value - largest), 0);
  const kept: { id: number; share: number }[] = [];
  let reached = 0;
  for (const { id, value } of open) {
    const share = Math.exp(value - largest) / sum;
    if (topP < 1 && reached >= topP) break;
    reached += share;
    if (share >= minP * (1 / sum)) kept.push({ id, share });
  }
  const all = kept.reduce((total, { share }) => total + share, 0);
  return new Map(kept.map(({ id, share }) => [id, share / all]));
}

describe('the next token', () => {
  let model: HookedModel;
  let trace: NextTokenTrace;
  let rows: Float32Array[];
  let before2: number[];
  before(async () => {
    model = await HookedModel.fromPretrained('vitrine/storyteller');
    trace = await recordFigure(model, 'next-token', { prompt, steps: 3, top: 100 });
    before2 = trace.tokens.map(({ id }) => id);
    const { logits } = await model.run([[...before2, ...trace.chosen]]);
    const width = logits.dims.at(-1)!;
    rows = [0, 1, 2, 3].map((step) => logits.data.slice((before2.length - 1 + step) * width, (before2.length + step) * width));
  });
  after(() => model.dispose());

  it('goes on as the model does by itself', async () => {
    const { ids } = await model.generateText(prompt, { maxNewTokens: 3 });
    assert.deepEqual(trace.chosen, ids);
  });

  const cases: [string, Partial<Decoding>][] = [
    ['as it is', {}],
    ['temperature 0.5', { temperature: 0.5 }],
    ['temperature 1.7', { temperature: 1.7 }],
    ['top-k 5', { topK: 5 }],
    ['top-p 0.5 at temperature 0.7', { topP: 0.5, temperature: 0.7 }],
    ['min-p 0.2', { minP: 0.2 }],
    ['all at once, with a repetition penalty', { topK: 20, topP: 0.8, minP: 0.05, temperature: 0.9, repetitionPenalty: 1.3 }],
  ];
  for (const [name, settings] of cases) {
    it(`decodes ${name} as the whole row of logits would be decoded`, () => {
      const figure = nextFromTrace(JSON.parse(JSON.stringify(storable(trace))));
      let largest = 0;
      rows.forEach((row, step) => {
        const decoding = { ...plain, ...settings };
        const seen = new Set([...before2, ...trace.chosen.slice(0, step)]);
        const expected = oracle(row, decoding, seen);
        for (const { id, probability } of decode(stepLogits(figure, step), decoding, seen).candidates) {
          largest = Math.max(largest, Math.abs(probability - (expected.get(id) ?? 0)));
        }
      });
      console.log(`${name}: largest difference ${largest.toExponential(1)}, tolerance 1e-5`);
      assert.ok(largest < 1e-5);
    });
  }

  it('draws the token that generate() draws with the same seed', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { ids } = await model.generateText(prompt, { maxNewTokens: 1, temperature: 1, topK: 50, seed });
      const list = decode(stepLogits(nextFromTrace(trace), 0), { ...plain, topK: 50 }, new Set());
      assert.equal(drawn(list, uniformOf(seed, 0))!.id, ids[0]);
    }
  });

  it('penalty, temperature and top-k are those of the processors of transformers.js, in their order', async () => {
    const library = transformers as unknown as Record<string, new (value: number) => (ids: bigint[][], logits: object) => object> & {
      topk(tensor: object, k: number): Promise<[{ data: Float32Array }, { data: BigInt64Array }]>;
      softmax(values: Float32Array): Float32Array;
    };
    const figure = nextFromTrace(trace);
    let largest = 0;
    for (let step = 0; step < rows.length; step++) {
      const text = [...before2, ...trace.chosen.slice(0, step)];
      const logits = new transformers.Tensor('float32', rows[step]!.slice(), [1, rows[step]!.length]);
      new library['RepetitionPenaltyLogitsProcessor']!(1.4)([text.map(BigInt)], logits);
      new library['TemperatureLogitsWarper']!(0.7)([text.map(BigInt)], logits);
      const [values, indices] = await library.topk(logits, 30);
      const expected = library.softmax(values.data);
      const { candidates, exact } = decode(
        stepLogits(figure, step),
        { ...plain, temperature: 0.7, topK: 30, repetitionPenalty: 1.4 },
        new Set(text),
      );
      assert.ok(exact);
      const ours = new Map(candidates.map(({ id, probability }) => [id, probability]));
      indices.data.forEach((id, place) => {
        largest = Math.max(largest, Math.abs((ours.get(Number(id)) ?? 0) - expected[place]!));
      });
    }
    console.log(`against transformers.js: largest difference of a probability ${largest.toExponential(1)}, tolerance 1e-6`);
    assert.ok(largest < 1e-6);
  });

  it('keeps what candidates() of the core keeps, with the same probabilities', () => {
    const figure = nextFromTrace(JSON.parse(JSON.stringify(storable(trace))));
    const limits: Partial<Decoding>[] = [
      { topK: 1 },
      { topK: 40 },
      { topP: 0.3 },
      { topP: 0.9 },
      { minP: 0.02 },
      { minP: 0.3 },
      { topK: 30, topP: 0.8, minP: 0.05 },
    ];
    let [largest, compared] = [0, 0];
    for (const limit of limits) {
      for (const temperature of [0.3, 0.7, 1, 1.5]) {
        for (const repetitionPenalty of [1, 1.3]) {
          rows.forEach((row, step) => {
            const text = new Set([...before2, ...trace.chosen.slice(0, step)]);
            const decoding = { ...plain, ...limit, temperature, repetitionPenalty };
            const decoded = decode(stepLogits(figure, step), decoding, text);
            // A cut among tokens that were not recorded is not claimed.
            if (!decoded.exact) return;
            const changed = row.map((value, id) =>
              !text.has(id) ? value : value < 0 ? value * repetitionPenalty : value / repetitionPenalty,
            );
            const { topK, topP, minP } = limit;
            const expected = candidates(changed, { temperature, ...(topK && { topK }), ...(topP && { topP }), ...(minP && { minP }) });
            const kept = decoded.candidates.filter(({ cutBy }) => !cutBy);
            assert.deepEqual(
              kept.map(({ id }) => id),
              expected.ids,
              JSON.stringify(decoding),
            );
            kept.forEach(({ probability }, place) => {
              largest = Math.max(largest, Math.abs(probability - expected.probabilities[place]!));
            });
            compared++;
          });
        }
      }
    }
    console.log(`against candidates(): ${compared} rows, largest difference of a probability ${largest.toExponential(1)}, tolerance 1e-9`);
    assert.ok(compared > 150, String(compared));
    assert.ok(largest < 1e-9);
  });

  it('draws what generate() draws, step after step, with every limit and the penalty', async () => {
    const sampling = { temperature: 0.9, topK: 60, topP: 0.95, minP: 0.01, repetitionPenalty: 1.2 };
    for (const seed of [3, 11, 12345]) {
      const { chosen, ...sampled } = await recordFigure(model, 'next-token', { prompt, steps: 8, sampling: { ...sampling, seed } });
      const figure = nextFromTrace({ ...sampled, chosen });
      chosen.forEach((id, step) => {
        const text = new Set([...before2, ...chosen.slice(0, step)]);
        const decoded = decode(stepLogits(figure, step), sampling, text);
        assert.equal(drawn(decoded, uniformOf(seed, step))!.id, id, `seed ${seed}, step ${step}`);
      });
    }
  });

  it('says where a cut falls among tokens that were not recorded', () => {
    const short = nextFromTrace(trace);
    const step = (decoding: Partial<Decoding>, seen: number[] = []) =>
      decode(stepLogits(short, 0), { ...plain, ...decoding }, new Set(seen));
    assert.equal(step({ topK: 50 }).exact, true);
    assert.equal(step({ topP: 0.9999 }).exact, false);
    assert.equal(step({ topP: 0.5 }).exact, true);
    assert.equal(step({ minP: 1e-9 }).exact, false);
    assert.equal(drawn(step({ temperature: 2 }), 1 - 1e-9), undefined);
    const total = ({ candidates, rest }: ReturnType<typeof step>) =>
      candidates.reduce((sum, { probability }) => sum + probability, rest.probability);
    for (const decoding of [{}, { topK: 7 }, { topP: 0.9999 }, { minP: 0.3 }, { temperature: 0 }]) {
      assert.ok(Math.abs(total(step(decoding)) - 1) < 1e-9);
    }
  });

  it('every token of the text is among the candidates, so that a penalty finds it', () => {
    const figure = nextFromTrace(trace);
    rows.forEach((row, step) => {
      const { ids, below } = stepLogits(figure, step);
      const listed = new Set(Array.from(ids));
      for (const id of [...before2, ...trace.chosen]) assert.ok(listed.has(id));
      assert.equal(below, Math.max(...Array.from(row).filter((_, id) => !listed.has(id))));
    });
  });

  it('beam search keeps the likeliest sequences of each depth', async () => {
    const { beams } = await recordFigure(model, 'next-token', { prompt, beams: { width: 2, depth: 3 } });
    const depthOf = (index: number): number => (index < 0 ? -1 : depthOf(beams!.nodes[index]!.parent) + 1);
    for (const depth of [0, 1, 2]) {
      const level = beams!.nodes.filter((_, index) => depthOf(index) === depth);
      const kept = level.filter(({ kept }) => kept);
      assert.equal(kept.length, 2);
      const worst = Math.min(...kept.map(({ logProbability }) => logProbability));
      assert.ok(level.every(({ kept, logProbability }) => kept || logProbability <= worst));
    }
  });

  it('an empty prompt and a wrong field get an error that says what to do', async () => {
    await assert.rejects(recordFigure(model, 'next-token', { prompt: '' }), { code: 'empty-input' });
    const json = JSON.parse(JSON.stringify(storable(trace))) as Record<string, unknown>;
    assert.throws(() => readTrace({ ...json, chosen: [1] }), { code: 'invalid-trace', message: /trace\.ids\.shape: expected \[2,/ });
    assert.throws(() => readTrace({ ...json, vocabulary: {} }), { code: 'invalid-trace', message: /the text of every id in ids/ });
  });
});
