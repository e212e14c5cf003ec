// SPDX-License-Identifier: MIT
import { bad, fields, integer, list, text } from './json-checks.js';
import type { Positions, Selection } from './selection.js';

/** A checked copy of a selection. @throws VitrineError `invalid-input` */
export function readSelection(value: unknown, path: string): Selection {
  const from = fields(value ?? {}, path);
  const known = ['positions', 'keys', 'heads', 'neurons', 'rows', 'steps'];
  const unknown = Object.keys(from).find((name) => !known.includes(name));
  if (unknown !== undefined) throw bad(`${path}.${unknown}`, `left out: a selection has ${known.join(', ')}`, from[unknown]);
  const given = <T>(name: string, read: (value: unknown, path: string) => T): Record<string, T> =>
    from[name] === undefined ? {} : { [name]: read(from[name], `${path}.${name}`) };
  return {
    ...given('positions', readPositions),
    ...given('keys', readPositions),
    ...given('heads', readIndices),
    ...given('neurons', readIndices),
    ...given('rows', readIndices),
    ...given('steps', readSteps),
  };
}

function readIndices(value: unknown, path: string): number | number[] {
  return Array.isArray(value) ? list(value, path, (index, at) => integer(index, at)) : integer(value, path);
}

function readSteps(value: unknown, path: string): NonNullable<Selection['steps']> {
  if (value === 'all' || value === 'prompt' || value === 'generation') return value;
  if (typeof value === 'string') throw bad(path, '"all", "prompt", "generation" or step numbers', value);
  return readIndices(value, path);
}

function readPositions(value: unknown, path: string): Positions {
  if (value === 'all') return value;
  if (typeof value === 'number' || Array.isArray(value)) return readIndices(value, path);
  if (typeof value === 'string') throw bad(path, '"all", positions, { token } or { from, to }', value);
  const from = fields(value, path);
  if (from['token'] !== undefined) {
    return { token: typeof from['token'] === 'string' ? text(from['token'], `${path}.token`) : integer(from['token'], `${path}.token`, 0) };
  }
  const unknown = Object.keys(from).find((name) => name !== 'from' && name !== 'to');
  if (unknown !== undefined) throw bad(`${path}.${unknown}`, 'left out: a range has from and to', from[unknown]);
  // An open end needs no number, and JSON has none for it.
  const bound = (name: 'from' | 'to'): Record<string, number> =>
    from[name] === undefined || from[name] === Infinity ? {} : { [name]: integer(from[name], `${path}.${name}`) };
  return { ...bound('from'), ...bound('to') };
}
