// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  accumulatedLogits,
  decodeArray,
  HookedModel,
  logitAttribution,
  readAttributionTrace,
  readTrace,
  recordFigure,
  storable,
  type AttributionTrace,
} from '../../../src/core/index.js';

const prompt = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
const question = { answer: ' Mary', wrong: ' John' };

/** Sums and values that went through float32 once. */
const tolerance = 1e-5;

describe('the figure of a logit attribution', () => {
  let model: HookedModel;
  let trace: AttributionTrace;
  const values = (array: unknown): ArrayLike<number> => decodeArray(array).data;
  const sum = (list: ArrayLike<number>): number => Array.from(list).reduce((all, value) => all + value, 0);
  const close = (one: number, other: number, what: string, within = tolerance): void => {
    const difference = Math.abs(one - other);
    console.log(`${what}: off by ${difference.toExponential(1)} (tolerance ${within})`);
    assert.ok(difference <= within, `${what}: ${one} against ${other}`);
  };

  before(async () => {
    model = await HookedModel.fromPretrained('vitrine/storyteller');
    trace = await recordFigure(model, 'attribution', { prompt, ...question });
  });
  after(() => model.dispose());

  test("components and biases sum to the model's own logit difference", async () => {
    const { logits } = await model.run(prompt);
    const last = logits!.select('batch', 0).select('pos', -1).data;
    close(trace.total, last[trace.answer.id]! - last[trace.wrong!.id]!, 'total against the logits of a plain run');
    close(sum(values(trace.components)) + trace.constant, trace.total, 'components + biases against total');
    assert.equal(trace.answer.text, ' Mary');
    assert.equal(trace.wrong!.text, ' John');
    assert.equal(trace.position, trace.tokens.length - 1);
  });

  test('heads, sources and neurons are those of logitAttribution, and sums hold at every level', async () => {
    const found = await logitAttribution(model, prompt, { ...question, heads: true, neurons: true, sources: true });
    const [heads, sources] = [values(trace.heads), values(trace.sources)];
    const { nLayer, nHead, dMlp } = model.hooks.architecture;
    const count = trace.tokens.length;
    let [worstHead, worstSource, worstNeuron, worstLayer] = [0, 0, 0, 0];
    for (let layer = 0; layer < nLayer; layer++) {
      for (let head = 0; head < nHead; head++) {
        const at = layer * nHead + head;
        worstHead = Math.max(worstHead, Math.abs(heads[at]! - found.heads!.at(layer, head, 0, 0)));
        const bySource = Array.from({ length: count }, (_, key) => sources[at * count + key]!);
        worstSource = Math.max(worstSource, Math.abs(sum(bySource) - heads[at]!));
      }
      const all = Array.from({ length: dMlp! }, (_, neuron) => found.neurons!.at(layer, neuron, 0, 0));
      const k = decodeArray(trace.neurons!.indices).shape[1]!;
      const indices = Array.from(values(trace.neurons!.indices)).slice(layer * k, (layer + 1) * k);
      const kept = Array.from(values(trace.neurons!.values)).slice(layer * k, (layer + 1) * k);
      indices.forEach((neuron, place) => (worstNeuron = Math.max(worstNeuron, Math.abs(all[neuron]! - kept[place]!))));
      worstLayer = Math.max(worstLayer, Math.abs(sum(kept) + values(trace.neurons!.rest)[layer]! - sum(all)));
      // Nothing that was left out is stronger than what was kept of its sign.
      const others = all.filter((_, neuron) => !indices.includes(neuron));
      assert.ok(Math.max(...others) <= kept[19]! && Math.min(...others) >= kept[20]!);
      assert.equal(new Set(indices).size, 40);
    }
    close(worstHead, 0, 'heads');
    close(worstSource, 0, 'sources summed to heads');
    close(worstNeuron, 0, 'neurons');
    close(worstLayer, 0, 'kept neurons and the rest summed to all');
  });

  test('recompute adds the stream read at every point', async () => {
    const { lens } = await recordFigure(model, 'attribution', { prompt, ...question, norm: 'recompute', heads: false, neurons: false });
    const plain = await accumulatedLogits(model, prompt, { ...question, norm: 'recompute' });
    assert.deepEqual(lens!.labels, plain.labels);
    assert.deepEqual(values(lens!.values), plain.values.data);
    close(values(lens!.values)[plain.labels.length - 1]!, trace.total, 'last point against total');
  });

  test('passes through JSON without loss', () => {
    const back = readTrace(JSON.parse(JSON.stringify(storable(trace)))) as AttributionTrace;
    assert.equal(back.kind, 'attribution');
    for (const field of ['components', 'heads', 'sources'] as const) assert.deepEqual(values(back[field]), values(trace[field]));
    assert.deepEqual(values(back.neurons!.indices), values(trace.neurons!.indices));
    assert.equal(back.total, trace.total);
  });

  test('an answer of several tokens is refused with its tokens', async () => {
    await assert.rejects(
      recordFigure(model, 'attribution', { prompt, answer: ' Mary John' }),
      /answer must be one token; " Mary John" is 2/,
    );
  });

  test('a trace that does not fit is refused by field', () => {
    const bad = (change: object): unknown => ({ ...JSON.parse(JSON.stringify(storable(trace))), ...change });
    assert.throws(() => readAttributionTrace(bad({ position: 99 })), /trace.position: expected a whole number from 0 to 14, got 99/);
    assert.throws(
      () => readAttributionTrace(bad({ labels: ['embed'] })),
      /trace.components.shape: expected \[1\] \(component\), got "\[10\]"/,
    );
    assert.throws(
      () => readAttributionTrace(bad({ heads: storable(trace).sources })),
      /trace.heads.shape: expected \[4, any\] \(layer, head\)/,
    );
    assert.throws(() => readAttributionTrace(bad({ kind: 'attention' })), /trace.kind: expected "attribution"/);
  });
});
