// SPDX-License-Identifier: MIT
import { decodeArray } from './arrays.js';
import {
  checkBoolean,
  checkInteger,
  checkList,
  checkObject,
  checkOneOf,
  checkOptionalString,
  checkString,
  invalidField,
  type Fields,
} from './check.js';
import type { AttentionTrace, EncodedArray, LogitLensTrace, Provenance, Trace, TraceToken } from './types.js';

const highestVersion = 1;

/**
 * Checks a value that came from JSON and gives it back as a {@link Trace}. Shapes are compared with the tokens, numbers decoded once to
 * see that they are all there; what passes can be drawn without further checks.
 *
 * @throws VitrineError `invalid-trace`, naming the field, what was expected there and what came
 * @example
 * const trace = readTrace(await (await fetch('john-and-mary.json')).json());
 * if (trace.kind === 'attention') decodeArray(trace.pattern).shape      // [layer, head, query, key]
 */
export function readTrace(value: unknown): Trace {
  const { kind } = readHead(value, ['attention', 'logit-lens']);
  return kind === 'attention' ? readAttentionTrace(value) : readLogitLensTrace(value);
}

/** As {@link readTrace}, for figures that draw attention patterns. @throws VitrineError `invalid-trace` for anything else */
export function readAttentionTrace(value: unknown): AttentionTrace {
  const { fields, kind } = readHead(value, ['attention']);
  const base = readBase(fields);
  return { ...base, kind, ...readAttention(fields, base.tokens) };
}

/** As {@link readTrace}, for figures that draw a logit lens. @throws VitrineError `invalid-trace` for anything else */
export function readLogitLensTrace(value: unknown): LogitLensTrace {
  const { fields, kind } = readHead(value, ['logit-lens']);
  const base = readBase(fields);
  return { ...base, kind, ...readLens(fields, base.tokens) };
}

function readHead<K extends Trace['kind']>(value: unknown, kinds: readonly K[]): { fields: Fields; kind: K } {
  const fields = checkObject(value, 'trace');
  checkOneOf(fields['format'], 'trace.format', ['vitrine-trace'] as const);
  checkInteger(fields['version'], 'trace.version', 1, highestVersion);
  return { fields, kind: checkOneOf(fields['kind'], 'trace.kind', kinds) };
}

function readBase(fields: Fields) {
  return {
    format: 'vitrine-trace' as const,
    version: 1 as const,
    provenance: readProvenance(fields['provenance']),
    prompt: checkString(fields['prompt'], 'trace.prompt'),
    tokens: checkList(fields['tokens'], 'trace.tokens', readToken),
  };
}

function readProvenance(value: unknown): Provenance {
  const fields = checkObject(value, 'trace.provenance');
  const provenance: Provenance = {
    model: checkString(fields['model'], 'trace.provenance.model'),
    vitrine: checkString(fields['vitrine'], 'trace.provenance.vitrine'),
  };
  for (const name of ['revision', 'dtype', 'file'] as const) {
    const text = checkOptionalString(fields[name], `trace.provenance.${name}`);
    if (text !== undefined) provenance[name] = text;
  }
  return provenance;
}

function readToken(value: unknown, path: string): TraceToken {
  const fields = checkObject(value, path);
  const token: TraceToken = { id: checkInteger(fields['id'], `${path}.id`), text: checkString(fields['text'], `${path}.text`) };
  if (fields['bytes'] !== undefined) {
    token.bytes = checkList(fields['bytes'], `${path}.bytes`, (byte, at) => checkInteger(byte, at, 0, 255));
  }
  if (fields['special'] !== undefined) token.special = checkBoolean(fields['special'], `${path}.special`);
  return token;
}

/** Compares the shape of an array with what the rest of the trace implies; `undefined` in `expected` stands for any length. */
function readArray(value: unknown, path: string, axes: string, expected: readonly (number | undefined)[]): EncodedArray {
  const { shape } = decodeArray(value, path);
  const fits = shape.length === expected.length && shape.every((n, axis) => expected[axis] === undefined || expected[axis] === n);
  if (!fits) {
    const wanted = expected.map((n) => n ?? 'any').join(', ');
    throw invalidField(`${path}.shape`, `[${wanted}] (${axes})`, `[${shape.join(', ')}]`);
  }
  return value as EncodedArray;
}

function readAttention(fields: Fields, tokens: readonly TraceToken[]): Pick<AttentionTrace, 'causal' | 'layers' | 'pattern'> {
  const causal = checkBoolean(fields['causal'], 'trace.causal');
  const layers = checkList(fields['layers'], 'trace.layers', (layer, at) => checkInteger(layer, at));
  const shape = [layers.length, undefined, tokens.length, tokens.length];
  return { causal, layers, pattern: readArray(fields['pattern'], 'trace.pattern', 'layer, head, query, key', shape) };
}

function readLens(
  fields: Fields,
  tokens: readonly TraceToken[],
): Omit<LogitLensTrace, keyof AttentionTrace> & { norm: LogitLensTrace['norm'] } {
  const points = checkList(fields['points'], 'trace.points', checkString);
  const labels = checkList(fields['labels'], 'trace.labels', checkString, points.length);
  const grid = [points.length, tokens.length];
  const topIds = readArray(fields['topIds'], 'trace.topIds', 'point, position, k', [...grid, undefined]);
  const k = topIds.shape[2]!;
  const vocabulary = readVocabulary(fields['vocabulary']);
  const missing = decodeArray(topIds).data.find((id) => vocabulary[id] === undefined);
  if (missing !== undefined) throw invalidField(`trace.vocabulary["${missing}"]`, 'the text of every id in topIds', undefined);
  const lens = {
    norm: checkOneOf(fields['norm'], 'trace.norm', ['recompute', 'cached'] as const),
    points,
    labels,
    topIds,
    topProbabilities: readArray(fields['topProbabilities'], 'trace.topProbabilities', 'point, position, k', [...grid, k]),
    vocabulary,
    entropy: readArray(fields['entropy'], 'trace.entropy', 'point, position', grid),
    klToFinal: readArray(fields['klToFinal'], 'trace.klToFinal', 'point, position', grid),
  };
  if (fields['target'] === undefined) return lens;
  const target = checkObject(fields['target'], 'trace.target');
  const id = checkInteger(target['id'], 'trace.target.id');
  if (vocabulary[id] === undefined) throw invalidField(`trace.vocabulary["${id}"]`, 'the text of the target', undefined);
  return {
    ...lens,
    target: {
      id,
      probability: readArray(target['probability'], 'trace.target.probability', 'point, position', grid),
      rank: readArray(target['rank'], 'trace.target.rank', 'point, position', grid),
    },
  };
}

function readVocabulary(value: unknown): Record<string, string> {
  const entries = Object.entries(checkObject(value, 'trace.vocabulary'));
  return Object.fromEntries(entries.map(([id, text]) => [id, checkString(text, `trace.vocabulary["${id}"]`)]));
}
