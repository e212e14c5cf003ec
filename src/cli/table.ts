// SPDX-License-Identifier: MIT
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvLines, tableNames, traceTable, type TableOptions } from '../core/index.js';
import { UsageError, type CommandSpec, type Parsed } from './arguments.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'table',
  arguments: ['trace'],
  summary: 'Writes the numbers of a recorded figure as CSV. A row stands for one number, with what it belongs to in named columns.',
  options: {
    out: { value: 'file', describe: 'file to write; without it the lines go to the standard output' },
    table: { value: 'name', describe: 'another table of the trace than its first; a name that it does not have lists them' },
    heads: { value: 'list', describe: 'of attention, only these heads: 0.3,2.5 (layer.head)' },
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const { out, table, heads } = parsed.text;
  const file = parsed.positional['trace']!;
  const trace = await traceIn(file);
  const options: TableOptions = { table, heads: heads?.split(',').map(headOf) };
  const lines = csvLines(traceTable(trace, options));
  if (out === undefined) {
    for (const line of lines) terminal.out(line);
    return;
  }
  await mkdir(dirname(out), { recursive: true });
  const target = createWriteStream(out);
  await pipeline(Readable.from(lines), target);
  const names = tableNames(trace);
  const others = names.filter((name) => name !== (table ?? names[0]));
  terminal.error(
    `${out}: ${(target.bytesWritten / 1024).toFixed(1)} KiB${others.length > 0 ? `; --table has ${others.join(', ')} too` : ''}\n`,
  );
}

async function traceIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${String(error)}). Give a file that \`vitrine record\` or “Save”, “Data (JSON)” wrote.`);
  }
}

function headOf(text: string): [number, number] {
  const [, layer, head] = /^\s*(\d+)\.(\d+)\s*$/.exec(text) ?? [];
  if (layer === undefined) throw new UsageError(`--heads takes layers and heads, such as 0.3,2.5; got "${text}".`);
  return [Number(layer), Number(head)];
}
