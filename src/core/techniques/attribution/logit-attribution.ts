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
 * Cost: one run, two dot products per head and neuron, and the first time for an answer a reading of W_O and W_out, in blocks of 2 MB that
 * are multiplied with the direction and dropped (one pass's time for GPT-2 small's size), and of the answer's column of W_U. What the matrices
 * become along the direction is kept (0.4 MB), so that the next call for the same answers costs hardly more than its run. The
 * run needs no session but those of plain runs, unless `sources` is asked for.
 */
import { throwIfAborted } from '../../errors.js';
import type { ActivationCache } from '../../model/activation-cache.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { ModelInput } from '../../model/model-input.js';
import { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import { requireHook } from '../where.js';
import { requireAdditive } from './answer-direction.js';
import { dot } from './fold.js';
import { headValues, neuronValues, sourceValues } from './part-values.js';
import { lastStream, readStreams, totalsOf, type AnswerOptions } from './stream-reading.js';

export interface AttributionOptions extends AnswerOptions {
  /** Also attribute to every head. @defaultValue false */
  heads?: boolean;
  /** Also attribute to every neuron. @defaultValue false */
  neurons?: boolean;
  /** Also attribute heads to the tokens that they read from. @defaultValue false */
  sources?: boolean;
}

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
  const { heads: _heads, neurons: _neurons, sources: _sources, ...answers } = options;
  const read = await readStreams(model, input, answers, namesOf(model, options));
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
  // Two matrices at once: while one of them waits for its file, the other is multiplied.
  const [heads, neurons] = await Promise.all([
    options.heads || options.sources ? headValues(model, read, scale) : undefined,
    options.neurons ? neuronValues(model, read, scale) : undefined,
  ]);
  return {
    tokens,
    positions,
    total: tensor(total),
    scale: tensor(scale),
    constant: tensor(constant),
    labels,
    components: tensor(values, [labels.length], ['component']),
    unexplained: tensor(unexplained),
    ...(heads ? { heads } : {}),
    ...(neurons ? { neurons } : {}),
    ...(options.sources ? { sources: await sourceValues(model, read, scale) } : {}),
  };
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
