// SPDX-License-Identifier: MIT
import { rawArray } from '../arrays.js';
import { readArray, readBase, readHead, readToken, writeBase, writeToken, type FigureInput, type TokenLike } from '../base.js';
import { checkFinite, checkInteger, checkList, checkObject, checkString, invalidField } from '../check.js';
import type { TraceArray, TraceBase, TraceToken } from '../types.js';

/** What every part of a model adds to a logit, or to the difference of two, at one position. */
export interface AttributionTrace extends TraceBase {
  kind: 'attribution';
  /** The token whose logit is explained. */
  answer: TraceToken;
  /** The token that it is compared with; without it, `total` is the answer's logit. */
  wrong?: TraceToken;
  /** Position that is explained, from 0. */
  position: number;
  /** The model's own logit or logit difference. */
  total: number;
  /** What belongs to no component: the biases of the final norm and of the unembedding. */
  constant: number;
  /** Names of the components in the order of the forward pass: "embed", "pos_embed", "0_attn_out", "0_mlp_out", ... */
  labels: string[];
  /** [component]; with `constant` they sum to `total`. */
  components: TraceArray;
  /** The logit (difference) of the stream at every point, read with that point's own scale, as a logit lens does. */
  lens?: { labels: string[]; values: TraceArray };
  /** [layer, head]; what a layer's heads leave of its attn_out is the output bias. */
  heads?: TraceArray;
  /** What a head adds by the token that it reads from, [layer, head, key]; sums over keys to `heads`. */
  sources?: TraceArray;
  neurons?: AttributionNeurons;
}

/** The strongest neurons of every layer. */
export interface AttributionNeurons {
  /** How many neurons a layer has. */
  count: number;
  /** Neurons of either sign, [layer, k]; -1 where a layer has fewer. */
  indices: TraceArray;
  /** What they add, [layer, k]. */
  values: TraceArray;
  /** Sum of all other neurons, [layer]. */
  rest: TraceArray;
}

/** As `readTrace`, for figures that draw an attribution. @throws VitrineError `invalid-trace` for anything else */
export function readAttributionTrace(value: unknown): AttributionTrace {
  const { fields, kind } = readHead(value, ['attribution']);
  const base = readBase(fields);
  const labels = checkList(fields['labels'], 'trace.labels', checkString);
  const trace: AttributionTrace = {
    ...base,
    kind,
    answer: readToken(fields['answer'], 'trace.answer'),
    position: checkInteger(fields['position'], 'trace.position', 0, base.tokens.length - 1),
    total: checkFinite(fields['total'], 'trace.total'),
    constant: checkFinite(fields['constant'], 'trace.constant'),
    labels,
    components: readArray(fields['components'], 'trace.components', 'component', [labels.length]),
  };
  if (fields['wrong'] !== undefined) trace.wrong = readToken(fields['wrong'], 'trace.wrong');
  if (fields['lens'] !== undefined) trace.lens = readLens(fields['lens']);
  const layers = layersOf(labels);
  if (fields['heads'] !== undefined) {
    const heads = readArray(fields['heads'], 'trace.heads', 'layer, head', [layers, undefined]);
    trace.heads = heads;
    if (fields['sources'] !== undefined) {
      const shape = [layers, heads.shape[1]!, base.tokens.length];
      trace.sources = readArray(fields['sources'], 'trace.sources', 'layer, head, key', shape);
    }
  }
  if (fields['neurons'] !== undefined) trace.neurons = readNeurons(fields['neurons'], layers);
  return trace;
}

/** How many layers the names of components speak of. */
function layersOf(labels: readonly string[]): number {
  return labels.reduce((most, label) => Math.max(most, Number(/^(\d+)_(attn|mlp)_out$/.exec(label)?.[1] ?? -1) + 1), 0);
}

function readLens(value: unknown): NonNullable<AttributionTrace['lens']> {
  const fields = checkObject(value, 'trace.lens');
  const labels = checkList(fields['labels'], 'trace.lens.labels', checkString);
  return { labels, values: readArray(fields['values'], 'trace.lens.values', 'point', [labels.length]) };
}

function readNeurons(value: unknown, layers: number): AttributionNeurons {
  const fields = checkObject(value, 'trace.neurons');
  const count = checkInteger(fields['count'], 'trace.neurons.count', 1);
  const indices = readArray(fields['indices'], 'trace.neurons.indices', 'layer, k', [layers, undefined]);
  const bad = indices.values.findIndex((index) => !Number.isInteger(index) || index < -1 || index >= count);
  if (bad >= 0) throw invalidField('trace.neurons.indices', `neurons from 0 to ${count - 1}, or -1`, indices.values[bad]);
  return {
    count,
    indices,
    values: readArray(fields['values'], 'trace.neurons.values', 'layer, k', indices.shape),
    rest: readArray(fields['rest'], 'trace.neurons.rest', 'layer', [layers]),
  };
}

/** What {@link attributionTrace} needs. */
export interface AttributionInput extends FigureInput {
  answer: TokenLike;
  wrong?: TokenLike | undefined;
  position: number;
  total: number;
  constant: number;
  labels: readonly string[];
  /** [component] */
  components: Float32Array;
  lens?: { labels: readonly string[]; values: Float32Array } | undefined;
  /** [layer, head] */
  heads?: { data: Float32Array; shape: readonly number[] } | undefined;
  /** [layer, head, key] */
  sources?: { data: Float32Array; shape: readonly number[] } | undefined;
  neurons?: AttributionNeurons | undefined;
}

/** An attribution as a trace with its numbers in memory, exact to float32. */
export function attributionTrace(input: AttributionInput): AttributionTrace {
  const { answer, wrong, position, total, constant, labels, components, lens, heads, sources, neurons } = input;
  return {
    ...writeBase(input),
    kind: 'attribution',
    answer: writeToken(answer),
    ...(wrong && { wrong: writeToken(wrong) }),
    position,
    total,
    constant,
    labels: [...labels],
    components: rawArray(components, [labels.length]),
    ...(lens && { lens: { labels: [...lens.labels], values: rawArray(lens.values, [lens.labels.length]) } }),
    ...(heads && { heads: rawArray(heads.data, heads.shape) }),
    ...(sources && { sources: rawArray(sources.data, sources.shape) }),
    ...(neurons && { neurons }),
  };
}
