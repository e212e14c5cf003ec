// SPDX-License-Identifier: MIT
// What the traces of all kinds have in common: how their head is read and written, and how an array is checked against the rest.
import type { Tensor } from '../model/tensor.js';
import { decodeArray, rawArray } from './arrays.js';
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
import type { EncodeOptions, Provenance, RawArray, TraceBase, TraceToken } from './types.js';

const highestVersion = 1;

/** The fields of a trace of one of these kinds. @throws VitrineError `invalid-trace` */
export function readHead<K extends string>(value: unknown, kinds: readonly K[]): { fields: Fields; kind: K } {
  const fields = checkObject(value, 'trace');
  checkOneOf(fields['format'], 'trace.format', ['vitrine-trace'] as const);
  checkInteger(fields['version'], 'trace.version', 1, highestVersion);
  return { fields, kind: checkOneOf(fields['kind'], 'trace.kind', kinds) };
}

/** What every kind has: origin, prompt and tokens. @throws VitrineError `invalid-trace` */
export function readBase(fields: Fields): TraceBase {
  return {
    format: 'vitrine-trace',
    version: 1,
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

/** One token of a prompt. */
export function readToken(value: unknown, path: string): TraceToken {
  const fields = checkObject(value, path);
  const token: TraceToken = { id: checkInteger(fields['id'], `${path}.id`), text: checkString(fields['text'], `${path}.text`) };
  if (fields['bytes'] !== undefined) {
    token.bytes = checkList(fields['bytes'], `${path}.bytes`, (byte, at) => checkInteger(byte, at, 0, 255));
  }
  if (fields['special'] !== undefined) token.special = checkBoolean(fields['special'], `${path}.special`);
  return token;
}

/**
 * An array whose shape is compared with what the rest of the trace implies, decoded.
 *
 * @param axes - names of the axes, for the error: "layer, head, query, key"
 * @param expected - length of each axis; `undefined` stands for any
 * @throws VitrineError `invalid-trace`
 */
export function readArray(value: unknown, path: string, axes: string, expected: readonly (number | undefined)[]): RawArray {
  const { data, shape } = decodeArray(value, path);
  const fits = shape.length === expected.length && shape.every((n, axis) => expected[axis] === undefined || expected[axis] === n);
  if (!fits) {
    const wanted = expected.map((n) => n ?? 'any').join(', ');
    throw invalidField(`${path}.shape`, `[${wanted}] (${axes})`, `[${shape.join(', ')}]`);
  }
  return rawArray(data, shape, storeOf(value as Fields));
}

/** How an array was stored, so that it is stored likewise again. */
function storeOf({ store, dtype, packing }: Fields): EncodeOptions | undefined {
  if (store) return store as EncodeOptions;
  return dtype === undefined ? undefined : ({ dtype, ...(packing !== undefined && { packing }) } as EncodeOptions);
}

/** Texts of token ids. */
export function readVocabulary(value: unknown, path = 'trace.vocabulary'): Record<string, string> {
  const entries = Object.entries(checkObject(value, path));
  return Object.fromEntries(entries.map(([id, text]) => [id, checkString(text, `${path}["${id}"]`)]));
}

/** Checks that every id has a text. */
export function requireTexts(vocabulary: Readonly<Record<string, string>>, ids: ArrayLike<number>, where: string): void {
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index]!;
    if (vocabulary[id] === undefined) throw invalidField(`trace.vocabulary["${id}"]`, `the text of every id in ${where}`, undefined);
  }
}

/** A token as `HookedModel.tokenize` gives it; a {@link TraceToken} fits too. */
export interface TokenLike {
  id: number;
  text: string;
  bytes?: ArrayLike<number> | undefined;
  special?: boolean | undefined;
}

/** What the writer of every kind needs. */
export interface FigureInput {
  provenance: Provenance;
  prompt: string;
  tokens: readonly TokenLike[];
}

/** The head of a trace that is written. */
export function writeBase({ provenance, prompt, tokens }: FigureInput): TraceBase {
  return { format: 'vitrine-trace', version: 1, provenance, prompt, tokens: tokens.map(writeToken) };
}

/** `bytes` are written only where they are not those of the text. */
export function writeToken({ id, text, bytes, special }: TokenLike): TraceToken {
  const token: TraceToken = { id, text };
  if (bytes && bytes.length > 0) {
    const own = new TextEncoder().encode(text);
    if (own.length !== bytes.length || own.some((byte, index) => byte !== bytes[index])) token.bytes = Array.from(bytes);
  }
  if (special) token.special = true;
  return token;
}

/** The values and lengths of a tensor without its batch axis, which must have length 1 where it is there. */
export function withoutBatch(tensor: Tensor | Tensor<Int32Array>): { data: Float32Array | Int32Array; dims: readonly number[] } {
  const batch = tensor.axes.indexOf('batch');
  if (batch < 0) return tensor;
  if (tensor.dims[batch] !== 1) throw invalidField('tensor', 'one prompt (a batch axis of length 1)', `[${tensor.dims.join(', ')}]`);
  return { data: tensor.data, dims: tensor.dims.filter((_, axis) => axis !== batch) };
}
