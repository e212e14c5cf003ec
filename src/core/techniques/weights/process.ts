// SPDX-License-Identifier: MIT

/**
 * The processed view of a model's weights: other numbers that compute the same probabilities, in which analysis is simpler. These are the
 * steps that TransformerLens applies when it loads a model, so numbers of papers and notebooks that used it are numbers of this view.
 *
 * - `foldNorm`: a norm's weight and bias go into what reads it: W ← w ⊙ W and b ← b + bias W for W_Q, W_K, W_V, W_in, W_gate and W_U. For layer
 *   norms, W is then centred over d_model, for a vector without mean cannot tell.
 * - `centerWriting`: the mean over d_model is taken from all that writes to the stream (W_E, W_pos, W_O, b_O, W_out, b_out), which layer norms
 *   take off in any case. Not for RMS norms, which do not.
 * - `centerUnembed`: the mean over tokens is taken from W_U and b_U. Probabilities stay; logits move by a constant per position.
 * - `foldValueBiases`: b_O ← b_O + Σ b_V W_O, b_V ← 0: attention rows sum to one, so a value's bias always arrives whole.
 *
 * Pitfalls: logit differences of the two views are equal, logits are not. After folding, hook_v, hook_z and head results of this view differ
 * from those of a run by the folded b_V: use {@link foldedValueBias} to subtract it. Post-norm models (BERT) can fold nothing, for their norms
 * stand in the stream.
 */
import { VitrineError } from '../../errors.js';
import type { WeightAccess } from '../../model/model-weights.js';
import { weightName } from '../../model/weight-name.js';
import { Tensor } from '../../model/tensor.js';

export interface ProcessOptions {
  /** @defaultValue true */
  foldNorm?: boolean;
  /** @defaultValue true for layer norms, false for RMS norms */
  centerWriting?: boolean;
  /** @defaultValue true */
  centerUnembed?: boolean;
  /** @defaultValue true */
  foldValueBiases?: boolean;
}

/** Weights of the processed view; read like a model's own, each computed when it is asked for. */
export interface ProcessedWeights extends WeightAccess {
  /** What was done. */
  readonly options: Readonly<Required<ProcessOptions>>;
}

/**
 * The processed view of a model's weights.
 *
 * @throws VitrineError `unsupported-model` for post-norm models where folding or centring is asked for
 * @example
 * const folded = processWeights(model.weights);            // as TransformerLens's from_pretrained
 * const wu = await folded.get('W_U');                      // ln_final.w folded in, centred over tokens
 */
export function processWeights(weights: WeightAccess, options: ProcessOptions = {}): ProcessedWeights {
  const { architecture } = weights;
  const layerNorm = architecture.norm === 'layer';
  const full = {
    foldNorm: options.foldNorm ?? true,
    centerWriting: options.centerWriting ?? layerNorm,
    centerUnembed: options.centerUnembed ?? true,
    foldValueBiases: options.foldValueBiases ?? true,
  };
  if (architecture.normPosition === 'post' && (full.foldNorm || full.centerWriting)) {
    throw new VitrineError(
      'unsupported-model',
      'This is a post-norm model: its stream goes through the norms, so they cannot be folded into what reads it, nor can what is written ' +
        'be centred. Ask for { foldNorm: false, centerWriting: false }.',
    );
  }
  if (full.centerWriting && !layerNorm) {
    throw new VitrineError(
      'invalid-option',
      `centerWriting needs layer norms, which take off the mean of the stream; this model has ${architecture.norm} norms. Leave it out.`,
    );
  }
  const get = (name: string, layer?: number): Promise<Tensor> => processed(weights, full, weightName(name, layer));
  return {
    architecture,
    options: full,
    names: full.foldNorm ? weights.names.filter((name) => !foldedAway(name)) : weights.names,
    has: (name, layer) => weights.has(name, layer) && !(full.foldNorm && foldedAway(weightName(name, layer))),
    get: async (name, layer) => {
      if (full.foldNorm && foldedAway(weightName(name, layer))) {
        throw new VitrineError(
          'weight-not-found',
          `"${weightName(name, layer)}" is folded into the weights that read it. Ask the model's own weights for it, or process with { foldNorm: false }.`,
        );
      }
      return get(name, layer);
    },
    multiply: (a, b) => weights.multiply(a, b),
  };
}

/**
 * What folding takes from the values of every head, b_V + bias W_V as [head, d_head] with the heads of the queries: subtract it from a run's
 * hook_z to have the z of TransformerLens's view, for per-head attribution and zero ablation in its convention.
 */
export async function foldedValueBias(weights: WeightAccess, layer: number): Promise<Tensor> {
  return valueBias(weights, layer, true);
}

async function valueBias(weights: WeightAccess, layer: number, fold: boolean): Promise<Tensor> {
  const bias = await get(weights, fold, `blocks.${layer}.attn.b_V`);
  const [groups, width] = bias.dims as [number, number];
  const { nHead } = weights.architecture;
  const data = new Float32Array(nHead * width);
  for (let head = 0; head < nHead; head++) {
    const group = Math.floor(head / (nHead / groups));
    data.set(bias.data.subarray(group * width, (group + 1) * width), head * width);
  }
  return new Tensor(data, [nHead, width], ['head', 'd_head']);
}

/** Norm weights that folding makes ones and zeros. */
const foldedAway = (name: string): boolean => /(^|\.)(ln1|ln2|ln_final)\.[wb]$/.test(name);

/** The norm before a weight that reads the stream. */
function normBefore(weights: WeightAccess, name: string): string | undefined {
  const block = /^blocks\.(\d+)\.(attn|mlp)\.[Wb]_(Q|K|V|in|gate)$/.exec(name);
  if (!block) return /^unembed\./.test(name) ? 'ln_final' : undefined;
  const own = `blocks.${block[1]}.${block[2] === 'attn' ? 'ln1' : 'ln2'}`;
  // Parallel blocks of one norm: the MLP reads ln1.
  return weights.has(`${own}.w`) ? own : `blocks.${block[1]}.ln1`;
}

async function processed(weights: WeightAccess, options: Required<ProcessOptions>, name: string): Promise<Tensor> {
  const part = name.slice(name.lastIndexOf('.') + 1);
  if (options.foldValueBiases && part === 'b_V') return (await weights.get(name)).map(() => 0);
  let tensor = await get(weights, options.foldNorm, name);
  if (options.foldValueBiases && part === 'b_O') tensor = await withValueBiases(weights, options, name, tensor);
  const writes = /^(W_E|W_pos|W_O|b_O|W_out|b_out)$/.test(part);
  if (options.centerWriting && writes) tensor = centred(tensor, tensor.dims.at(-1)!, 1);
  if (options.centerUnembed && (part === 'W_U' || part === 'b_U')) tensor = centred(tensor, tensor.dims.at(-1)!, 1);
  return tensor;
}

/** A weight with the norm before it folded in. */
async function get(weights: WeightAccess, fold: boolean, name: string): Promise<Tensor> {
  const tensor = await weights.get(name);
  const norm = fold ? normBefore(weights, name) : undefined;
  if (!norm || !weights.has(`${norm}.w`)) return tensor;
  const part = name.slice(name.lastIndexOf('.') + 1);
  if (part.startsWith('b_')) {
    if (!weights.has(`${norm}.b`)) return tensor;
    const bias = await weights.get(`${norm}.b`);
    const weight = await weights.get(name.replace(/\.b_(\w+)$/, '.W_$1'));
    return plusProduct(tensor, bias.data, weight);
  }
  const factor = (await weights.get(`${norm}.w`)).data;
  const width = tensor.dims.at(-1)!;
  const inner = factor.length;
  const folded = tensor.map((value, at) => value * factor[Math.floor(at / width) % inner]!);
  return weights.architecture.norm === 'layer' ? centred(folded, inner, width) : folded;
}

/** b + x W, where W is [.., d_model, width] and b [.., width]; sums in float64. */
function plusProduct(bias: Tensor, x: ArrayLike<number>, weight: Tensor): Tensor {
  const width = weight.dims.at(-1)!;
  const inner = x.length;
  const sums = Float64Array.from(bias.data);
  for (let at = 0; at < weight.size; at++) {
    const row = Math.floor(at / width);
    sums[Math.floor(row / inner) * width + (at % width)]! += x[row % inner]! * weight.data[at]!;
  }
  return new Tensor(Float32Array.from(sums), bias.dims, bias.axes);
}

async function withValueBiases(weights: WeightAccess, options: Required<ProcessOptions>, name: string, bias: Tensor): Promise<Tensor> {
  const layer = Number(/^blocks\.(\d+)\./.exec(name)![1]);
  const values = await valueBias(weights, layer, options.foldNorm);
  const out = await weights.get('W_O', layer);
  // b_V of all heads side by side times W_O as one matrix.
  const flat = new Tensor(out.data, [out.dims[0]! * out.dims[1]!, out.dims[2]!], ['inner', 'd_model']);
  return plusProduct(bias, values.data, flat);
}

/** Values less the mean of `length` of them that lie `step` apart. */
function centred(tensor: Tensor, length: number, step: number): Tensor {
  const data = tensor.data.slice();
  const block = length * step;
  for (let start = 0; start < data.length; start += block) {
    for (let offset = 0; offset < step; offset++) {
      let sum = 0;
      for (let at = 0; at < length; at++) sum += data[start + offset + at * step]!;
      for (let at = 0; at < length; at++) data[start + offset + at * step]! -= sum / length;
    }
  }
  return new Tensor(data, tensor.dims, tensor.axes);
}
