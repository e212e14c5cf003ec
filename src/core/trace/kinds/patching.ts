// SPDX-License-Identifier: MIT
import { decodeArray } from '../arrays.js';
import { readArray, readBase, readHead, readToken } from '../base.js';
import { checkFinite, checkInteger, checkList, checkObject, checkOneOf, checkString, invalidField } from '../check.js';
import type { TraceArray, TraceBase, TraceToken } from '../types.js';

/** A sweep over a grid: what a metric says when one part of the model at a time is changed. `prompt` and `tokens` are of the run that is changed. */
export interface PatchingTrace extends TraceBase {
  kind: 'patching';
  technique: 'patching' | 'ablation' | 'tracing';
  /** What is changed: `resid_pre`, `head_out`, ...; see `PatchSite`. */
  site: string;
  /** Names of the axes of `values`, such as layer and pos. */
  axes: string[];
  /** What the indices along each axis stand for. */
  coordinates: Record<string, (number | string)[]>;
  /** One value per cell; 0 where it is missing. */
  values: TraceArray;
  /** Places in `values` that were not computed: of a sweep that was cancelled, or is still running. */
  missing: number[];
  metric: string;
  /** What a value means, in one sentence. */
  meaning: string;
  /** The metric of the run that is changed. */
  base: number;
  /** The value of a cell that changes nothing. */
  neutral: number;
  /** The metric of the run that values are taken from, and its prompt. */
  source?: { value: number; prompt: string; tokens: TraceToken[] };
  /** What was asked, so that a live run goes on from it. */
  answer?: string;
  wrong?: string;
}

/** As `readTrace`, for figures of a sweep. @throws VitrineError `invalid-trace` for anything else */
export function readPatchingTrace(value: unknown): PatchingTrace {
  const { fields, kind } = readHead(value, ['patching']);
  const base = readBase(fields);
  const axes = checkList(fields['axes'], 'trace.axes', checkString);
  const given = checkObject(fields['coordinates'], 'trace.coordinates');
  const coordinates: PatchingTrace['coordinates'] = {};
  for (const axis of axes) {
    const path = `trace.coordinates.${axis}`;
    coordinates[axis] = checkList(given[axis], path, (at, where) => (typeof at === 'string' ? at : checkInteger(at, where)));
  }
  const shape = axes.map((axis) => coordinates[axis]!.length);
  const values = readArray(fields['values'], 'trace.values', axes.join(', '), shape);
  const count = decodeArray(values).data.length;
  const trace: PatchingTrace = {
    ...base,
    kind,
    technique: checkOneOf(fields['technique'], 'trace.technique', ['patching', 'ablation', 'tracing'] as const),
    site: checkString(fields['site'], 'trace.site'),
    axes,
    coordinates,
    values,
    missing: checkList(fields['missing'], 'trace.missing', (place, at) => checkInteger(place, at, 0, count - 1)),
    metric: checkString(fields['metric'], 'trace.metric'),
    meaning: checkString(fields['meaning'], 'trace.meaning'),
    base: checkFinite(fields['base'], 'trace.base'),
    neutral: checkFinite(fields['neutral'], 'trace.neutral'),
  };
  const positions = coordinates['pos'] ?? coordinates['dest'];
  const far = positions?.find((position) => typeof position === 'number' && position >= base.tokens.length);
  if (far !== undefined) throw invalidField('trace.coordinates.pos', `positions below ${base.tokens.length}, the number of tokens`, far);
  for (const name of ['answer', 'wrong'] as const) if (fields[name] !== undefined) trace[name] = checkString(fields[name], `trace.${name}`);
  if (fields['source'] !== undefined) {
    const source = checkObject(fields['source'], 'trace.source');
    trace.source = {
      value: checkFinite(source['value'], 'trace.source.value'),
      prompt: checkString(source['prompt'], 'trace.source.prompt'),
      tokens: checkList(source['tokens'], 'trace.source.tokens', readToken),
    };
  }
  return trace;
}
