// SPDX-License-Identifier: MIT
import {
  decodeArray,
  readTokensTrace,
  tokensTrace,
  version,
  VitrineError,
  type TokenRow,
  type TokensTrace,
  type TraceToken,
} from '../shared/core.js';
import { plainTokens } from '../shared/plain-tokens.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';

/** Values per token as they are drawn. */
export interface TokensData {
  prompt: string;
  /** Name of the model. */
  source: string;
  tokens: DisplayToken[];
  rows: ValueRow[];
}

/** One value per token. */
export interface ValueRow extends TokenRow {
  /** [token]; those before `from` say nothing. */
  values: ArrayLike<number>;
}

/** Values without a trace, as CircuitsVis takes them: one per token, or [token][row]; [row][token] where that alone fits the tokens. */
export type TokenValues = readonly number[] | readonly (readonly number[])[] | Float32Array;

/** What goes with {@link TokenValues}. */
export interface TokenArraysOptions {
  labels?: readonly string[] | undefined;
  positiveBounds?: readonly number[] | undefined;
  negativeBounds?: readonly number[] | undefined;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function tokensFromTrace(value: unknown): TokensData {
  const trace = readTokensTrace(value);
  const { data } = decodeArray(trace.values);
  const count = trace.tokens.length;
  return {
    prompt: trace.prompt,
    source: trace.provenance.model,
    tokens: displayTokens(trace.tokens),
    rows: trace.rows.map((row, index) => ({ ...row, values: data.subarray(index * count, (index + 1) * count) })),
  };
}

/** Bare tokens and values as a trace. @throws VitrineError `invalid-trace` */
export function traceOfValues(tokens: readonly (string | TraceToken)[], values: TokenValues, options: TokenArraysOptions): TokensTrace {
  const { labels, positiveBounds, negativeBounds } = options;
  const list = rowsOf(tokens.length, values);
  if (labels && labels.length !== list.length) {
    throw fault(`labels: expected ${list.length}, one for each row of values, got ${labels.length}.`);
  }
  const rows = list.map((values, index) => {
    const [min, max] = [negativeBounds?.[index], positiveBounds?.[index]];
    const label = labels?.[index] ?? (list.length === 1 ? '' : String(index));
    return { label, ...(min !== undefined && { min }), ...(max !== undefined && { max }), values };
  });
  return tokensTrace({ provenance: { model: '', vitrine: version }, ...plainTokens(tokens), rows });
}

function rowsOf(count: number, values: TokenValues): Float32Array[] {
  const nested = Array.isArray(values) && Array.isArray(values[0]) ? (values as readonly (readonly number[])[]) : undefined;
  const byToken = nested?.length === count;
  const lengths = new Set(nested?.map((list) => list.length) ?? []);
  if (nested ? lengths.size > 1 || (!byToken && !lengths.has(count)) : values.length !== count) {
    throw fault(`values: expected one for each of the ${count} tokens, or lists of equal length for each token, got ${values.length}.`);
  }
  const rows = !nested
    ? [Float32Array.from(values as ArrayLike<number>)]
    : byToken
      ? Array.from({ length: nested[0]!.length }, (_, row) => Float32Array.from(nested, (list) => list[row]!))
      : nested.map((list) => Float32Array.from(list));
  const bad = rows.flatMap((row) => [...row]).find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw fault(`values: expected finite numbers, got ${bad}.`);
  return rows;
}

function fault(sentence: string): VitrineError {
  return new VitrineError('invalid-trace', `${sentence} Set tokens and values of the same text.`);
}

/** The value of a row at a position; undefined where it has none. */
export function valueAt(row: ValueRow, position: number): number | undefined {
  return position < (row.from ?? 0) ? undefined : row.values[position];
}
