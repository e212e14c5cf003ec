// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHooks } from '../../../src/core/hooks/find.js';
import { findWeights } from '../../../src/core/hooks/weights.js';
import { createBackend } from '../../../src/core/runtime/backend.js';
import { MatrixProducts } from '../../../src/core/model/matmul.js';
import { ModelWeights } from '../../../src/core/model/model-weights.js';
import { WeightValues } from '../../../src/core/model/weight-values.js';
import { WeightReader } from '../../../src/core/model/weights.js';
import { GraphIndex } from '../../../src/core/onnx/graph.js';
import { weightErrors } from '../weight-oracle.js';
import type { Architecture } from '../../../src/core/hooks/types.js';
import { Mirror, permute } from './mirror.js';
import type { Mirrored, Values } from './mirror.js';
import { compare, feedsOf, runSites } from './run-sites.js';

/** Graphs of families that no fixture holds, with tensors named t0, t1, ...: only the structure can tell what is what. */
interface Shape {
  /** Attention and MLP read the same stream; `one`: and the same norm. */
  parallel?: 'two' | 'one';
  /** Interleaved: one projection [head, 3, d_head] (GPT-NeoX); else three blocks, with fewer key heads if wanted. */
  interleaved?: boolean;
  nKeyValueHead?: number;
  rms?: boolean;
  gated?: boolean;
  /** Norms before the additions too, and scores through tanh (Gemma 2). */
  sandwich?: boolean;
  /** The stream goes through norms (BERT, OPT-350m). */
  post?: boolean;
  rotary?: number;
  /** The query is scaled before the product (OPT). */
  scaledQuery?: boolean;
}

const [d, nHead, dHead, dMlp, vocabulary, nLayer] = [24, 3, 8, 40, 30, 2];
const tolerance = 2e-5;

const families: Record<string, { shape: Shape; expected: Partial<Architecture> }> = {
  'GPT-NeoX, parallel': {
    shape: { parallel: 'two', interleaved: true, rotary: 4 },
    expected: { parallel: true, position: 'rotary', norm: 'layer' },
  },
  'GPT-NeoX, sequential': { shape: { interleaved: true, rotary: 4 }, expected: { parallel: false, position: 'rotary' } },
  'GPT-J and Phi': { shape: { parallel: 'one', rotary: 4 }, expected: { parallel: true } },
  'Falcon, one key head': { shape: { parallel: 'one', nKeyValueHead: 1, rotary: 8 }, expected: { parallel: true, nKeyValueHead: 1 } },
  'Gemma 2': {
    shape: { rms: true, gated: true, sandwich: true, rotary: 8 },
    expected: { gated: true, norm: 'rms', activation: 'silu', normPosition: 'pre' },
  },
  OPT: { shape: { scaledQuery: true }, expected: { activation: 'relu', gated: false, position: 'none' } },
  'post-norm decoder': { shape: { post: true }, expected: { normPosition: 'post' } },
};

for (const [family, { shape, expected }] of Object.entries(families)) {
  test(`${family}: hooks by structure, against numbers computed by hand`, async (t) => {
    const ids = [3, 17, 5, 5, 29, 0, 11];
    const { mirror, output, truth } = build(ids, shape);
    const model = mirror.model(output);
    const table = findHooks(model.graph);
    const { activations } = await runSites(model, table, feedsOf(model, { ids: BigInt64Array.from(ids, BigInt) }));
    let worst = 0;
    for (const [name, want] of truth) {
      const got = activations.get(name);
      assert.ok(got, `${name} was not found: ${table.missing.find((missing) => missing.name === name)?.because ?? 'no reason'}`);
      const error = compare(got, want).worst;
      assert.ok(error <= tolerance, `${name} is off by ${error}`);
      assert.ok(table.sites.get(name)!.editable, `${name} can be edited`);
      worst = Math.max(worst, error);
    }
    t.diagnostic(`${truth.size} hooks, largest difference ${worst.toExponential(1)}, tolerance ${tolerance}`);
    const index = new GraphIndex(model.graph);
    const values = new WeightValues(index, new WeightReader([]));
    const weights = new ModelWeights({
      architecture: table.architecture,
      table: findWeights(index, table),
      values,
      products: new MatrixProducts(await createBackend({ device: 'cpu' })),
      alive: () => undefined,
    });
    const known = { has: (name: string) => truth.has(name) || (name.endsWith('_post.out') && table.sites.has(name)) };
    const scan = await weightErrors(weights, table.architecture, known, (name) => truth.get(name)!, ids);
    t.diagnostic(
      `${scan.checked} products and norms of weights, largest difference ${scan.worst.difference.toExponential(1)} (${scan.worst.what})`,
    );
    assert.ok(scan.checked >= 12 && scan.worst.difference <= tolerance, `${scan.worst.what} is off by ${scan.worst.difference}`);
    const { architecture } = table;
    assert.deepEqual({ ...architecture, ...expected, nLayer, nHead, dHead, dModel: d, dMlp, dVocab: vocabulary }, architecture);
    assert.equal(table.cuts.length, nLayer + 1);
    for (const name of table.sites.keys())
      assert.ok(
        truth.has(name) || table.sites.get(name)!.derived || /ln._post\.out|normalized|ln[12]\.out/.test(name),
        `${name} is no invention`,
      );
    if (shape.parallel) {
      const reason = table.missing.find(({ name }) => name === 'blocks.1.hook_resid_mid')?.because;
      assert.match(reason ?? '', /parallel/);
    }
  });
}

function build(ids: number[], shape: Shape): { mirror: Mirror; output: Mirrored; truth: Map<string, Values> } {
  const g = new Mirror(ids);
  const truth = new Map<string, Values>();
  const mark = <T extends Values>(name: string, value: T): T => {
    truth.set(name, { dims: value.dims, data: value.data });
    return value;
  };
  const scalar = (value: number): Mirrored => g.constant([], [value]);
  const norm = (x: Mirrored): Mirrored => {
    const centred = shape.rms ? x : g.binary('Sub', x, g.mean(x));
    const scale = g.unary('Sqrt', g.binary('Add', g.mean(g.binary('Mul', centred, centred)), scalar(1e-5)));
    const weighed = shape.rms
      ? g.binary('Mul', g.weight([d], 0.3, 1), g.binary('Mul', centred, g.unary('Reciprocal', scale)))
      : g.binary('Mul', g.binary('Div', centred, scale), g.weight([d], 0.3, 1));
    return shape.rms ? weighed : g.binary('Add', weighed, g.weight([d], 0.1));
  };
  const linear = (x: Mirrored, from: number, to: number): Mirrored =>
    g.binary('Add', g.weight([to], 0.1), g.matmul(x, g.weight([from, to])));
  const s = ids.length;

  const rotate = (x: Mirrored, heads: number): Mirrored => {
    const size = shape.rotary!;
    const turned = g.slice(x, 0, size);
    const half = g.concat([g.unary('Neg', g.slice(turned, size / 2, size)), g.slice(turned, 0, size / 2)]);
    const angle = (index: number): number => Math.floor(index / size) / 100 ** ((2 * (index % (size / 2))) / size);
    const tables = [Math.cos, Math.sin].map((f) =>
      g.constant(
        [1, 1, s, size],
        Float64Array.from({ length: s * size }, (_, index) => f(angle(index))),
      ),
    );
    const sum = g.binary('Add', g.binary('Mul', turned, tables[0]!), g.binary('Mul', half, tables[1]!));
    return size === dHead ? sum : g.concat([sum, { ...g.slice(x, size, dHead), dims: [1, heads, s, dHead - size] }]);
  };

  const attention = (x: Mirrored, prefix: string): Mirrored => {
    const kv = shape.nKeyValueHead ?? nHead;
    const split = (y: Mirrored, heads: number): Mirrored => g.reshape(y, [0, 0, heads, dHead], [1, s, heads, dHead]);
    let q: Mirrored;
    let k: Mirrored;
    let v: Mirrored;
    if (shape.interleaved) {
      const packed = g.reshape(linear(x, d, 3 * d), [0, 0, nHead, 3 * dHead], [1, s, nHead, 3 * dHead]);
      [q, k, v] = [0, 1, 2].map((part) => g.slice(packed, part * dHead, (part + 1) * dHead)) as [Mirrored, Mirrored, Mirrored];
    } else {
      q = split(linear(x, d, d), nHead);
      k = split(linear(x, d, kv * dHead), kv);
      v = split(linear(x, d, kv * dHead), kv);
    }
    mark(`${prefix}.hook_q`, q);
    mark(`${prefix}.hook_k`, k);
    mark(`${prefix}.hook_v`, v);
    if (shape.scaledQuery) q = g.binary('Mul', q, scalar(dHead ** -0.5));
    [q, k, v] = [q, k, v].map((y) => g.transpose(y, [0, 2, 1, 3])) as [Mirrored, Mirrored, Mirrored];
    if (shape.rotary) {
      [q, k] = [rotate(q, nHead), rotate(k, kv)];
      mark(`${prefix}.hook_rot_q`, permute(q, [0, 2, 1, 3]));
      mark(`${prefix}.hook_rot_k`, permute(k, [0, 2, 1, 3]));
    }
    if (kv !== nHead) {
      // One key head for all: repeated by adding zeros of the full shape, as broadcasting exporters do.
      const zeros = g.constant([1, nHead, 1, 1], new Float32Array(nHead));
      [k, v] = [g.binary('Add', k, zeros), g.binary('Add', v, zeros)];
    }
    let scores = g.matmul(q, g.transpose(k, [0, 1, 3, 2]));
    if (!shape.scaledQuery) scores = g.binary('Div', scores, scalar(Math.sqrt(dHead)));
    if (shape.sandwich) scores = g.binary('Mul', g.unary('Tanh', g.binary('Div', scores, scalar(5))), scalar(5));
    const mask = Float64Array.from({ length: s * s }, (_, at) => (at % s > Math.floor(at / s) ? -1e9 : 0));
    scores = mark(`${prefix}.hook_attn_scores`, g.binary('Add', scores, g.constant([1, 1, s, s], mask)));
    const pattern = mark(`${prefix}.hook_pattern`, g.softmax(scores));
    const z = g.transpose(g.matmul(pattern, v), [0, 2, 1, 3]);
    mark(`${prefix}.hook_z`, z);
    return linear(g.reshape(z, [0, 0, d], [1, s, d]), d, d);
  };

  const mlp = (x: Mirrored, prefix: string): Mirrored => {
    const pre = mark(`${prefix}.hook_pre`, linear(x, d, dMlp));
    if (!shape.gated) return linear(mark(`${prefix}.hook_post`, g.unary('Relu', pre)), dMlp, d);
    const gate = g.binary('Mul', pre, g.unary('Sigmoid', pre));
    const post = g.binary('Mul', gate, mark(`${prefix}.hook_pre_linear`, linear(x, d, dMlp)));
    return linear(mark(`${prefix}.hook_post`, post), dMlp, d);
  };

  let x = mark('hook_embed', g.embed(g.weight([vocabulary, d], 1)));
  for (let layer = 0; layer < nLayer; layer++) {
    const block = `blocks.${layer}`;
    mark(`${block}.hook_resid_pre`, x);
    const read = shape.post ? x : mark(`${block}.ln1.out`, norm(x));
    let attended = attention(read, `${block}.attn`);
    if (shape.sandwich) attended = norm(attended);
    mark(`${block}.hook_attn_out`, attended);
    if (shape.parallel) {
      const second = shape.parallel === 'one' ? read : mark(`${block}.ln2.out`, norm(x));
      const made = mark(`${block}.hook_mlp_out`, mlp(second, `${block}.mlp`));
      x =
        shape.parallel === 'one'
          ? g.binary('Add', g.binary('Add', attended, x), made)
          : g.binary('Add', g.binary('Add', made, attended), x);
      mark(`${block}.hook_resid_post`, x);
      continue;
    }
    x = mark(`${block}.hook_resid_mid`, g.binary('Add', x, attended));
    if (shape.post) x = mark(`${block}.hook_normalized_resid_mid`, norm(x));
    let made = mlp(shape.post ? x : mark(`${block}.ln2.out`, norm(x)), `${block}.mlp`);
    if (shape.sandwich) made = norm(made);
    x = mark(`${block}.hook_resid_post`, g.binary('Add', x, mark(`${block}.hook_mlp_out`, made)));
    if (shape.post) x = mark(`${block}.hook_normalized_resid_post`, norm(x));
  }
  x = shape.post ? x : norm(x);
  mark('ln_final.out', x);
  const output = mark('logits', g.matmul(x, g.weight([d, vocabulary])));
  return { mirror: g, output, truth };
}
