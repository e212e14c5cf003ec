// SPDX-License-Identifier: MIT
import { parseArgs } from 'node:util';

/** What an option of the command line takes; `describe` is its line in the help. */
export interface OptionSpec {
  /** Placeholder of its value in the help; undefined for a switch. */
  value?: string;
  describe: string;
}

/** A command: what it is called with, and what its help says. */
export interface CommandSpec {
  name: string;
  /** Names of the arguments in order, such as ['model']. */
  arguments: readonly string[];
  summary: string;
  options: Readonly<Record<string, OptionSpec>>;
}

/** The arguments of one call: positional ones by name, and options by name. */
export interface Parsed {
  positional: Record<string, string>;
  text: Record<string, string | undefined>;
  switches: Record<string, boolean>;
}

/** A fault in the command line; its message is all that the user sees. */
export class UsageError extends Error {}

/** Reads a command line by its specification. @throws UsageError with what was expected and how to get help */
export function parse(spec: CommandSpec, argv: readonly string[]): Parsed {
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { values, positionals } = parsed(spec, () => parseArgs({ args: [...argv], options, allowPositionals: true, strict: true }));
  if (positionals.length !== spec.arguments.length) {
    const given = positionals.length === 1 ? 'one was' : `${positionals.length} were`;
    throw new UsageError(
      `vitrine ${spec.name} needs ${spec.arguments.map((name) => `<${name}>`).join(' ')}; ${given} given. Put an argument with spaces in quotes. ${hint(spec)}`,
    );
  }
  const result: Parsed = { positional: {}, text: {}, switches: {} };
  spec.arguments.forEach((name, index) => (result.positional[name] = positionals[index]!));
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') result.text[name] = value;
    else if (typeof value === 'boolean') result.switches[name] = value;
  }
  return result;
}

/** The help of one command. */
export function helpOf(spec: CommandSpec): string {
  const rows = Object.entries(spec.options).map(
    ([name, { value, describe }]) => [`--${name}${value ? ` <${value}>` : ''}`, describe] as const,
  );
  const column = Math.max(0, ...rows.map(([left]) => left.length)) + 2;
  return [
    `vitrine ${[spec.name, ...spec.arguments.map((name) => `<${name}>`)].join(' ')} [options]`,
    '',
    spec.summary,
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(column)}${right}`),
    '',
  ].join('\n');
}

/**
 * Numbers of layers such as "0,3-5".
 *
 * @returns each number once, in ascending order
 * @throws UsageError for anything else, or for a layer that the model has not
 */
export function layerList(text: string, nLayer: number): number[] {
  const layers = new Set<number>();
  for (const part of text.split(',')) {
    const range = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    if (!range) throw new UsageError(`--layers takes numbers and ranges such as 0,3-5; got "${text}".`);
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (last < first || last >= nLayer)
      throw new UsageError(`--layers takes layers from 0 to ${nLayer - 1}, as this model has ${nLayer}; got "${text}".`);
    for (let layer = first; layer <= last; layer++) layers.add(layer);
  }
  return [...layers].sort((a, b) => a - b);
}

/**
 * The number that an option gives, or undefined where it is left out.
 *
 * @param limits - `least`: the smallest number that will do; `whole`: whether fractions will not, as is usual
 * @throws UsageError that says what will do
 */
export function numberOption({ text }: Parsed, name: string, { least = -Infinity, whole = true } = {}): number | undefined {
  const given = text[name];
  if (given === undefined) return undefined;
  const value = given.trim() === '' ? NaN : Number(given);
  if ((whole ? Number.isInteger(value) : Number.isFinite(value)) && value >= least) return value;
  const expected = `a ${whole ? 'whole ' : ''}number${least === -Infinity ? '' : ` from ${least} up`}`;
  throw new UsageError(`--${name} takes ${expected}; got "${given}".`);
}

/** Without the fields that are undefined. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** One of a few words. @throws UsageError that lists them */
export function choice<T extends string>(option: string, value: string | undefined, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((word) => word === value);
  if (found === undefined) throw new UsageError(`--${option} takes ${choices.join(', ')}; got "${value}".`);
  return found;
}

function parsed<T>(spec: CommandSpec, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/\. To specify a positional.*$/s, '.') : String(error);
    throw new UsageError(`${message}${/\.$/.test(message) ? '' : '.'} ${hint(spec)}`);
  }
}

function hint({ name }: CommandSpec): string {
  return `Run \`vitrine ${name} --help\` for what it takes.`;
}
