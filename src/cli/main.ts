#!/usr/bin/env node
// SPDX-License-Identifier: MIT
import process from 'node:process';
import { run } from './run.js';

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  columns: process.stdout.columns,
  progress: process.stderr.isTTY,
});
