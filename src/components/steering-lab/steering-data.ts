// SPDX-License-Identifier: MIT
import { decodeArray, readSteeringTrace, type SteeringTrace, type SteeringVectorTrace, type WrittenToken } from '../shared/core.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';

/** Steered texts as they are drawn. */
export interface SteeringData {
  trace: SteeringTrace;
  /** Name of the model. */
  source: string;
  /** The prompt without a begin-of-text token that was put before it. */
  prompt: DisplayToken[];
  base: DisplayToken[];
  /** By rising strength. */
  steered: { strength: number; tokens: DisplayToken[] }[];
}

/** A token of one text, with its probability on both sides. */
export interface ShownToken {
  token: DisplayToken;
  /** As it was chosen. */
  probability: number;
  /** After the same text on the other side; undefined while that is not known. */
  other: number | undefined;
}

/** Both texts at one strength. */
export interface ShownTexts {
  strength: number;
  base: ShownToken[];
  steered: ShownToken[];
  /** Index of the first token that differs; undefined where the texts are the same so far. */
  parting: number | undefined;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function steeringFromTrace(value: unknown): SteeringData {
  return steeringData(readSteeringTrace(value));
}

/** A trace that was checked, or made here. */
export function steeringData(trace: SteeringTrace): SteeringData {
  const prompt = displayTokens(trace.tokens);
  return {
    trace,
    source: trace.provenance.model,
    prompt: beginsWithBos(trace) ? prompt.slice(1) : prompt,
    base: displayTokens(trace.base),
    steered: trace.steered.map(({ strength, tokens }) => ({ strength, tokens: displayTokens(tokens) })),
  };
}

/** Whether the first token was put before the prompt, which does not spell it. */
export function beginsWithBos({ tokens, prompt }: SteeringTrace): boolean {
  const [first] = tokens;
  return first?.special === true && !prompt.startsWith(first.text);
}

/** Strengths that there is a text for; 0 is one of them, as its text is the base. */
export function strengthsOf({ steered }: SteeringData): number[] {
  return [...new Set([0, ...steered.map(({ strength }) => strength)])].sort((a, b) => a - b);
}

/** The strength that there is a text for nearest to another; of two, the weaker. */
export function nearestStrength(data: SteeringData, strength: number): number {
  return [...strengthsOf(data)]
    .sort((a, b) => Math.abs(a) - Math.abs(b))
    .reduce((best, next) => (Math.abs(next - strength) < Math.abs(best - strength) ? next : best));
}

/** Both texts at a strength; the steered one is empty where it is not written yet. */
export function textsAt({ trace, base, steered }: SteeringData, strength: number): ShownTexts {
  const index = trace.steered.findIndex((text) => text.strength === strength);
  const text = trace.steered[index];
  const shown = (tokens: readonly DisplayToken[], written: readonly WrittenToken[], others: readonly number[] | undefined): ShownToken[] =>
    tokens.map((token, at) => ({ token, probability: written[at]!.probability, other: others?.[at] }));
  const own = trace.base.map(({ probability }) => probability);
  const plain = strength === 0 && !text;
  const texts = {
    strength,
    base: shown(base, trace.base, plain ? own : text?.baseSteered),
    steered: plain ? shown(base, trace.base, own) : text ? shown(steered[index]!.tokens, text.tokens, text.unsteered) : [],
  };
  return { ...texts, parting: partingOf(texts.base, texts.steered, text !== undefined && text.unsteered.length > 0) };
}

function partingOf(base: readonly ShownToken[], steered: readonly ShownToken[], done: boolean): number | undefined {
  const shorter = Math.min(base.length, steered.length);
  for (let index = 0; index < shorter; index++) if (base[index]!.token.id !== steered[index]!.token.id) return index;
  return done && base.length !== steered.length ? shorter : undefined;
}

/** What a figure tells of one layer's direction. */
export interface VectorLayer {
  layer: number;
  length: number;
  /** Projections of the prompts of both sides; empty where they are not known. */
  positive: number[];
  negative: number[];
  /** Distance of the means in standard deviations; undefined for one pair. */
  apart: number | undefined;
  heldOut: number | undefined;
}

export function vectorLayers({ layers, directions, pairs, positive }: SteeringVectorTrace): VectorLayer[] {
  const { data, shape } = decodeArray(directions);
  const size = data.length / (shape[0] || 1);
  const row = (side: 'positive' | 'negative', index: number): number[] =>
    pairs ? Array.from(decodeArray(pairs[side]).data.subarray(index * positive.length, (index + 1) * positive.length)) : [];
  return layers.map((layer, index) => {
    const [above, below] = [row('positive', index), row('negative', index)];
    return {
      layer,
      length: Math.hypot(...data.subarray(index * size, (index + 1) * size)),
      positive: above,
      negative: below,
      apart: apartOf(above, below),
      heldOut: pairs?.heldOut?.[index],
    };
  });
}

/** d′: difference of the means over the root of the mean variance. */
function apartOf(above: readonly number[], below: readonly number[]): number | undefined {
  if (above.length < 2) return undefined;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]): number => {
    const middle = mean(values);
    return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  };
  const spread = Math.sqrt((variance(above) + variance(below)) / 2);
  return spread > 0 ? (mean(above) - mean(below)) / spread : undefined;
}
