// SPDX-License-Identifier: MIT

/**
 * Direct logit attribution (nostalgebraist 2020; Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Wang et al. 2022,
 * arXiv:2211.00593): how much every component adds to a logit, or to the difference of two, straight through the unembedding.
 *
 * The stream that the head reads is the sum of what embedding, attention and MLPs have written, and up to the scale of the final norm the
 * head is linear. With that scale taken from the run itself (`cached`), contributions are exact and add up: the sum over all components and
 * the constant (the final norm's bias and the unembedding's) is the model's own logit difference. Heads are z_h W_O[h] and neurons
 * post_n W_out[n]; what their sum leaves of attn_out and mlp_out are the output biases. Both matrices are folded with the direction first,
 * so that [neurons, d_model] is never built. By source token, a head's contribution is pattern[q, k] v[k] W_O[h].
 *
 * Pitfalls. Direct effects only: what later layers make of a component does not count (see path patching). The scale belongs to the whole
 * stream, so that no component's part in it is counted. On a graph as exported a head's value bias is part of its contribution, where
 * TransformerLens folds it into b_O. A contribution to one logit alone says little, as all logits can rise together: give `wrong`.
 *
 * Cost: one run without the unembedding, and two dot products per head and neuron. The first call for an answer reads W_U, then
 * W_O and W_out block by block (about ten forward passes' time for GPT-2 small's size, and the memory of W_U); what they become along the
 * direction is kept (0.4 MB), the matrices are not, and the next call for the same answers costs hardly more than its run.
 */
import { throwIfAborted, VitrineError } from '../../errors.js';
import type { ActivationCache } from '../../model/activation-cache.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import { answerIds, type Answer } from '../answer.js';
import { absolutePositions } from '../metrics/metric.js';
import { requireHook } from '../where.js';
import { answerDirection, finalScales, requireAdditive, type AnswerDirection } from './answer-direction.js';
import { dot, fold } from './fold.js';

export interface AttributionOptions extends Omit<RunOptions, 'logitsAt'> {
  /** The token whose logit is explained; one for all prompts, or one per prompt. */
  answer: Answer | readonly Answer[];
  /** The token that it is compared with; left out, the logit itself is explained. */
  wrong?: Answer | readonly Answer[];
  /** Positions to explain, within each prompt (negative: from its end). @defaultValue [-1]; [0] for images */
  positions?: readonly number[] | 'all';
  /** Also attribute to every head. @defaultValue false */
  heads?: boolean;
  /** Also attribute to every neuron. @defaultValue false */
  neurons?: boolean;
  /** Also attribute heads to the tokens that they read from. @defaultValue false */
  sources?: boolean;
}

/** Rows of logits held at a time: 13 MB for GPT-2's vocabulary. */
const UNEMBEDDED_AT_ONCE = 64;

/** What {@link logitAttribution} finds. All tensors end in [..., batch, pos], pos counting the positions asked for. */
export interface LogitAttribution {
  tokens: Tokens | undefined;
  /** Absolute position, padding counted, of every entry along pos: [batch][pos]. */
  positions: number[][];
  /** The model's own logit or logit difference, [batch, pos]. */
  total: Tensor;
  /** Scale of the final norm, [batch, pos]. */
  scale: Tensor;
  /** What belongs to no component: the final norm's bias and the unembedding's, [batch, pos]. */
  constant: Tensor;
  /** Names of the components: "embed", "pos_embed", "0_attn_out", "0_mlp_out", ... */
  labels: string[];
  /** [component, batch, pos] */
  components: Tensor;
  /** total - constant - sum of components: rounding, or what the model adds to its stream in a way that has no hook. [batch, pos] */
  unexplained: Tensor;
  /** [layer, head, batch, pos] */
  heads?: Tensor;
  /** [layer, neuron, batch, pos] */
  neurons?: Tensor;
  /** Contribution of a head that comes from each token, [layer, head, batch, pos, key]; sums over keys to `heads`. */
  sources?: Tensor;
}

/**
 * Attributes logits to components.
 *
 * @throws VitrineError `unsupported-model` for post-norm models; `invalid-option` for answers of several tokens; `weight-not-found`;
 *   `hook-not-found-in-model` where heads, neurons or sources need an activation that the model lacks
 * @example
 * const { components, labels, heads } = await logitAttribution(model, prompt, { answer: ' Mary', wrong: ' John', heads: true });
 * labels.map((label, at) => [label, components.at(at, 0, 0)]);
 * heads.at(9, 9, 0, 0)                                // head 9.9 at the last position
 */
export async function logitAttribution(model: HookedModel, input: ModelInput, options: AttributionOptions): Promise<LogitAttribution> {
  requireAdditive(model);
  const read = await readStreams(model, input, options, namesOf(model, options));
  const { cache, batch, positions, directions, tokens } = read;
  const final = read.rows(cache.get(lastStream(model)));
  const { scale, total } = await totalsOf(model, final, read);
  const pos = positions[0]!.length;
  const shape = [batch, pos];
  const project = (activation: Tensor): Float64Array => {
    const rows = read.rows(activation);
    return Float64Array.from(scale, (length, row) => dot(rows, row * width, directions[Math.floor(row / pos)]!.direction) / length);
  };
  const width = model.hooks.architecture.dModel;

  const labels: string[] = [];
  const values: Float64Array[] = [];
  for (const [label, name] of componentHooks(model, cache)) {
    labels.push(label);
    values.push(project(cache.get(name)));
  }
  const constant = Float64Array.from(scale, (_, row) => directions[Math.floor(row / pos)]!.constant);
  const unexplained = total.map((value, row) => value - constant[row]! - values.reduce((sum, one) => sum + one[row]!, 0));
  const tensor = (rows: readonly Float64Array[] | Float64Array, outer: number[] = [], axes: string[] = []): Tensor => {
    const list = rows instanceof Float64Array ? [rows] : rows;
    const data = new Float32Array(list.length * batch * pos);
    list.forEach((row, at) => data.set(row, at * batch * pos));
    return new Tensor(data, [...outer, ...shape], [...axes, 'batch', 'pos']);
  };
  throwIfAborted(options.signal);
  return {
    tokens,
    positions,
    total: tensor(total),
    scale: tensor(scale),
    constant: tensor(constant),
    labels,
    components: tensor(values, [labels.length], ['component']),
    unexplained: tensor(unexplained),
    ...(options.heads || options.sources ? { heads: await headValues(model, read, scale) } : {}),
    ...(options.neurons ? { neurons: await neuronValues(model, read, scale) } : {}),
    ...(options.sources ? { sources: await sourceValues(model, read, scale) } : {}),
  };
}

/** A run, the positions that are explained, and the direction of every prompt. */
export interface StreamReading {
  cache: ActivationCache;
  tokens: Tokens | undefined;
  batch: number;
  /** [batch][pos] absolute */
  positions: number[][];
  directions: AnswerDirection[];
  /** Ids of answer and wrong, by prompt. */
  answers: (readonly [answer: number, wrong: number | undefined])[];
  /** Says which prompts share a direction. */
  keys: string[];
  /** The vectors of an activation [batch, pos, ...] at the positions, row-major. An activation with one row serves all prompts. */
  rows(activation: Tensor): Float32Array;
}

/** Runs the prompts without the unembedding. @internal */
export async function readStreams(
  model: HookedModel,
  input: ModelInput,
  options: AttributionOptions,
  names: readonly string[],
): Promise<StreamReading> {
  // A classifier of images reads its first position.
  const { family } = model.hooks.architecture;
  const {
    answer,
    wrong,
    positions = [family === 'vision' ? 0 : -1],
    heads: _heads,
    neurons: _neurons,
    sources: _sources,
    ...run
  } = options;
  const last = lastStream(model);
  const { cache, tokens } = await model.runWithCache(input, { ...run, names: [...new Set([...names, last])], logits: false });
  const [batch, length] = cache.get(last).dims as [number, number, number];
  const answers = await answerIds(model, answer, batch, 'answer');
  const wrongs = wrong === undefined ? undefined : await answerIds(model, wrong, batch, 'wrong');
  const directions: AnswerDirection[] = [];
  for (let row = 0; row < batch; row++) directions.push(await answerDirection(model, answers[row]!, wrongs?.[row]));
  const context = { model, tokens, batch, pos: length };
  const list = positions === 'all' ? Array.from({ length: sharedLength(tokens, length) }, (_, at) => at) : positions;
  if (list.length === 0)
    throw new VitrineError('invalid-option', "`positions` must name at least one position, or be 'all'; got an empty list.");
  const found = list.map((position) => absolutePositions(context, position));
  const absolute = Array.from({ length: batch }, (_, row) => found.map((rows) => rows[row]!));
  return {
    cache,
    tokens,
    batch,
    positions: absolute,
    directions,
    answers: answers.map((id, row) => [id, wrongs?.[row]] as const),
    keys: answers.map((id, row) => `${id} ${wrongs?.[row] ?? ''}`),
    rows: (activation) => rowsAt(activation, absolute),
  };
}

function sharedLength(tokens: Tokens | undefined, length: number): number {
  const lengths = new Set(tokens?.mask.map((row) => row.reduce((sum, real) => sum + real, 0)) ?? [length]);
  if (lengths.size === 1) return [...lengths][0]!;
  throw new VitrineError(
    'invalid-option',
    `positions 'all' needs prompts of one length; these have ${[...lengths].join(', ')} tokens. Name positions.`,
  );
}

function rowsAt(activation: Tensor, positions: readonly (readonly number[])[]): Float32Array {
  const [rows, length] = activation.dims as [number, number];
  const width = activation.size / (rows * length);
  const picked = new Float32Array(positions.length * positions[0]!.length * width);
  let to = 0;
  positions.forEach((list, row) => {
    for (const position of list) {
      const from = ((rows === 1 ? 0 : row) * length + position) * width;
      picked.set(activation.data.subarray(from, from + width), to);
      to += width;
    }
  });
  return picked;
}

/** Scale of the final norm and the model's own logits, by its own head. @internal */
export async function totalsOf(
  model: HookedModel,
  final: Float32Array,
  { directions, positions, answers }: StreamReading,
): Promise<{ scale: Float64Array; total: Float64Array }> {
  const width = model.hooks.architecture.dModel;
  const pos = positions[0]!.length;
  const scale = finalScales(model, final);
  if (model.hooks.architecture.family === 'vision') {
    // The head of a classifier cannot be run on single vectors.
    const total = scale.map((length, row) => {
      const { direction, constant } = directions[Math.floor(row / pos)]!;
      return dot(final, row * width, direction) / length + constant;
    });
    return { scale, total };
  }
  const total = new Float64Array(scale.length);
  for (let first = 0; first < total.length; first += UNEMBEDDED_AT_ONCE) {
    const count = Math.min(UNEMBEDDED_AT_ONCE, total.length - first);
    const rows = new Tensor(final.subarray(first * width, (first + count) * width), [count, width], ['row', 'd_model']);
    const { data, dims } = await model.unembed(rows);
    for (let row = 0; row < count; row++) {
      const [answer, wrong] = answers[Math.floor((first + row) / pos)]!;
      const logit = (id: number): number => data[row * dims[1]! + id]!;
      total[first + row] = logit(answer) - (wrong === undefined ? 0 : logit(wrong));
    }
  }
  return { scale, total };
}

/** The stream that the final norm reads. @internal */
export function lastStream(model: HookedModel): string {
  return requireHook(model, 'resid_post', model.hooks.architecture.nLayer - 1).name;
}

function namesOf(model: HookedModel, { heads = false, neurons = false, sources = false }: AttributionOptions): string[] {
  const { nLayer } = model.hooks.architecture;
  const perLayer = [
    ...(heads || sources ? ['z'] : []),
    ...(neurons && model.hooks.sites.has('blocks.0.hook_mlp_out') ? ['post'] : []),
    ...(sources ? ['v', 'pattern'] : []),
  ];
  const names = model.hooks.names.filter((name) => /^hook_(embed|pos_embed|token_type_embed)$|\.hook_(attn|mlp)_out$/.test(name));
  for (let layer = 0; layer < nLayer; layer++) for (const name of perLayer) names.push(requireHook(model, name, layer).name);
  return [...names, requireHook(model, 'resid_pre', 0).name];
}

/** What has written to the stream: the embeddings, where they add up to what enters block 0, then attention and MLPs. */
function componentHooks(model: HookedModel, cache: ActivationCache): [label: string, name: string][] {
  const first = cache.get('resid_pre', 0);
  const embeddings = ['hook_embed', 'hook_pos_embed', 'hook_token_type_embed'].filter((name) => cache.has(name));
  const tensors = embeddings.map((name) => cache.get(name));
  let [worst, largest] = [0, 0];
  first.data.forEach((value, at) => {
    worst = Math.max(worst, Math.abs(value - tensors.reduce((sum, { data }) => sum + data[at % data.length]!, 0)));
    largest = Math.max(largest, Math.abs(value));
  });
  const whole = worst > 1e-5 * largest;
  const list: [string, string][] = whole
    ? [['embedding', 'blocks.0.hook_resid_pre']]
    : embeddings.map((name) => [name.slice('hook_'.length), name]);
  for (let layer = 0; layer < model.hooks.architecture.nLayer; layer++) {
    for (const part of ['attn_out', 'mlp_out']) if (cache.has(part, layer)) list.push([`${layer}_${part}`, `blocks.${layer}.hook_${part}`]);
  }
  return list;
}

/** Folded matrices by prompt. @throws VitrineError `unsupported-model` where a norm stands between them and the stream */
async function foldedOf(model: HookedModel, matrix: 'W_O' | 'W_out', { keys, directions }: StreamReading): Promise<Float64Array[][]> {
  const after = matrix === 'W_O' ? 'ln1_post.w' : 'ln2_post.w';
  if (model.weights.has(after, 0)) {
    throw new VitrineError(
      'unsupported-model',
      `This model normalises what ${matrix === 'W_O' ? 'attention' : 'MLPs'} write before adding it to the stream, so that single ${matrix === 'W_O' ? 'heads' : 'neurons'} ` +
        'do not add up. Attribute to layers, or measure heads with ablationSweep().',
    );
  }
  return Promise.all(keys.map((key, row) => fold(model, matrix, key, directions[row]!)));
}

async function headValues(model: HookedModel, read: StreamReading, scale: Float64Array): Promise<Tensor> {
  const { nLayer, nHead, dHead } = model.hooks.architecture;
  const folded = await foldedOf(model, 'W_O', read);
  const rows = scale.length;
  const pos = rows / read.batch;
  const data = new Float32Array(nLayer * nHead * rows);
  for (let layer = 0; layer < nLayer; layer++) {
    const z = read.rows(read.cache.get('z', layer));
    for (let row = 0; row < rows; row++) {
      const along = folded[Math.floor(row / pos)]![layer]!;
      for (let head = 0; head < nHead; head++) {
        const value = dot(z, (row * nHead + head) * dHead, along.subarray(head * dHead, (head + 1) * dHead));
        data[(layer * nHead + head) * rows + row] = value / scale[row]!;
      }
    }
  }
  return new Tensor(data, [nLayer, nHead, read.batch, pos], ['layer', 'head', 'batch', 'pos']);
}

async function neuronValues(model: HookedModel, read: StreamReading, scale: Float64Array): Promise<Tensor> {
  const { nLayer } = model.hooks.architecture;
  const folded = await foldedOf(model, 'W_out', read);
  const width = folded[0]![0]!.length;
  if (width === 0)
    throw new VitrineError('unsupported-model', 'This model has no MLP, so there are no neurons to attribute to. Leave `neurons` out.');
  const rows = scale.length;
  const pos = rows / read.batch;
  const data = new Float32Array(nLayer * width * rows);
  for (let layer = 0; layer < nLayer; layer++) {
    const post = read.rows(read.cache.get('post', layer));
    for (let row = 0; row < rows; row++) {
      const along = folded[Math.floor(row / pos)]![layer]!;
      const factor = 1 / scale[row]!;
      const [from, to] = [row * width, layer * width * rows + row];
      for (let neuron = 0; neuron < width; neuron++) data[to + neuron * rows] = post[from + neuron]! * along[neuron]! * factor;
    }
  }
  return new Tensor(data, [nLayer, width, read.batch, pos], ['layer', 'neuron', 'batch', 'pos']);
}

async function sourceValues(model: HookedModel, read: StreamReading, scale: Float64Array): Promise<Tensor> {
  const { nLayer, nHead, nKeyValueHead, dHead } = model.hooks.architecture;
  const folded = await foldedOf(model, 'W_O', read);
  const pos = scale.length / read.batch;
  const length = read.cache.get('pattern', 0).length('key');
  const data = new Float32Array(nLayer * nHead * scale.length * length);
  const carried = new Float64Array(length);
  for (let layer = 0; layer < nLayer; layer++) {
    const pattern = read.cache.get('pattern', layer);
    const v = read.cache.get('v', layer).data;
    for (let head = 0; head < nHead; head++) {
      const from = Math.floor((head * nKeyValueHead) / nHead);
      for (let row = 0; row < read.batch; row++) {
        const along = folded[row]![layer]!.subarray(head * dHead, (head + 1) * dHead);
        for (let key = 0; key < length; key++) carried[key] = dot(v, ((row * length + key) * nKeyValueHead + from) * dHead, along);
        read.positions[row]!.forEach((query, place) => {
          const weights = ((row * nHead + head) * length + query) * length;
          const to = (((layer * nHead + head) * read.batch + row) * pos + place) * length;
          for (let key = 0; key < length; key++)
            data[to + key] = (pattern.data[weights + key]! * carried[key]!) / scale[row * pos + place]!;
        });
      }
    }
  }
  return new Tensor(data, [nLayer, nHead, read.batch, pos, length], ['layer', 'head', 'batch', 'pos', 'key']);
}
