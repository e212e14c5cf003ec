// SPDX-License-Identifier: MIT
import { decodeArray } from '../arrays.js';
import { readArray, readBase, readHead, readToken } from '../base.js';
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
import type { TraceArray, TraceBase, TraceToken } from '../types.js';

/** A state of a run: a part of one layer's activation at a site. Axes that are left out are taken whole. */
export interface StatePlace {
  layer: number;
  head?: number;
  /** Position of the stream; of a pattern, the query. */
  position?: number;
  /** Of a pattern, the key. */
  key?: number;
}

/** What a model says at the end of a run. */
export interface RunOutput {
  /** The likeliest next tokens, most likely first. */
  top: { id: number; text: string; probability: number }[];
  /** The metric of the sweep. */
  value: number;
}

/** What the model says where the state `from` of one run was put at `to` in the other. */
export interface PatchedRunOutput extends RunOutput {
  from: StatePlace;
  to: StatePlace;
}

/** A sweep over a grid: what a metric says when one part of the model at a time is changed. `prompt` and `tokens` are of the run that is changed. */
export interface PatchingTrace extends TraceBase {
  kind: 'patching';
  technique: 'patching' | 'ablation' | 'tracing';
  /** What is changed: `resid_pre`, `head_out`, ...; see `PatchSite`. For `tracing`, what is restored. */
  site: string;
  /** Of `patching`: `denoise` puts clean values into the corrupted run, `noise` the other way. */
  direction?: 'denoise' | 'noise';
  /** Values are fractions of the difference between the two runs, not amounts of the metric. */
  normalized: boolean;
  /** Whether a position sees only those before it. */
  causal: boolean;
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
  /** Of `tracing`: the positions that got noise. */
  subject?: number[];
  /** What was asked, so that a live run goes on from it. */
  answer?: string;
  wrong?: string;
  /** What the model says at the end of the two runs, and of some patched ones. */
  outputs?: { clean: RunOutput; corrupted: RunOutput; patched: PatchedRunOutput[] };
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
    normalized: checkBoolean(fields['normalized'], 'trace.normalized'),
    causal: checkBoolean(fields['causal'], 'trace.causal'),
    axes,
    coordinates,
    values,
    missing: checkList(fields['missing'], 'trace.missing', (place, at) => checkInteger(place, at, 0, count - 1)),
    metric: checkString(fields['metric'], 'trace.metric'),
    meaning: checkString(fields['meaning'], 'trace.meaning'),
    base: checkFinite(fields['base'], 'trace.base'),
    neutral: checkFinite(fields['neutral'], 'trace.neutral'),
  };
  const position = (at: unknown, path: string): number => checkInteger(at, path, 0, base.tokens.length - 1);
  for (const axis of ['pos', 'dest', 'src']) {
    const far = base.tokens.length === 0 ? undefined : coordinates[axis]?.find((at) => Number(at) >= base.tokens.length);
    if (far !== undefined)
      throw invalidField(`trace.coordinates.${axis}`, `positions below ${base.tokens.length}, the number of tokens`, far);
  }
  for (const name of ['answer', 'wrong'] as const) {
    const text = checkOptionalString(fields[name], `trace.${name}`);
    if (text !== undefined) trace[name] = text;
  }
  if (fields['direction'] !== undefined)
    trace.direction = checkOneOf(fields['direction'], 'trace.direction', ['denoise', 'noise'] as const);
  if (fields['subject'] !== undefined) trace.subject = checkList(fields['subject'], 'trace.subject', position);
  if (fields['source'] !== undefined) {
    const source = checkObject(fields['source'], 'trace.source');
    trace.source = {
      value: checkFinite(source['value'], 'trace.source.value'),
      prompt: checkString(source['prompt'], 'trace.source.prompt'),
      tokens: checkList(source['tokens'], 'trace.source.tokens', readToken, base.tokens.length),
    };
  }
  if (fields['outputs'] !== undefined) {
    const outputs = checkObject(fields['outputs'], 'trace.outputs');
    trace.outputs = {
      clean: readOutput(outputs['clean'], 'trace.outputs.clean'),
      corrupted: readOutput(outputs['corrupted'], 'trace.outputs.corrupted'),
      patched: checkList(outputs['patched'], 'trace.outputs.patched', (entry, path) => {
        const run = checkObject(entry, path);
        return { from: readPlace(run['from'], `${path}.from`), to: readPlace(run['to'], `${path}.to`), ...readOutput(entry, path) };
      }),
    };
  }
  return trace;
}

function readOutput(value: unknown, path: string): RunOutput {
  const fields = checkObject(value, path);
  const top = checkList(fields['top'], `${path}.top`, (entry, at) => {
    const token = checkObject(entry, at);
    return {
      id: checkInteger(token['id'], `${at}.id`),
      text: checkString(token['text'], `${at}.text`),
      probability: checkFinite(token['probability'], `${at}.probability`),
    };
  });
  return { top, value: checkFinite(fields['value'], `${path}.value`) };
}

function readPlace(value: unknown, path: string): StatePlace {
  const fields = checkObject(value, path);
  const place: StatePlace = { layer: checkInteger(fields['layer'], `${path}.layer`) };
  for (const axis of ['head', 'position', 'key'] as const) {
    if (fields[axis] !== undefined) place[axis] = checkInteger(fields[axis], `${path}.${axis}`);
  }
  return place;
}
