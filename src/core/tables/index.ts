// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { readTrace, type Trace } from '../trace/read.js';
import { attentionTables } from './attention.js';
import { attributionTables } from './attribution.js';
import { headsTables } from './heads.js';
import { logitLensTables } from './logit-lens.js';
import { modelTables } from './model.js';
import { nextTokenTables } from './next-token.js';
import { patchingTables } from './patching.js';
import { steeringTables } from './steering.js';
import { tokensTables } from './tokens.js';
import type { TableOptions, TablesOf, TraceTable } from './types.js';

export { csvLines, toCSV } from './csv.js';
export type { TableCell, TableOptions, TraceTable } from './types.js';

const tables: { [Kind in Trace['kind']]: TablesOf<never> } = {
  attention: attentionTables,
  attribution: attributionTables,
  'logit-lens': logitLensTables,
  model: modelTables,
  heads: headsTables,
  'next-token': nextTokenTables,
  steering: steeringTables,
  patching: patchingTables,
  tokens: tokensTables,
};

/** Names of the tables that a trace has numbers for, the main one first. @throws VitrineError `invalid-trace` */
export function tableNames(trace: unknown): string[] {
  const read = readTrace(trace);
  return Object.entries(tables[read.kind])
    .filter(([, make]) => make(read as never, {}) !== undefined)
    .map(([name]) => name);
}

/**
 * The numbers of a trace as a table in long form: a row for each number, with what it belongs to in named columns. Layers, heads, positions
 * and ranks count from 0.
 *
 * | kind | tables |
 * | --- | --- |
 * | `attention` | `weights`: layer, head, query, query_token, key, key_token, weight; `scores` |
 * | `attribution` | `parts`: level, name, layer, head, neuron, key, key_token, value; `lens` |
 * | `heads` | `scores`: layer, head, kind, convention, score; `patterns` |
 * | `logit-lens` | `tokens`: point, label, position, token, rank, id, predicted, probability; `points`: entropy_nats, kl_to_final_nats |
 * | `model` | `names`: what, name, layer, axes, dims, parameters, note; `values` |
 * | `next-token` | `candidates`: step, position, rank, id, token, logit, probability, chosen; `beams` |
 * | `patching` | `values`: a column for each axis, with the tokens of positions, and value; `outputs` |
 * | `steering` | `texts`: strength, text, index, id, token, probability_without, probability_with; `pairs`; `vector` |
 * | `tokens` | `values`: position, id, token, a column for each row of values |
 *
 * Keys that a causal mask hides have no row, and a number that was not computed has an empty cell.
 *
 * @throws VitrineError `invalid-trace`; `invalid-option` for a table or a head that the trace does not have
 * @example
 * const trace = await recordFigure(model, 'attention', { prompt });
 * const { columns, rows } = traceTable(trace, { heads: [[0, 3]] });
 * await writeFile('head.csv', toCSV({ columns, rows }));
 */
export function traceTable(trace: unknown, options: TableOptions = {}): TraceTable {
  const read = readTrace(trace);
  const kinds = tables[read.kind];
  const name = options.table ?? Object.keys(kinds)[0]!;
  const table = Object.hasOwn(kinds, name) ? kinds[name]!(read as never, options) : undefined;
  if (table) return table;
  throw new VitrineError('invalid-option', `table: expected one of this trace's tables (${tableNames(read).join(', ')}), got "${name}".`);
}
