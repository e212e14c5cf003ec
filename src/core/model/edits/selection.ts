// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookSite } from '../../hooks/types.js';

/**
 * Positions in the sequence: all of them, absolute ones (negative: from the end of the prompt), a range (`to` exclusive), or those of a
 * token, by id or by its text as the tokenizer shows it.
 */
export type Positions =
  'all' | number | readonly number[] | { readonly token: number | string } | { readonly from?: number; readonly to?: number };

/** Which part of an activation an edit changes. What is left out is not restricted. */
export interface Selection {
  /** Positions of the stream; for patterns and scores, of the query. */
  positions?: Positions;
  /** Positions of the key (patterns and scores only). */
  keys?: Positions;
  /** Heads (q, k, v, z, patterns, scores); negative from the last. */
  heads?: number | readonly number[];
  /** Indices along the last axis: neurons of an MLP, dimensions of the stream. */
  neurons?: number | readonly number[];
  /** Rows of the batch. */
  rows?: number | readonly number[];
  /** During generation: the prompt's pass (step 0), the passes after it, or single passes by number. @defaultValue 'all' */
  steps?: 'all' | 'prompt' | 'generation' | number | readonly number[];
}

/** What one pass through the model is: the whole prompt, or the one new token of a step of generation. */
export interface Pass {
  /** 0 for the prompt, n for the pass that reads the n-th new token. */
  step: number;
  batch: number;
  /** Positions that this pass computes. */
  count: number;
  /** Positions that lie in the cache before them. */
  past: number;
  /** [batch][position] ids of the whole sequence so far; padding included. */
  ids: readonly (readonly number[])[];
  /** Positions (absolute) of the first and behind the last real token of the prompt, by row. */
  prompt: readonly { start: number; end: number }[];
  /** Text of a token id, for selections by text. */
  text?: (id: number) => string;
}

/** Indices along each axis of a hook, resolved for one pass. `undefined` stands for the whole axis. */
export interface ResolvedSelection {
  rows: readonly number[];
  /** Positions within this pass, by row. */
  positions: readonly (readonly number[])[];
  /** Absolute positions of keys, by row. */
  keys: readonly (readonly number[] | undefined)[];
  heads: readonly number[] | undefined;
  last: readonly number[] | undefined;
}

/** Whether a selection takes in what belongs to a step: the prompt (0) or the n-th new token. */
function takesStep(selection: Selection, step: number): boolean {
  const { steps = 'all' } = selection;
  if (steps === 'all') return true;
  if (steps === 'prompt') return step === 0;
  if (steps === 'generation') return step > 0;
  return typeof steps === 'number' ? steps === step : steps.includes(step);
}

/** The step that first computed a position. A model without a cache computes earlier ones again, and edits must act on them again. */
function stepOf(position: number, row: number, pass: Pass): number {
  const { end } = pass.prompt[row]!;
  return position < end ? 0 : position - end + 1;
}

/** Checks what can be checked before any run: that the hook has the axes, heads and neurons that are selected. @throws VitrineError `invalid-option` */
export function checkSelection(selection: Selection, site: HookSite): void {
  const refuse = (what: string, why: string): never => {
    throw new VitrineError('invalid-option', `\`${what}\` of the edit of ${site.name} ${why}. Its axes are ${site.axes.join(', ')}.`);
  };
  const sizeOf = (axis: number): number => site.dims[axis] ?? Infinity;
  const headAxis = site.axes.indexOf('head');
  if (selection.heads !== undefined) {
    if (headAxis < 0) refuse('heads', 'selects heads, and this activation has none');
    checkIndices('heads', list(selection.heads), sizeOf(headAxis), site);
  }
  if (selection.keys !== undefined && !site.axes.includes('key')) refuse('keys', 'selects keys, which only patterns and scores have');
  if (selection.neurons !== undefined) {
    if (site.axes.at(-1) === 'key') refuse('neurons', 'selects along the last axis, which is the key here: use `keys`');
    checkIndices('neurons', list(selection.neurons), sizeOf(site.axes.length - 1), site);
  }
}

function checkIndices(what: string, indices: readonly number[], size: number, site: HookSite): void {
  for (const index of indices) {
    if (Number.isInteger(index) && index < size && index >= -size) continue;
    throw new VitrineError(
      'invalid-option',
      `\`${what}\` of the edit of ${site.name} must be whole numbers from 0 to ${size - 1}; got ${index}.`,
    );
  }
}

/** The indices that a selection means in one pass. */
export function resolveSelection(selection: Selection, site: HookSite, pass: Pass): ResolvedSelection {
  const allRows = Array.from({ length: pass.batch }, (_, row) => row);
  const rows = selection.rows === undefined ? allRows : fromEnd(list(selection.rows), pass.batch).filter((row) => row < pass.batch);
  const local = (row: number): number[] => {
    const absolute = positionsOf(selection.positions ?? 'all', row, pass, pass.past + pass.count);
    const here = absolute.filter((position) => position >= pass.past && takesStep(selection, stepOf(position, row, pass)));
    return here.map((position) => position - pass.past);
  };
  const keys = selection.keys;
  const headAxis = site.axes.indexOf('head');
  const last = site.dims.at(-1);
  return {
    rows,
    positions: allRows.map((row) => (rows.includes(row) ? local(row) : [])),
    keys: allRows.map((row) => (keys === undefined ? undefined : positionsOf(keys, row, pass, pass.past + pass.count))),
    heads: selection.heads === undefined ? undefined : fromEnd(list(selection.heads), site.dims[headAxis] ?? 0),
    last: selection.neurons === undefined ? undefined : fromEnd(list(selection.neurons), last ?? 0),
  };
}

/** Absolute positions, in order, each once, of those below `length`. */
function positionsOf(positions: Positions, row: number, pass: Pass, length: number): number[] {
  const { start, end } = pass.prompt[row]!;
  if (positions === 'all') return Array.from({ length }, (_, position) => position);
  if (typeof positions === 'number' || Array.isArray(positions)) {
    // Position 0 is the row's first real token, -1 its last one: padding has no position.
    const absolute = list(positions as number | readonly number[]).map((position) => (position < 0 ? end + position : start + position));
    return [...new Set(absolute)].filter((position) => position >= start && position < length).sort((a, b) => a - b);
  }
  const range = positions as { token?: number | string; from?: number; to?: number };
  const everywhere = Array.from({ length }, (_, position) => position);
  if (range.token !== undefined) {
    const ids = pass.ids[row]!;
    return everywhere.filter((position) => {
      const id = ids[position];
      if (id === undefined || position < start) return false;
      return typeof range.token === 'number' ? id === range.token : pass.text?.(id) === range.token;
    });
  }
  const bound = (value: number | undefined, fallback: number): number =>
    value === undefined ? fallback : value < 0 ? end + value : start + value;
  const [first, last] = [bound(range.from, 0), bound(range.to, Infinity)];
  return everywhere.filter((position) => position >= first && position < last);
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function fromEnd(indices: readonly number[], size: number): number[] {
  return indices.map((index) => (index < 0 ? index + size : index));
}
