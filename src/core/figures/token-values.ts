// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import type { Tensor } from '../model/tensor.js';
import { logSumExp } from '../model/top-tokens.js';
import { tokensTrace, type TokenRow, type TokensTrace } from '../trace/kinds/tokens.js';
import { provenanceOf, techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/**
 * One value per token. The first four say how the model took this token after the text before it: `surprise` is -log p in nats,
 * `probability` is p, `rank` counts from 1, `entropy` is that of the whole distribution in nats. `activation` is one neuron of a hook, or,
 * without `neuron`, the length (L2 norm) of the activation at each position.
 */
export type TokenValue =
  { kind: 'surprise' | 'probability' | 'entropy' | 'rank' } | { kind: 'activation'; hook: string; head?: number; neuron?: number };

/** What a `<colored-tokens>` asks for. */
export interface TokenValuesOptions {
  prompt: string;
  /**
   * Rows of values. As text: "surprise", a hook name for the length of its activation ("blocks.2.hook_mlp_out"), a hook and a neuron
   * ("blocks.3.mlp.hook_post:12"), a hook, a head and a neuron of it ("blocks.1.attn.hook_z:4:0").
   * @defaultValue ['surprise']
   */
  values?: readonly (TokenValue | string)[];
}

export type TokenValuesFigure = FigureKind<TokenValuesOptions, TokensTrace>;

const predictions = ['surprise', 'probability', 'entropy', 'rank'] as const;
type Prediction = (typeof predictions)[number];

/**
 * Values of every token of one prompt, from one run.
 *
 * @throws VitrineError `invalid-option` for a value that there is not, a neuron outside the hook or a hook without positions, and for
 *   predictions of a model that does not read from left to right; `unknown-hook`
 */
export async function recordTokenValues(model: HookedModel, options: TokenValuesOptions, context: FigureContext): Promise<TokensTrace> {
  const values = (options.values ?? ['surprise']).map((value) => (typeof value === 'string' ? parseTokenValue(value) : value));
  if (values.length === 0) throw new VitrineError('invalid-option', 'values must name at least one value per token, such as "surprise".');
  const names = values.flatMap((value) => (value.kind === 'activation' ? [value.hook] : []));
  const predicted = values.some(({ kind }) => kind !== 'activation');
  if (predicted && !model.hooks.architecture.causal) {
    throw new VitrineError(
      'invalid-option',
      `${model.info.name} reads a text from both sides, so no token is predicted from the text before it. Ask for activations instead.`,
    );
  }
  const { cache, tokens, result } = await model.runWithCache(options.prompt, { names, logits: predicted, ...techniqueOptions(context) });
  const list = tokens?.tokens?.[0] ?? [];
  const ids = list.map(({ id }) => id);
  const rows = values.map((value) =>
    value.kind === 'activation'
      ? activationRow(cache.get(value.hook), value, ids.length)
      : predictionRow(result.logits.data, ids, value.kind),
  );
  return tokensTrace({ provenance: provenanceOf(model), prompt: options.prompt, tokens: list, rows });
}

/** A value as text: see {@link TokenValuesOptions.values}. @throws VitrineError `invalid-option` */
export function parseTokenValue(text: string): TokenValue {
  const [name = '', ...rest] = text.trim().split(':');
  const known = predictions.find((kind) => kind === name);
  if (known && rest.length === 0) return { kind: known };
  const numbers = rest.map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  if (name.includes('hook_') && numbers.length <= 2 && !numbers.some(Number.isNaN)) {
    const [first, second] = numbers;
    if (second !== undefined) return { kind: 'activation', hook: name, head: first!, neuron: second };
    return { kind: 'activation', hook: name, ...(first !== undefined && { neuron: first }) };
  }
  throw new VitrineError(
    'invalid-option',
    `A value per token is ${predictions.join(', ')}, or a hook with a neuron such as blocks.3.mlp.hook_post:12; got "${text}".`,
  );
}

type Row = TokenRow & { values: Float32Array };

const forms: Record<Prediction, Partial<TokenRow>> = {
  surprise: { unit: 'nats' },
  probability: { as: 'probability' },
  entropy: { unit: 'nats' },
  rank: { as: 'count', scale: 'log' },
};

/** How the model took each token; the first one has nothing before it. */
function predictionRow(logits: Float32Array, ids: readonly number[], kind: Prediction): Row {
  const width = logits.length / Math.max(1, ids.length);
  const values = new Float32Array(ids.length);
  for (let at = 1; at < ids.length; at++) values[at] = predictionOf(logits.subarray((at - 1) * width, at * width), ids[at]!, kind);
  return { label: kind, ...forms[kind], signed: false, from: Math.min(1, ids.length), of: kind, values };
}

function predictionOf(logits: Float32Array, id: number, kind: Prediction): number {
  const own = logits[id]!;
  if (kind === 'rank') return logits.reduce((rank, logit) => (logit > own ? rank + 1 : rank), 1);
  const norm = logSumExp(logits);
  if (kind === 'surprise') return norm - own;
  if (kind === 'probability') return Math.exp(own - norm);
  return logits.reduce((sum, logit) => sum + Math.exp(logit - norm) * (norm - logit), 0);
}

/** One neuron of each position, or the length of what stands there. */
function activationRow(all: Tensor, value: Extract<TokenValue, { kind: 'activation' }>, count: number): Row {
  const { hook, head, neuron } = value;
  const activation = all.axes[0] === 'batch' ? all.select('batch', 0) : all;
  const refuse = (why: string): never => {
    throw new VitrineError('invalid-option', `${hook} has axes [${all.axes.join(', ')}]: ${why}`);
  };
  if (activation.axes[0] !== 'pos' || activation.dims[0] !== count)
    refuse('it has no value for each position. Choose a hook with a pos axis.');
  const inHead = head === undefined ? activation : atHead(activation, head, refuse);
  const width = inHead.size / Math.max(1, count);
  if (neuron !== undefined && !(Number.isInteger(neuron) && neuron >= 0 && neuron < width))
    refuse(`there are neurons 0 to ${width - 1} at each position; got ${neuron}.`);
  const values = Float32Array.from({ length: count }, (_, at) =>
    neuron === undefined
      ? Math.sqrt(inHead.data.subarray(at * width, (at + 1) * width).reduce((sum, part) => sum + part * part, 0))
      : inHead.data[at * width + neuron]!,
  );
  const place = [hook, head, neuron].filter((part) => part !== undefined).join(':');
  return { label: neuron === undefined ? `norm of ${place}` : place, ...(neuron === undefined && { signed: false }), of: place, values };
}

function atHead(activation: Tensor, head: number, refuse: (why: string) => never): Tensor {
  if (activation.axes[1] !== 'head') return refuse('it has no heads. Leave the head out.');
  const heads = activation.dims[1]!;
  if (!(Number.isInteger(head) && head >= 0 && head < heads)) return refuse(`there are heads 0 to ${heads - 1}; got ${head}.`);
  return activation.select('head', head);
}
