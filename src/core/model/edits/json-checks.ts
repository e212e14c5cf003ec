// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';

/** An object that came from JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** The error for a field of an edit: what was expected at `path` and what came. */
export function bad(path: string, expected: string, came: unknown): VitrineError {
  return new VitrineError('invalid-input', `${path} must be ${expected}; got ${short(came)}. Correct this field of the JSON.`);
}

function short(value: unknown): string {
  if (value === undefined) return 'nothing';
  const written = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}

export function fields(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw bad(path, 'an object', value);
}

export function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw bad(path, 'text', value);
}

export function finite(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw bad(path, 'a finite number', value);
}

export function integer(value: unknown, path: string, least = -Infinity): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
  throw bad(path, least === -Infinity ? 'a whole number' : `a whole number from ${least} up`, value);
}

export function list<T>(value: unknown, path: string, item: (value: unknown, path: string) => T): T[] {
  if (Array.isArray(value)) return value.map((entry, index) => item(entry, `${path}[${index}]`));
  throw bad(path, 'a list', value);
}
