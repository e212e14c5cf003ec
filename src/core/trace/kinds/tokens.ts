// SPDX-License-Identifier: MIT
import { rawArray } from '../arrays.js';
import { readArray, readBase, readHead, writeBase, type FigureInput } from '../base.js';
import {
  checkBoolean,
  checkFinite,
  checkInteger,
  checkList,
  checkObject,
  checkOneOf,
  checkOptionalString,
  checkString,
  invalidField,
} from '../check.js';
import { storable } from '../store.js';
import type { EncodeOptions, TraceArray, TraceBase } from '../types.js';

/** Values per token over running text: of a loss, a neuron, a feature, a saliency map. */
export interface TokensTrace extends TraceBase {
  kind: 'tokens';
  /** What each row of `values` is. */
  rows: TokenRow[];
  /** [row, token] */
  values: TraceArray;
}

/** One value per token, and how it is read. */
export interface TokenRow {
  /** What it is, as a reader calls it: "surprise". */
  label: string;
  /** Of the values, such as "nats". */
  unit?: string;
  /** How a value is written: as a number, as per cent of a probability, or as a count. @defaultValue 'number' */
  as?: TokenValueForm;
  /** Whether zero is a middle, with effects on either side of it. @defaultValue whether a value is below zero */
  signed?: boolean;
  /** `log`: colours go by the logarithm of the value, which is a count or an amount from 0 up. @defaultValue 'linear' */
  scale?: 'linear' | 'log';
  /** Where the colours begin, in place of the least value. */
  min?: number;
  /** Where the colours end, in place of the largest value. */
  max?: number;
  /** The first position that has a value; the first token of a text has nothing before it. @defaultValue 0 */
  from?: number;
  /** What a live run computes for this row again: see `TokenValue`. */
  of?: string;
}

export type TokenValueForm = 'number' | 'probability' | 'count';

/** As `readTrace`, for figures that draw values per token. @throws VitrineError `invalid-trace` for anything else */
export function readTokensTrace(value: unknown): TokensTrace {
  const { fields, kind } = readHead(value, ['tokens']);
  const base = readBase(fields);
  const rows = checkList(fields['rows'], 'trace.rows', (row, path) => readRow(row, path, base.tokens.length));
  const values = readArray(fields['values'], 'trace.values', 'row, token', [rows.length, base.tokens.length]);
  return { ...base, kind, rows, values };
}

function readRow(value: unknown, path: string, tokens: number): TokenRow {
  const fields = checkObject(value, path);
  const row: TokenRow = { label: checkString(fields['label'], `${path}.label`) };
  for (const name of ['unit', 'of'] as const) {
    const text = checkOptionalString(fields[name], `${path}.${name}`);
    if (text !== undefined) row[name] = text;
  }
  if (fields['as'] !== undefined) row.as = checkOneOf(fields['as'], `${path}.as`, ['number', 'probability', 'count'] as const);
  if (fields['signed'] !== undefined) row.signed = checkBoolean(fields['signed'], `${path}.signed`);
  if (fields['scale'] !== undefined) row.scale = checkOneOf(fields['scale'], `${path}.scale`, ['linear', 'log'] as const);
  for (const name of ['min', 'max'] as const) {
    if (fields[name] !== undefined) row[name] = checkFinite(fields[name], `${path}.${name}`);
  }
  if (fields['from'] !== undefined) row.from = checkInteger(fields['from'], `${path}.from`, 0, tokens);
  return row;
}

/** What {@link writeTokensTrace} needs. */
export interface TokensInput extends FigureInput {
  /** What each row is, with its values, one per token; those before `from` are not read. */
  rows: readonly (TokenRow & { values: ArrayLike<number> })[];
  /** `uint16` halves the file. @defaultValue 'float32' */
  dtype?: EncodeOptions['dtype'];
}

/** Values per token as a trace with its numbers in memory. @throws VitrineError `invalid-trace` for rows of another length than the tokens */
export function tokensTrace(input: TokensInput): TokensTrace {
  const count = input.tokens.length;
  const values = new Float32Array(input.rows.length * count);
  const rows = input.rows.map(({ values: own, ...row }, index): TokenRow => {
    if (own.length !== count) throw invalidField(`rows[${index}].values`, `${count} values, one per token`, `${own.length}`);
    for (let at = row.from ?? 0; at < count; at++) values[index * count + at] = own[at]!;
    return row;
  });
  const store = input.dtype && { dtype: input.dtype };
  return { ...writeBase(input), kind: 'tokens', rows, values: rawArray(values, [rows.length, count], store) };
}

/**
 * The recorded form of values per token, ready for `JSON.stringify`.
 *
 * @example
 * writeTokensTrace({ provenance, prompt, tokens: await model.tokenize(prompt), rows: [{ label: 'saliency', values: saliency }] });
 */
export function writeTokensTrace(input: TokensInput): TokensTrace {
  return storable(tokensTrace(input));
}
