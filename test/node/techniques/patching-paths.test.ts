// SPDX-License-Identifier: MIT
/** Causal tracing and path patching against their definitions, written out as plain runs of one prompt, and on a circuit known by construction. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import {
  ablationSweep,
  activationPatching,
  causalTracing,
  directPathPatching,
  edit,
  evaluate,
  HookedModel,
  logitDiff,
  pathPatching,
  probability,
  type Edit,
  Tensor,
  type PathReceiver,
} from '../../../src/core/index.js';
import { inputOf, senderReader, throughNorm } from '../../../src/core/techniques/patching/direct-path-patching.js';
import { receiversOf } from '../../../src/core/techniques/patching/path-plan.js';
import { runPrompts } from '../../../src/core/techniques/patching/prompt-run.js';
import { largestDifference, readFixture } from '../reference.js';
import { skipWithoutShared } from '../shared.js';
import { inductionFacts, writeInductionModel } from './induction-model.js';
import { openStoryteller, refuses, story } from './storyteller.js';

const TOLERANCE = 1e-4;
const model = await openStoryteller();
const induction = writeInductionModel();
const built = await HookedModel.fromPretrained(induction.folder, { device: 'cpu' });
after(async () => {
  await model.dispose();
  await built.dispose();
  induction.remove();
});
const { nLayer, nHead } = model.hooks.architecture;
const PROMPT = story('When Mary and John went to the park, John gave a ball to');
const OTHER = story('When Mary and John went to the park, Mary gave a ball to');
const METRIC = logitDiff(' Mary', ' John');
const layersUpTo = (count: number): number[] => Array.from({ length: count }, (_, layer) => layer);

test('causal tracing equals its definition', async () => {
  const subject = [2, 4];
  const samples = 4;
  const metric = probability(' Mary');
  const { cache, tokens } = await model.runWithCache(PROMPT, { names: /resid_post|mlp_out|attn_out|hook_embed/ });
  const ids = Array.from({ length: samples }, () => tokens!.ids[0]!);
  const embedding = cache.get('hook_embed').data;
  const mean = embedding.reduce((sum, value) => sum + value, 0) / embedding.length;
  const deviation = Math.sqrt(embedding.reduce((sum, value) => sum + (value - mean) ** 2, 0) / embedding.length);
  const noise = edit.noise('hook_embed', 3 * deviation, { positions: subject, seed: 5 });
  const noised = (await evaluate(model, metric, ids, { edits: [noise] })).mean;
  let worst = 0;
  for (const [restore, window, hook] of [
    ['state', 1, 'hook_resid_post'],
    ['mlp', 2, 'hook_mlp_out'],
    ['attn', 3, 'hook_attn_out'],
  ] as const) {
    const tracing = { prompt: PROMPT, subject, metric, restore, samples, seed: 5, ...(restore === 'state' ? {} : { window }) };
    const result = await causalTracing(model, tracing);
    assert.ok(result.complete && result.window === window);
    assert.ok(Math.abs(result.sigma - 3 * deviation) < 1e-6);
    assert.ok(Math.abs(result.noised - noised) < TOLERANCE);
    assert.ok(Math.abs(result.totalEffect - ((await evaluate(model, metric, PROMPT)).mean - noised)) < TOLERANCE);
    for (let layer = 0; layer < nLayer; layer++) {
      for (let position = 0; position < result.grid.dims[1]!; position += 3) {
        const first = Math.max(0, layer - Math.floor(window / 2));
        const last = Math.min(nLayer, layer - Math.floor(window / 2) + window);
        const restored = layersUpTo(last)
          .slice(first)
          .map((at) => edit.patch(`blocks.${at}.${hook}`, cache.get(`blocks.${at}.${hook}`), { positions: position }));
        const plain = (await evaluate(model, metric, ids, { edits: [noise, ...restored] })).mean - noised;
        worst = Math.max(worst, Math.abs(plain - result.grid.at(layer, position)));
      }
    }
    const again = await causalTracing(model, tracing);
    assert.deepEqual(again.grid.data, result.grid.data, 'the same seed gives the same numbers');
    if (restore === 'state') {
      const lastPosition = result.grid.dims[1]! - 1;
      assert.ok(
        Math.abs(result.grid.at(nLayer - 1, lastPosition) - result.totalEffect) < TOLERANCE,
        'restoring what the head reads restores all',
      );
      assert.ok(Math.abs(result.grid.at(nLayer - 1, 0)) < TOLERANCE, 'restoring what nothing reads restores nothing');
    }
  }
  const otherSeed = await causalTracing(model, { prompt: PROMPT, subject, metric, samples, seed: 6 });
  assert.ok(Math.abs(otherSeed.noised - noised) > 1e-9);
  console.log(`causal tracing against plain runs: ${worst.toExponential(1)} (tolerance ${TOLERANCE})`);
  assert.ok(worst < TOLERANCE);
});

test('causal tracing on BERT- and Llama-like models: the definition', skipWithoutShared('fixtures', 'bert-v3'), async () => {
  for (const name of ['bert-v3', 'llama-v3']) {
    const fixture = readFixture(name, 'model.onnx');
    const other = await HookedModel.fromPretrained(fixture.folder, { file: 'onnx/model.onnx', device: 'cpu' });
    const prompt = Array.from(fixture.reference.get('p0/input_ids')!.data as BigInt64Array, Number);
    const metric = logitDiff(3, 5);
    const result = await causalTracing(other, { prompt, subject: [1, 2], metric, samples: 3, sigma: 0.7, seed: 2 });
    const { cache } = await other.runWithCache(prompt, { names: /resid_post/ });
    let worst = 0;
    for (const layer of layersUpTo(other.hooks.architecture.nLayer)) {
      for (let position = 0; position < prompt.length; position++) {
        const hook = `blocks.${layer}.hook_resid_post`;
        const edits = [
          edit.noise('hook_embed', 0.7, { positions: [1, 2], seed: 2 }),
          edit.patch(hook, cache.get(hook), { positions: position }),
        ];
        const plain = await evaluate(other, metric, [prompt, prompt, prompt], { edits });
        worst = Math.max(worst, Math.abs(plain.mean - result.noised - result.grid.at(layer, position)));
      }
    }
    console.log(`${name}: causal tracing against plain runs: ${worst.toExponential(1)} (tolerance ${TOLERANCE})`);
    assert.ok(worst < TOLERANCE);
    await other.dispose();
  }
});

/** Path patching by its definition, with plain runs. */
async function byDefinition(
  base: string,
  sender: Edit[],
  senderHook: string,
  receivers: readonly (readonly [hook: string, head?: number])[] | 'final',
  freezeMlps: boolean,
): Promise<number> {
  const { cache } = await model.runWithCache(base, { names: /hook_z|mlp_out/ });
  const frozen = layersUpTo(nLayer)
    .flatMap((layer) => [`blocks.${layer}.attn.hook_z`, ...(freezeMlps ? [`blocks.${layer}.hook_mlp_out`] : [])])
    .filter((hook) => hook !== senderHook)
    .map((hook) => edit.patch(hook, cache.get(hook)));
  if (receivers === 'final') return (await evaluate(model, METRIC, base, { edits: [...frozen, ...sender] })).mean;
  const first = await model.runWithCache(base, { edits: [...frozen, ...sender], names: receivers.map(([hook]) => hook) });
  const edits = receivers.map(([hook, head]) =>
    edit.patch(hook, first.cache.get(hook) as Tensor, head === undefined ? {} : { heads: head }),
  );
  return (await evaluate(model, METRIC, base, { edits })).mean;
}

test('path patching equals its definition', async () => {
  const last = nLayer - 1;
  const { cache: other } = await model.runWithCache(OTHER, { names: /hook_z|mlp_out/ });
  const cases: [receivers: readonly PathReceiver[] | 'final', hooks: readonly (readonly [string, number?])[] | 'final'][] = [
    ['final', 'final'],
    [[{ layer: last, head: 1, input: 'q' }], [[`blocks.${last}.attn.hook_q`, 1]]],
    [
      [
        { layer: last, head: 1, input: 'k' },
        { layer: last - 1, head: 0, input: 'v' },
        { layer: last - 1, input: 'mlp' },
      ],
      [
        [`blocks.${last}.attn.hook_k`, 1],
        [`blocks.${last - 1}.attn.hook_v`, 0],
        ...model.hooks.names.filter((name) => name.startsWith(`blocks.${last - 1}.mlp.hook_pre`)).map((name) => [name] as const),
      ],
    ],
  ];
  let worst = 0;
  for (const [receivers, hooks] of cases) {
    for (const senders of ['heads', 'mlps'] as const) {
      for (const mlps of ['recompute', 'freeze'] as const) {
        const { grid, base } = await pathPatching(model, {
          clean: PROMPT,
          corrupted: OTHER,
          metric: METRIC,
          senders,
          receivers,
          mlps,
          normalize: false,
        });
        for (const layer of layersUpTo(nLayer)) {
          for (let head = 0; head < (senders === 'heads' ? nHead : 1); head += 5) {
            const hook = senders === 'heads' ? `blocks.${layer}.attn.hook_z` : `blocks.${layer}.hook_mlp_out`;
            const { cache } = await model.runWithCache(PROMPT, { names: hook });
            const sender = [
              edit.patch(hook, cache.get(hook)),
              edit.patch(hook, other.get(hook), senders === 'heads' ? { heads: head } : {}),
            ];
            const expected = await byDefinition(PROMPT, sender, hook, hooks, mlps === 'freeze');
            worst = Math.max(worst, Math.abs(expected - (senders === 'heads' ? grid.at(layer, head) : grid.at(layer))));
          }
        }
        assert.ok(Number.isFinite(base));
      }
    }
  }
  console.log(`path patching against its definition: ${worst.toExponential(1)} (tolerance ${TOLERANCE})`);
  assert.ok(worst < TOLERANCE);
});

for (const name of ['gpt2-v3', 'llama-v3', 'gemma-v3']) {
  test(`${name}: direct paths equal their definition and are linear`, skipWithoutShared('fixtures', name), async () => {
    const fixture = readFixture(name, 'model.onnx');
    const other = await HookedModel.fromPretrained(fixture.folder, { file: 'onnx/model.onnx', device: 'cpu' });
    const [clean, corrupted] = ['p0', 'p1'].map((p) =>
      Array.from(fixture.reference.get(`${p}/input_ids`)!.data as BigInt64Array, Number),
    ) as [number[], number[]];
    const { nLayer: depth, nHead: heads, dModel, nKeyValueHead, norm } = other.hooks.architecture;
    const metric = logitDiff(3, 5);
    const last = depth - 1;
    const { cache } = await other.runWithCache(clean);
    const { cache: source } = await other.runWithCache(corrupted);
    const results = await Promise.all([clean, corrupted].map((ids) => other.runWithCache(ids, { names: 'result' })));
    let [worst, worstSum] = [0, 0];
    for (const input of ['q', 'k', 'v', 'mlp'] as const) {
      const head = 1;
      const hookHead = input === 'q' ? head : Math.floor((head * nKeyValueHead) / heads);
      const receiver: PathReceiver = input === 'mlp' ? { layer: last, input } : { layer: last, head, input };
      const ln = `blocks.${last}.${input === 'mlp' ? 'ln2' : 'ln1'}`;
      const weight = (await other.weights.get(`${input === 'mlp' ? 'ln2' : 'ln1'}.w`, last)).data;
      const hooks =
        input === 'mlp'
          ? other.hooks.names.filter((hook) => hook.startsWith(`blocks.${last}.mlp.hook_pre`))
          : [`blocks.${last}.attn.hook_${input}`];
      /** Inputs of the receiver when the stream changes and the norm's scale does not: the model's own matrix, by an edit of the norm's output. */
      const read = async (change: Float32Array): Promise<Tensor[]> => {
        const scale = cache.get(`${ln}.hook_scale`).data;
        const added = change.map((value, at) => {
          const row = Math.floor(at / dModel) * dModel;
          const mean = norm === 'layer' ? change.subarray(row, row + dModel).reduce((sum, one) => sum + one, 0) / dModel : 0;
          return ((value - mean) / scale[row / dModel]!) * weight[at - row]!;
        });
        const edits = [edit.add(`${ln}.out`, new Tensor(added, [1, clean.length, dModel], ['batch', 'pos', 'd_model']))];
        const run = await other.runWithCache(clean, { names: hooks, edits });
        return hooks.map((hook) => run.cache.get(hook));
      };
      const effect = async (tensors: Tensor[]): Promise<number> => {
        const edits = hooks.map((hook, at) => edit.patch(hook, tensors[at]!, input === 'mlp' ? {} : { heads: hookHead }));
        return (await evaluate(other, metric, clean, { edits })).mean;
      };
      const difference = (one: Tensor, two: Tensor): Float32Array => two.data.map((value, at) => value - one.data[at]!);
      const { grid, base } = await directPathPatching(other, { clean, corrupted, metric, receivers: [receiver], normalize: false });
      const { grid: mlps } = await directPathPatching(other, {
        clean,
        corrupted,
        metric,
        receivers: [receiver],
        senders: 'mlps',
        normalize: false,
      });
      for (let layer = 0; layer < depth; layer++) {
        for (let sender = 0; sender < heads; sender++) {
          const reaches = layer < last || input === 'mlp';
          const change = difference(
            results[0]!.cache.get('result', layer).select('head', sender),
            results[1]!.cache.get('result', layer).select('head', sender),
          );
          const expected = reaches ? await effect(await read(change)) : base;
          worst = Math.max(worst, Math.abs(grid.at(layer, sender) - expected));
        }
        const change = difference(cache.get('mlp_out', layer), source.get('mlp_out', layer));
        worst = Math.max(worst, Math.abs(mlps.at(layer) - (layer < last ? await effect(await read(change)) : base)));
      }

      // Linear: what all senders and the embedding change adds up to what the whole stream changes.
      const short = ['mlp_out', 'z', 'resid_pre', 'resid_mid', 'scale'].concat('blocks.*.ln2.hook_scale');
      const [one, two] = [await runPrompts(other, clean, short), await runPrompts(other, corrupted, short)];
      const [way] = receiversOf(other, [receiver]);
      const through = await inputOf({ model: other, base: one }, way!);
      const sum = new Float64Array(clean.length * through.matrix.dims[1]!);
      const add = (change: Float32Array): void => throughNorm(change, through).forEach((value, at) => (sum[at] = sum[at]! + value));
      for (const senders of ['heads', 'mlps'] as const) {
        const written = senderReader({ model: other, base: one, source: two, senders });
        for (let layer = 0; layer < way!.after[senders]; layer++) {
          for (let sender = 0; sender < (senders === 'heads' ? heads : 1); sender++) {
            const hook = senders === 'heads' ? `blocks.${layer}.attn.hook_z` : `blocks.${layer}.hook_mlp_out`;
            add(await written({ index: [], layer, hook, place: senders === 'heads' ? { head: sender } : {}, label: '' }));
          }
        }
      }
      add(difference(cache.get('resid_pre', 0), source.get('resid_pre', 0)));
      const stream = input === 'mlp' ? 'resid_mid' : 'resid_pre';
      worstSum = Math.max(
        worstSum,
        largestDifference(sum, throughNorm(difference(cache.get(stream, last), source.get(stream, last)), through)),
      );
    }
    console.log(
      `${name}: direct paths against their definition ${worst.toExponential(1)}, linearity ${worstSum.toExponential(1)} (tolerance ${TOLERANCE})`,
    );
    assert.ok(worst < TOLERANCE && worstSum < TOLERANCE);
    await other.dispose();
  });
}

test('the sweeps find the induction circuit that was built, and nothing else', async () => {
  const { previousHead, inductionHead, nHead: heads } = inductionFacts;
  const clean = [0, 5, 6, 7, 8, 5];
  const corrupted = [0, 9, 6, 7, 8, 5];
  const metric = logitDiff(6, 8);
  const only = (grid: Tensor, expected: readonly (readonly [layer: number, head: number])[], effect: number, what: string): void => {
    for (const layer of [0, 1]) {
      for (let head = 0; head < heads; head++) {
        const isPart = expected.some(([l, h]) => l === layer && h === head);
        const value = grid.at(layer, head);
        assert.ok(Math.abs(value - (isPart ? effect : 0)) < 0.02, `${what}: head ${layer}.${head} has ${value}`);
      }
    }
  };
  const patch = async (site: 'head_out' | 'head_q' | 'head_k' | 'head_v' | 'head_pattern'): Promise<Tensor> =>
    (await activationPatching(built, { clean, corrupted, metric, site })).grid;
  only(await patch('head_out'), [previousHead, inductionHead], 1, 'output');
  only(await patch('head_k'), [inductionHead], 1, 'key');
  only(await patch('head_v'), [previousHead], 1, 'value');
  only(await patch('head_q'), [], 1, 'query');
  only(await patch('head_pattern'), [inductionHead], 1, 'pattern');

  const [layer, head] = inductionHead;
  for (const input of ['q', 'k', 'v'] as const) {
    const { grid } = await pathPatching(built, { clean, corrupted, metric, receivers: [{ layer, head, input }], layers: [0, 1] });
    only(grid, input === 'k' ? [previousHead] : [], 1, `path to ${input}`);
  }
  for (const input of ['q', 'k', 'v'] as const) {
    const { grid } = await directPathPatching(built, { clean, corrupted, metric, receivers: [{ layer, head, input }] });
    only(grid, input === 'k' ? [previousHead] : [], 1, `direct path to ${input}`);
  }
  const { grid: toLogits } = await pathPatching(built, { clean, corrupted, metric, receivers: 'final' });
  only(toLogits, [inductionHead], 1, 'path to the logits');

  const { grid: without, base } = await ablationSweep(built, { prompts: [clean], metric, site: 'head_out' });
  only(without, [previousHead, inductionHead], -base, 'zero ablation');
});

test('bad input is refused with what to do', async () => {
  const tracing = { prompt: PROMPT, subject: [1], metric: METRIC };
  await refuses(() => causalTracing(model, { ...tracing, subject: [] }), 'invalid-option', /empty list/);
  await refuses(() => causalTracing(model, { ...tracing, subject: [99] }), 'invalid-option', /tokens/);
  await refuses(() => causalTracing(model, { ...tracing, prompt: [PROMPT, OTHER] }), 'invalid-input', /on its own/);
  await refuses(() => causalTracing(model, { ...tracing, samples: 0 }), 'invalid-option', /from 1 up/);
  const path = { clean: PROMPT, corrupted: OTHER, metric: METRIC };
  await refuses(() => pathPatching(model, { ...path, receivers: [] }), 'invalid-option', /'final'/);
  await refuses(() => pathPatching(model, { ...path, receivers: [{ layer: 99, input: 'mlp' }] }), 'invalid-option', /blocks/);
  await refuses(() => pathPatching(model, { ...path, receivers: 'final', senders: 'mlps', heads: [1] }), 'invalid-option', /Leave it out/);
});
