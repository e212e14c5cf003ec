// SPDX-License-Identifier: MIT
import { throwIfAborted, type OnProgress } from '../../errors.js';
import { edit, type Edit } from '../../model/edits/edit.js';
import { Tensor } from '../../model/tensor.js';
import { nextTurn } from '../../turn.js';
import { agreeAt, repeatRows, withPlaces, type Place } from './places.js';
import type { RowRunner } from './row-runner.js';

/** One cell before it runs: the values of these hooks, at these places, are replaced by the source's. */
export interface PlannedCell {
  readonly index: readonly number[];
  /** First block that the cell changes. */
  readonly layer: number;
  readonly changes: readonly { readonly hook: string; readonly place: Place }[];
  /** For progress and errors: "resid_pre, layer 3, pos 7". */
  readonly label: string;
}

/** Where cells take their values from. */
export interface CellSources {
  /** The base run's activation of a hook, [prompts, ...]. */
  base(hook: string): Tensor;
  /** What comes in its place, of the same shape. */
  source(hook: string): Tensor;
  /** Whether a hook's values can be replaced; else the difference is added to them. */
  replaces(hook: string): boolean;
  /** Values of the metric in the base run, for cells that change nothing. */
  baseValues: Float64Array;
  prompts: number;
}

export interface CellOptions {
  batchSize?: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
  /** Whether cells whose source equals the base to the last bit get the base's value without a run. */
  skipUnchanged: boolean;
}

/**
 * Measures cells in their order, batching neighbours that start at the same block and change the same hooks.
 */
export async function* runCells(
  runner: RowRunner,
  cells: readonly PlannedCell[],
  sources: CellSources,
  options: CellOptions,
): AsyncGenerator<{ cell: PlannedCell; values: Float64Array }, void, undefined> {
  const atOnce = runner.copiesAtOnce(options.batchSize);
  let done = 0;
  const report = (label: string): void => options.onProgress?.({ phase: 'run', loaded: ++done, total: cells.length, item: label });
  let waiting: PlannedCell[] = [];
  const flush = async function* (): AsyncGenerator<{ cell: PlannedCell; values: Float64Array }> {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    await nextTurn();
    throwIfAborted(options.signal);
    const edits = editsOf(batch, sources);
    const measured = await runner.measure({ layer: batch[0]!.layer, copies: batch.length, edits }, (copy) => batch[copy]!.label);
    for (const [copy, cell] of batch.entries()) {
      report(cell.label);
      yield { cell, values: measured[copy]! };
    }
  };
  for (const cell of cells) {
    const unchanged =
      options.skipUnchanged && cell.changes.every(({ hook, place }) => agreeAt(sources.base(hook), sources.source(hook), place));
    if (unchanged) {
      throwIfAborted(options.signal);
      report(cell.label);
      yield { cell, values: sources.baseValues };
      continue;
    }
    if (waiting.length > 0 && (waiting.length === atOnce || !batchable(waiting[0]!, cell))) yield* flush();
    waiting.push(cell);
  }
  yield* flush();
}

function batchable(one: PlannedCell, other: PlannedCell): boolean {
  if (one.layer !== other.layer || one.changes.length !== other.changes.length) return false;
  return one.changes.every(({ hook }, index) => hook === other.changes[index]!.hook);
}

/** The edits of a batch, each cell in its own rows. */
function editsOf(cells: readonly PlannedCell[], sources: CellSources): Edit[] {
  const [first] = cells[0]!.changes;
  if (cells[0]!.changes.length === 1) {
    // Up to the one hook that is changed, every row is the base run: the whole activation can be set at once.
    const { hook } = first!;
    const places = cells.map(({ changes }) => changes[0]!.place);
    const base = sources.base(hook);
    if (sources.replaces(hook)) return [edit.patch(hook, withPlaces(base, sources.source(hook), places))];
    const source = sources.source(hook);
    const difference = source.map((value, at) => value - base.data[at]!);
    const nothing = new Tensor(new Float32Array(base.size), base.dims, base.axes);
    return [edit.add(hook, withPlaces(nothing, difference, places))];
  }
  return cells[0]!.changes.flatMap(({ hook }, index) => {
    const value = repeatRows(sources.source(hook), cells.length);
    return cells.map(({ changes }, copy) => {
      const { position, head, key } = changes[index]!.place;
      return edit.patch(hook, value, {
        rows: Array.from({ length: sources.prompts }, (_, prompt) => copy * sources.prompts + prompt),
        ...(position === undefined ? {} : { positions: position }),
        ...(head === undefined ? {} : { heads: head }),
        ...(key === undefined ? {} : { keys: key }),
      });
    });
  });
}
