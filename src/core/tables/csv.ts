// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { TableCell, TraceTable } from './types.js';

/**
 * A table as comma-separated values (RFC 4180): a line of column names, then a line for each row, each ended by CR LF.
 *
 * Numbers have as many digits as give back the same float32, or the same double where they are none; a point, whatever the locale. A text that
 * a spreadsheet would take for a formula (it begins with = + - or @ and goes on) gets an apostrophe before it.
 *
 * @throws VitrineError `invalid-option` for a table that is longer than a string can be: write {@link csvLines} one by one
 * @example
 * toCSV(traceTable(trace))        // 'layer,head,query,query_token,key,key_token,weight\r\n0,0,0,When,0,When,1\r\n…'
 */
export function toCSV(table: TraceTable): string {
  try {
    let text = '';
    for (const line of csvLines(table)) text += line;
    return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new VitrineError('invalid-option', 'The table is longer than a string can be. Name some heads, or write csvLines one by one.', {
      cause: error,
    });
  }
}

/** The lines of {@link toCSV}, one after the other. */
export function* csvLines({ columns, rows }: TraceTable): Iterable<string> {
  yield lineOf(columns);
  for (const row of rows) yield lineOf(row);
}

function lineOf(cells: readonly TableCell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(cell: TableCell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return shortest(cell);
  if (typeof cell === 'boolean') return String(cell);
  const text = /^[\t\r]*[=+\-@]./su.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The fewest digits that give back the same number. */
function shortest(value: number): string {
  if (Number.isInteger(value) || Math.fround(value) !== value) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
