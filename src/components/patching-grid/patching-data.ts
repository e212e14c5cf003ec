// SPDX-License-Identifier: MIT
import { decodeArray, readPatchingTrace, type PatchingTrace } from '../shared/core.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';

/** A sweep as it is drawn. */
export interface PatchingData {
  technique: PatchingTrace['technique'];
  site: string;
  axes: string[];
  dims: number[];
  coordinates: PatchingTrace['coordinates'];
  /** Row-major over `axes`; changes while a live sweep runs. */
  values: Float32Array;
  /** Places that have no value yet; changes likewise. */
  missing: Set<number>;
  metric: string;
  meaning: string;
  base: number;
  neutral: number;
  /** The prompt that is changed. */
  prompt: string;
  tokens: DisplayToken[];
  /** The prompt that values come from. */
  source: { value: number; prompt: string; tokens: DisplayToken[] } | undefined;
  answer: string | undefined;
  wrong: string | undefined;
  model: string;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function patchingFromTrace(value: unknown): PatchingData {
  const trace = readPatchingTrace(value);
  return {
    technique: trace.technique,
    site: trace.site,
    axes: trace.axes,
    dims: trace.values.shape,
    coordinates: trace.coordinates,
    values: Float32Array.from(decodeArray(trace.values).data),
    missing: new Set(trace.missing),
    metric: trace.metric,
    meaning: trace.meaning,
    base: trace.base,
    neutral: trace.neutral,
    prompt: trace.prompt,
    tokens: displayTokens(trace.tokens),
    source: trace.source && { ...trace.source, tokens: displayTokens(trace.source.tokens) },
    answer: trace.answer,
    wrong: trace.wrong,
    model: trace.provenance.model,
  };
}

/** Numbers from another tool as a sweep without tokens: rows are layers, columns what `columnAxis` says. */
export function patchingFromRows(rows: readonly (readonly number[])[], tokens: readonly string[] | undefined): unknown {
  const columns = rows[0]?.length ?? 0;
  const flat = rows.flat();
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'patching',
    provenance: { model: '', vitrine: '' },
    prompt: tokens?.join('') ?? '',
    tokens: tokens?.map((text) => ({ id: 0, text })) ?? [],
    technique: 'patching',
    site: '',
    axes: ['layer', tokens ? 'pos' : 'head'],
    coordinates: { layer: rows.map((_, layer) => layer), [tokens ? 'pos' : 'head']: Array.from({ length: columns }, (_, at) => at) },
    values: { shape: [rows.length, columns], values: Float32Array.from(flat) },
    missing: [],
    metric: '',
    meaning: '',
    base: 0,
    neutral: 0,
  };
}

/** The two axes that are drawn, and those of which one place is chosen. */
export interface Slice {
  row: string;
  column: string;
  /** Other axes, with the index chosen. */
  picked: readonly { axis: string; index: number }[];
}

const columnOrder = ['src', 'pos', 'dest', 'head'];

/** Layers upward, positions or heads across; a pattern by destination and source is drawn as a pattern. */
export function sliceOf({ axes, dims }: PatchingData, picks: Readonly<Record<string, number>>): Slice {
  const column = columnOrder.find((axis) => axes.includes(axis)) ?? axes.at(-1)!;
  const row = column === 'src' ? 'dest' : 'layer';
  const picked = axes
    .filter((axis) => axis !== row && axis !== column)
    .map((axis) => ({ axis, index: Math.min(Math.max(0, picks[axis] ?? 0), dims[axes.indexOf(axis)]! - 1) }));
  return { row, column, picked };
}

/** Place in `values` of a cell of the slice. */
export function placeOf({ axes, dims }: PatchingData, slice: Slice, row: number, column: number): number {
  return axes.reduce((offset, axis, at) => {
    const index = axis === slice.row ? row : axis === slice.column ? column : slice.picked.find((pick) => pick.axis === axis)!.index;
    return offset * dims[at]! + index;
  }, 0);
}

export function lengthOf({ axes, dims }: PatchingData, axis: string): number {
  return dims[axes.indexOf(axis)]!;
}

/** The greatest distance of any value from what changes nothing, as a round number. */
export function greatest({ values, missing, neutral }: PatchingData): number {
  let most = 0;
  for (let place = 0; place < values.length; place++) if (!missing.has(place)) most = Math.max(most, Math.abs(values[place]! - neutral));
  if (most === 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 5, 10].map((step) => step * unit).find((round) => round >= most - 1e-6)!;
}
