// SPDX-License-Identifier: MIT
import { readArray, readBase, readHead, readToken } from '../base.js';
import { checkBoolean, checkFinite, checkInteger, checkList, checkObject, checkOneOf, checkOptionalString, checkString } from '../check.js';
import type { TraceArray, TraceBase, TraceToken } from '../types.js';

const methods = ['mean-difference', 'pca-diff', 'pca-center', 'pca-uncentered', 'logistic', 'actadd'] as const;

/** Texts that a model writes with and without a steering vector, for several strengths of it. */
export interface SteeringTrace extends TraceBase {
  kind: 'steering';
  vector: SteeringVectorTrace;
  /** Layers at which the vector was added. */
  layers: number[];
  /** Every changed activation was given back the length that it had before. */
  keepNorm: boolean;
  sampling: SteeringSampling;
  /** What the model writes without the vector. */
  base: WrittenToken[];
  /** By rising strength. */
  steered: SteeredText[];
}

/** A direction per layer, the prompts that it was found from, and how far those lie apart along it. */
export interface SteeringVectorTrace {
  /** Before or after the block. */
  place: 'resid_pre' | 'resid_post';
  /** How it was found; undefined where that is not known. */
  method?: (typeof methods)[number];
  /** Layers that there is a direction for. */
  layers: number[];
  /** [layer, d_model], or [layer, pos, d_model] to be added position by position from the first token. Strength 1 adds it as it is. */
  directions: TraceArray;
  /** Prompts with the trait; none for a vector that came from a file. */
  positive: string[];
  /** The other prompt of each pair. */
  negative: string[];
  pairs?: SteeringPairs;
}

/** Pairs of prompts along each layer's direction, at length 1. */
export interface SteeringPairs {
  /** [layer, pair] */
  positive: TraceArray;
  /** [layer, pair] */
  negative: TraceArray;
  /** By layer, pairs whose positive prompt lies higher along a direction found without them; undefined where pairs were too few. */
  heldOut?: number[];
}

/** How tokens were chosen. */
export interface SteeringSampling {
  maxNewTokens: number;
  /** 0 takes the likeliest token. */
  temperature: number;
  seed: number;
}

/** A new token, with the probability that it was chosen from. */
export interface WrittenToken extends TraceToken {
  probability: number;
}

/** The text of one strength. The lists of probabilities are empty for a text that was cut short. */
export interface SteeredText {
  /** Times the vector; negative steers away. */
  strength: number;
  tokens: WrittenToken[];
  /** What the model without the vector gives each of these tokens, after the same text. */
  unsteered: number[];
  /** What the model with the vector gives each token of the base text, after the same text. */
  baseSteered: number[];
}

/** As `readTrace`, for figures that draw steered texts. @throws VitrineError `invalid-trace` for anything else */
export function readSteeringTrace(value: unknown): SteeringTrace {
  const { fields, kind } = readHead(value, ['steering']);
  const vector = readSteeringVector(fields['vector'], 'trace.vector');
  const sampling = checkObject(fields['sampling'], 'trace.sampling');
  const base = checkList(fields['base'], 'trace.base', readWritten);
  return {
    ...readBase(fields),
    kind,
    vector,
    layers: checkList(fields['layers'], 'trace.layers', (layer, path) => checkInteger(layer, path)),
    keepNorm: checkBoolean(fields['keepNorm'], 'trace.keepNorm'),
    sampling: {
      maxNewTokens: checkInteger(sampling['maxNewTokens'], 'trace.sampling.maxNewTokens', 1),
      temperature: checkFinite(sampling['temperature'], 'trace.sampling.temperature'),
      seed: checkFinite(sampling['seed'], 'trace.sampling.seed'),
    },
    base,
    steered: checkList(fields['steered'], 'trace.steered', (text, path) => readSteered(text, path, base.length)).sort(
      (a, b) => a.strength - b.strength,
    ),
  };
}

/** A vector as it stands in a trace or in the options of a run. @throws VitrineError `invalid-trace` */
export function readSteeringVector(value: unknown, path: string): SteeringVectorTrace {
  const fields = checkObject(value, path);
  const layers = checkList(fields['layers'], `${path}.layers`, (layer, at) => checkInteger(layer, at));
  const positive = checkList(fields['positive'], `${path}.positive`, checkString);
  const negative = checkList(fields['negative'], `${path}.negative`, checkString, positive.length);
  const method = checkOptionalString(fields['method'], `${path}.method`);
  const { shape } = checkObject(fields['directions'], `${path}.directions`);
  const [axes, any] =
    Array.isArray(shape) && shape.length === 3 ? ['layer, pos, d_model', [undefined, undefined]] : ['layer, d_model', [undefined]];
  return {
    place: checkOneOf(fields['place'], `${path}.place`, ['resid_pre', 'resid_post'] as const),
    ...(method !== undefined && { method: checkOneOf(method, `${path}.method`, methods) }),
    layers,
    directions: readArray(fields['directions'], `${path}.directions`, axes as string, [layers.length, ...(any as undefined[])]),
    positive,
    negative,
    ...(fields['pairs'] !== undefined && { pairs: readPairsAlong(fields['pairs'], `${path}.pairs`, layers.length, positive.length) }),
  };
}

function readPairsAlong(value: unknown, path: string, layers: number, pairs: number): SteeringPairs {
  const fields = checkObject(value, path);
  const read = (side: 'positive' | 'negative'): TraceArray => readArray(fields[side], `${path}.${side}`, 'layer, pair', [layers, pairs]);
  const found: SteeringPairs = { positive: read('positive'), negative: read('negative') };
  if (fields['heldOut'] !== undefined) {
    found.heldOut = checkList(fields['heldOut'], `${path}.heldOut`, (count, at) => checkInteger(count, at, 0, pairs), layers);
  }
  return found;
}

function readSteered(value: unknown, path: string, baseLength: number): SteeredText {
  const fields = checkObject(value, path);
  const tokens = checkList(fields['tokens'], `${path}.tokens`, readWritten);
  return {
    strength: checkFinite(fields['strength'], `${path}.strength`),
    tokens,
    unsteered: readProbabilities(fields['unsteered'], `${path}.unsteered`, tokens.length),
    baseSteered: readProbabilities(fields['baseSteered'], `${path}.baseSteered`, baseLength),
  };
}

/** As many probabilities as there are tokens, or none. */
function readProbabilities(value: unknown, path: string, count: number): number[] {
  return checkList(value, path, checkFinite, Array.isArray(value) && value.length === 0 ? 0 : count);
}

function readWritten(value: unknown, path: string): WrittenToken {
  const fields = checkObject(value, path);
  return { ...readToken(value, path), probability: checkFinite(fields['probability'], `${path}.probability`) };
}
