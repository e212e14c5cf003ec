// SPDX-License-Identifier: MIT
/**
 * A two-layer attention-only transformer whose circuits are known by construction, as a model folder that HookedModel opens.
 *
 * Before a rotation that hides the basis, its stream has four parts: the token (one-hot), the position (one-hot), the token before (written
 * by head 0.1) and the answer (written by head 1.2, read by the unembedding). Its heads:
 *
 * - 0.0 duplicate: attends evenly to all earlier places with the same token, itself included; writes almost nothing
 * - 0.1 previous token: attends to the position before; copies its token into "the token before"
 * - 0.2 idle: hardly any queries; attends evenly; writes almost nothing
 * - 1.0 self: attends to its own position; writes almost nothing
 * - 1.1 idle
 * - 1.2 induction: looks for places whose "token before" is the present token, rests on the beginning-of-text token where there is none,
 *   and copies the token there into the answer. It uses head 0.1 through its keys alone.
 *
 * "Almost nothing" is random noise of a thousandth, so that no matrix is exactly zero.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, rawTensor, tensorFloat32, tensorInt64, valueInfo } from '../../../src/core/onnx/build.js';
import { DataType, type OnnxNode, type OnnxTensor } from '../../../src/core/onnx/types.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import { seededRandom } from '../../../src/core/techniques/random.js';

/** Sizes of the model, and where its circuit is: [layer, head]. */
export const inductionFacts = {
  vocabulary: 24,
  /** The beginning of a text; every prompt should start with it. */
  bos: 0,
  positions: 48,
  nLayer: 2,
  nHead: 3,
  dHead: 48,
  dModel: 24 * 3 + 48,
  duplicateHead: [0, 0],
  previousHead: [0, 1],
  selfHead: [1, 0],
  inductionHead: [1, 2],
} as const;

const { vocabulary, bos, positions, nHead, dHead, dModel } = inductionFacts;
const width = nHead * dHead;
/** Where each part of the stream begins, before the rotation. */
const part = { token: 0, position: vocabulary, before: vocabulary + positions, answer: 2 * vocabulary + positions };
/** Score of a match: softmax gives it all but e^-30 of its weight. */
const match = 30;

/** A matrix [rows, columns]. */
interface Matrix {
  rows: number;
  columns: number;
  data: Float64Array;
}

const zeros = (rows: number, columns: number): Matrix => ({ rows, columns, data: new Float64Array(rows * columns) });
const set = (matrix: Matrix, row: number, column: number, value: number): void => {
  matrix.data[row * matrix.columns + column]! += value;
};

/** The weights by name, float64 and rotated: W_E, W_pos, W_U, `blocks.L.attn.W_Q` (and W_K, W_V) [d_model, head * d_head], W_O [head * d_head, d_model]. */
export function inductionWeights(): Map<string, Matrix> {
  const random = seededRandom(7);
  const noisy = (matrix: Matrix): Matrix => {
    for (let at = 0; at < matrix.data.length; at++) matrix.data[at]! += (random() - 0.5) * 1e-3;
    return matrix;
  };
  const weights = new Map<string, Matrix>();
  const embed = zeros(vocabulary, dModel);
  for (let token = 0; token < vocabulary; token++) set(embed, token, part.token + token, 1);
  const place = zeros(positions, dModel);
  for (let position = 0; position < positions; position++) set(place, position, part.position + position, 1);
  const unembed = zeros(dModel, vocabulary);
  for (let token = 0; token < vocabulary; token++) set(unembed, part.answer + token, token, 10);
  weights.set('W_E', embed).set('W_pos', place).set('W_U', unembed);

  const strength = match * Math.sqrt(dHead);
  for (const layer of [0, 1]) {
    const [q, k, v] = [0, 1, 2].map(() => noisy(zeros(dModel, width))) as [Matrix, Matrix, Matrix];
    const out = noisy(zeros(width, dModel));
    const column = (head: number, inner: number): number => head * dHead + inner;
    if (layer === 0) {
      for (let token = 0; token < vocabulary; token++) {
        set(q, part.token + token, column(0, token), strength);
        set(k, part.token + token, column(0, token), 1);
        set(v, part.token + token, column(1, token), 1);
        set(out, column(1, token), part.before + token, 1);
      }
      for (let position = 0; position < positions; position++) {
        if (position > 0) set(q, part.position + position, column(1, position - 1), strength);
        set(k, part.position + position, column(1, position), 1);
      }
    } else {
      for (let position = 0; position < positions; position++) {
        set(q, part.position + position, column(0, position), strength);
        set(k, part.position + position, column(0, position), 1);
        // A query that does not depend on the token, for keys of the beginning of the text: half as strong as a match.
        set(q, part.position + position, column(2, vocabulary), strength / 2);
      }
      set(k, part.token + bos, column(2, vocabulary), 1);
      for (let token = 0; token < vocabulary; token++) {
        set(q, part.token + token, column(2, token), strength);
        set(k, part.before + token, column(2, token), 1);
        set(v, part.token + token, column(2, token), 1);
        set(out, column(2, token), part.answer + token, 1);
      }
    }
    weights.set(`blocks.${layer}.attn.W_Q`, q).set(`blocks.${layer}.attn.W_K`, k).set(`blocks.${layer}.attn.W_V`, v);
    weights.set(`blocks.${layer}.attn.W_O`, out);
  }
  rotate(weights, random);
  return weights;
}

/** Turns the basis of the stream by random reflections: what writes to it from the right, what reads it from the left. */
function rotate(weights: Map<string, Matrix>, random: () => number): void {
  for (let step = 0; step < 3; step++) {
    const axis = Float64Array.from({ length: dModel }, () => random() - 0.5);
    const square = axis.reduce((sum, value) => sum + value * value, 0);
    for (const [name, matrix] of weights) {
      const reads = /W_[QKVU]$/.test(name);
      const { rows, columns, data } = matrix;
      const vectors = reads ? columns : rows;
      const at = (vector: number, inner: number): number => (reads ? inner * columns + vector : vector * columns + inner);
      for (let vector = 0; vector < vectors; vector++) {
        let dot = 0;
        for (let inner = 0; inner < dModel; inner++) dot += data[at(vector, inner)]! * axis[inner]!;
        for (let inner = 0; inner < dModel; inner++) data[at(vector, inner)]! -= ((2 * dot) / square) * axis[inner]!;
      }
    }
  }
}

/** Writes the model into a new temporary folder. `remove()` deletes it. */
export function writeInductionModel(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-induction-'));
  mkdirSync(join(folder, 'onnx'));
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    vocab_size: vocabulary,
    n_positions: positions,
    n_ctx: positions,
    n_embd: dModel,
    n_layer: 2,
    n_head: nHead,
    bos_token_id: bos,
    eos_token_id: bos,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'onnx', 'model.onnx'), writeModel(inductionModel()));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The model as a graph: inputs input_ids, attention_mask and position_ids, all [batch, pos]; output logits [batch, pos, vocabulary]. */
export function inductionModel(): Parameters<typeof writeModel>[0] {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  for (const [name, { rows, columns, data }] of inductionWeights()) {
    initializers.push(tensorFloat32(name, Float32Array.from(data), [rows, columns]));
  }
  const triangle = new Uint8Array(positions * positions).map((_, at) => Number(at % positions <= Math.floor(at / positions)));
  initializers.push(
    rawTensor('triangle', DataType.bool, triangle, [positions, positions]),
    tensorInt64('apart', [0, 0, nHead, dHead]),
    tensorInt64('together', [0, 0, width]),
    tensorInt64('one', [1]),
    tensorInt64('two', [2]),
    tensorInt64('from', [0, 0]),
    tensorInt64('maskAxes', [1, 2]),
    tensorInt64('squareAxes', [0, 1]),
    tensorFloat32('unit', [1], []),
    tensorFloat32('never', [-1e9], []),
    tensorFloat32('root', [Math.sqrt(dHead)], []),
  );
  nodes.push(
    node('Gather', ['W_E', 'input_ids'], ['embed']),
    node('Gather', ['W_pos', 'position_ids'], ['place']),
    node('Add', ['embed', 'place'], ['stream0']),
    node('Shape', ['input_ids'], ['shape']),
    node('Slice', ['shape', 'one', 'two'], ['length']),
    node('Concat', ['length', 'length'], ['square'], { axis: 0 }),
    node('Slice', ['triangle', 'from', 'square', 'squareAxes'], ['causal']),
    node('Cast', ['attention_mask'], ['seen'], { to: DataType.float32 }),
    node('Sub', ['unit', 'seen'], ['hidden']),
    node('Mul', ['hidden', 'never'], ['penalty']),
    node('Unsqueeze', ['penalty', 'maskAxes'], ['padding']),
  );
  for (const layer of [0, 1]) {
    const own = (name: string): string => `${name}${layer}`;
    const stream = own('stream');
    for (const name of ['Q', 'K', 'V']) {
      nodes.push(
        node('MatMul', [stream, `blocks.${layer}.attn.W_${name}`], [own(`flat${name}`)]),
        node('Reshape', [own(`flat${name}`), 'apart'], [own(`apart${name}`)]),
        node('Transpose', [own(`apart${name}`)], [own(name)], { perm: name === 'K' ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
      );
    }
    nodes.push(
      node('MatMul', [own('Q'), own('K')], [own('products')]),
      node('Div', [own('products'), 'root'], [own('scaled')]),
      node('Where', ['causal', own('scaled'), 'never'], [own('masked')]),
      node('Add', [own('masked'), 'padding'], [own('scores')]),
      node('Softmax', [own('scores')], [own('pattern')], { axis: -1 }),
      node('MatMul', [own('pattern'), own('V')], [own('mix')]),
      node('Transpose', [own('mix')], [own('turned')], { perm: [0, 2, 1, 3] }),
      node('Reshape', [own('turned'), 'together'], [own('z')]),
      node('MatMul', [own('z'), `blocks.${layer}.attn.W_O`], [own('out')]),
      node('Add', [own('out'), stream], [`stream${layer + 1}`]),
    );
  }
  nodes.push(node('MatMul', ['stream2', 'W_U'], ['logits']));
  const ids = (name: string): ReturnType<typeof valueInfo> => valueInfo(name, DataType.int64, ['batch_size', 'sequence_length']);
  return {
    irVersion: 8,
    opsets: new Map([['', 14]]),
    graph: {
      name: 'induction',
      nodes,
      initializers,
      inputs: [ids('input_ids'), ids('attention_mask'), ids('position_ids')],
      outputs: [valueInfo('logits', DataType.float32, ['batch_size', 'sequence_length', vocabulary])],
      valueInfo: [],
      unknown: [],
    },
    unknown: [],
  };
}
