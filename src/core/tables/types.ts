// SPDX-License-Identifier: MIT

/** What a cell holds; undefined where there is nothing to say. */
export type TableCell = string | number | boolean | undefined;

/** Numbers of a trace under named columns, one row for each; rows are made while they are read. */
export interface TraceTable {
  columns: readonly string[];
  rows: Iterable<readonly TableCell[]>;
}

/** What {@link traceTable} gives. */
export interface TableOptions {
  /** Which of the tables of the trace, where it is not the first: see {@link tableNames}. */
  table?: string | undefined;
  /** Of attention patterns, only these heads, each as layer and head. @defaultValue all */
  heads?: readonly (readonly [layer: number, head: number])[] | undefined;
}

/** The tables of one kind of trace, the main one first; undefined is a table for which a trace has no numbers. */
export type TablesOf<T> = Readonly<Record<string, (trace: T, options: TableOptions) => TraceTable | undefined>>;
