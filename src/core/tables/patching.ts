// SPDX-License-Identifier: MIT
import { decodeArray } from '../trace/arrays.js';
import type { PatchingTrace, RunOutput, StatePlace } from '../trace/kinds/patching.js';
import type { TableCell, TablesOf } from './types.js';

export const patchingTables: TablesOf<PatchingTrace> = {
  values: (trace) => {
    const { axes, source } = trace;
    const columns = axes.flatMap((axis) => [
      axis,
      ...(isPosition(axis) ? [`${axis}_token`, ...(source ? [`${axis}_source_token`] : [])] : []),
    ]);
    return { columns: [...columns, 'value'], rows: cells(trace) };
  },
  outputs: ({ outputs }) => outputs && { columns: outputColumns, rows: outputRows(outputs) },
};

/** Axes whose indices are positions of the prompt. */
function isPosition(axis: string): boolean {
  return axis === 'pos' || axis === 'src' || axis === 'dest';
}

/** A cell that was not computed has no value. */
function* cells({ axes, coordinates, values, missing, tokens, source }: PatchingTrace): Iterable<TableCell[]> {
  const lengths = axes.map((axis) => coordinates[axis]!.length);
  const absent = new Set(missing);
  for (const [cell, value] of decodeArray(values).data.entries()) {
    let [left, row]: [number, TableCell[]] = [cell, []];
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const at = coordinates[axes[axis]!]![left % lengths[axis]!]!;
      left = Math.floor(left / lengths[axis]!);
      const texts = isPosition(axes[axis]!) ? [tokens[Number(at)]?.text, ...(source ? [source.tokens[Number(at)]?.text] : [])] : [];
      row = [at, ...texts, ...row];
    }
    yield [...row, absent.has(cell) ? undefined : value];
  }
}

const places = ['layer', 'head', 'position', 'key'] as const;
const outputColumns = [
  'run',
  ...places.map((name) => `from_${name}`),
  ...places.map((name) => `to_${name}`),
  'metric',
  'rank',
  'id',
  'token',
  'probability',
];

function* outputRows({ clean, corrupted, patched }: NonNullable<PatchingTrace['outputs']>): Iterable<TableCell[]> {
  const runs: { run: string; output: RunOutput; from?: StatePlace; to?: StatePlace }[] = [
    { run: 'clean', output: clean },
    { run: 'corrupted', output: corrupted },
    ...patched.map(({ from, to, ...output }) => ({ run: 'patched', output, from, to })),
  ];
  for (const { run, output, from, to } of runs) {
    for (const [rank, { id, text, probability }] of output.top.entries()) {
      yield [run, ...places.map((name) => from?.[name]), ...places.map((name) => to?.[name]), output.value, rank, id, text, probability];
    }
  }
}
