// SPDX-License-Identifier: MIT
import { decodeArray, rawArray, readPatchingTrace, version, VitrineError, type PatchingTrace } from '../shared/core.js';
import { displayTokens, type DisplayToken } from '../shared/token-display.js';

/** A sweep as it is drawn. */
export interface PatchingData extends Omit<
  PatchingTrace,
  'values' | 'missing' | 'tokens' | 'source' | 'subject' | 'format' | 'version' | 'kind'
> {
  dims: readonly number[];
  /** Row-major over `axes`; changes while a live sweep runs. */
  values: Float32Array;
  /** Places that have no value yet; changes likewise. */
  missing: Set<number>;
  /** The prompt that is changed. */
  tokens: DisplayToken[];
  /** The prompt that values come from. */
  source: { value: number; prompt: string; tokens: DisplayToken[] } | undefined;
  /** The two prompts as the author gave them. */
  pair: { clean: string; corrupted: string | undefined };
  /** Positions of the subject of a trace. */
  subject: ReadonlySet<number>;
}

/** Numbers of another tool: rows from top to bottom. `null` and NaN stand for cells without a value. */
export interface PlainGrid {
  values: readonly (readonly (number | null)[])[];
  rowLabels?: readonly (string | number)[];
  columnLabels?: readonly (string | number)[];
  /** What the numbers are, for the legend. */
  title?: string;
}

/** Reads a recorded trace. @throws VitrineError `invalid-trace` */
export function patchingFromTrace(value: unknown): PatchingData {
  const trace = readPatchingTrace(value);
  return {
    ...trace,
    dims: trace.values.shape,
    values: Float32Array.from(decodeArray(trace.values).data),
    missing: new Set(trace.missing),
    tokens: displayTokens(trace.tokens),
    source: trace.source && { ...trace.source, tokens: displayTokens(trace.source.tokens) },
    pair: pairOf(trace),
    subject: new Set(trace.subject),
  };
}

/** Plain numbers as a trace, whose axes are `row` and `column`. @throws VitrineError `invalid-trace` */
export function traceOfGrid({ values, rowLabels, columnLabels, title = '' }: PlainGrid): PatchingTrace {
  const width = values[0]?.length ?? 0;
  const labels = (given: PlainGrid['rowLabels'], count: number, name: string): (string | number)[] => {
    if (given && given.length !== count) {
      throw new VitrineError('invalid-trace', `grid.${name}: expected ${count} labels, got ${given.length}. Give one for each, or none.`);
    }
    return given ? given.map(String) : Array.from({ length: count }, (_, index) => index);
  };
  const odd = values.findIndex((row) => row.length !== width);
  if (odd >= 0) {
    throw new VitrineError(
      'invalid-trace',
      `grid.values[${odd}]: expected ${width} numbers as in the first row, got ${values[odd]!.length}. Correct the data.`,
    );
  }
  const flat = values.flat();
  const missing = [...flat.keys()].filter((index) => flat[index] === null || !Number.isFinite(flat[index]));
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'patching',
    provenance: { model: '', vitrine: version },
    prompt: '',
    tokens: [],
    technique: 'patching',
    site: '',
    normalized: false,
    causal: false,
    axes: ['row', 'column'],
    coordinates: { row: labels(rowLabels, values.length, 'rowLabels'), column: labels(columnLabels, width, 'columnLabels') },
    values: rawArray(
      Float32Array.from(flat, (value) => (Number.isFinite(value) ? value! : 0)),
      [values.length, width],
    ),
    missing,
    metric: title,
    meaning: title,
    base: 0,
    neutral: 0,
  };
}

/** Names of the run that values come from and of the run that is changed. */
export function runsOf({ direction }: Pick<PatchingTrace, 'direction'>): { from: 'clean' | 'corrupted'; into: 'clean' | 'corrupted' } {
  return direction === 'noise' ? { from: 'corrupted', into: 'clean' } : { from: 'clean', into: 'corrupted' };
}

function pairOf(figure: PatchingTrace): PatchingData['pair'] {
  const { prompt, source } = figure;
  return runsOf(figure).from === 'clean' && source
    ? { clean: source.prompt, corrupted: prompt }
    : { clean: prompt, corrupted: source?.prompt };
}

/** Whether data are the numbers of another tool, not a trace. */
export function isPlain(value: unknown): value is PlainGrid {
  return typeof value === 'object' && value !== null && !('format' in value) && Array.isArray((value as PlainGrid).values);
}
