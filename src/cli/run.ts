// SPDX-License-Identifier: MIT
import { version, VitrineError } from '../core/index.js';
import { helpOf, parse, UsageError, type CommandSpec, type Parsed } from './arguments.js';
import * as inspect from './inspect.js';
import * as recordAttention from './record-attention.js';
import * as recordAttribution from './record-attribution.js';
import * as recordHeads from './record-heads.js';
import * as recordLens from './record-lens.js';
import * as recordModel from './record-model.js';
import * as recordNext from './record-next.js';
import * as recordPatching from './record-patching.js';
import * as recordSteering from './record-steering.js';
import * as recordTokens from './record-tokens.js';
import * as table from './table.js';
import type { Terminal } from './terminal.js';
import * as vendor from './vendor.js';

/** A command's module. */
interface Command {
  spec: CommandSpec;
  execute(parsed: Parsed, terminal: Terminal): Promise<void>;
}

const commands: readonly Command[] = [
  inspect,
  recordAttention,
  recordAttribution,
  recordHeads,
  recordLens,
  recordModel,
  recordNext,
  recordPatching,
  recordSteering,
  recordTokens,
  table,
  vendor,
];

/**
 * Runs a command line.
 *
 * @param argv - the words after `vitrine`
 * @returns the exit status: 0, or 1 after an error, of which only the message is shown
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (argv[0] === '--version') {
      terminal.out(`${version}\n`);
      return 0;
    }
    const command = commands.find(({ spec }) => spec.name.split(' ').every((word, index) => argv[index] === word));
    if (!command && argv.length > 0 && !argv.includes('--help')) {
      throw new UsageError(`There is no command "${argv.join(' ')}". Run \`vitrine --help\` for the list.`);
    }
    if (!command || argv.includes('--help')) {
      terminal.out(command ? helpOf(command.spec) : overview());
      return 0;
    }
    await command.execute(parse(command.spec, argv.slice(command.spec.name.split(' ').length)), terminal);
    return 0;
  } catch (error) {
    terminal.error(`${messageOf(error)}\n`);
    return 1;
  }
}

function overview(): string {
  const column = Math.max(...commands.map(({ spec }) => usage(spec).length)) + 2;
  return [
    `vitrine ${version}: open a transformers.js model and read its insides`,
    '',
    ...commands.map(({ spec }) => `  ${usage(spec).padEnd(column)}${spec.summary.split('. ')[0]!.replace(/\.$/, '')}`),
    '',
    'A model is a hub id (onnx-community/gpt2-ONNX), a folder, a URL, or vitrine/storyteller, the one inside this package.',
    '`vitrine <command> --help` says more.',
    '',
  ].join('\n');
}

function usage(spec: CommandSpec): string {
  return [spec.name, ...spec.arguments.map((name) => `<${name}>`)].join(' ');
}

/** The message alone for errors that we explain; a fault of ours keeps its stack, so that it can be reported. */
function messageOf(error: unknown): string {
  if (error instanceof VitrineError || error instanceof UsageError) return error.message;
  return error instanceof Error && !('code' in error)
    ? (error.stack ?? error.message)
    : error instanceof Error
      ? error.message
      : String(error);
}
