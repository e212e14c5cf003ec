// SPDX-License-Identifier: MIT
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storable, type Trace } from '../core/index.js';
import type { OptionSpec, Parsed } from './arguments.js';
import type { Terminal } from './terminal.js';

/** The option that all recording commands share. */
export const outOption: Readonly<Record<string, OptionSpec>> = {
  out: { value: 'file', describe: 'file to write; without it the JSON goes to the standard output' },
};

/** Writes a trace to `--out`, or to the standard output. */
export async function writeTrace(parsed: Parsed, terminal: Terminal, trace: Trace): Promise<void> {
  const json = `${JSON.stringify(storable(trace))}\n`;
  const { out } = parsed.text;
  if (out === undefined) {
    terminal.out(json);
    return;
  }
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, json);
  const tokens = trace.tokens.length > 0 ? `, ${trace.tokens.length} tokens` : '';
  terminal.error(`${out}: ${(json.length / 1024).toFixed(1)} KiB${tokens}\n`);
}
