// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';

/** The error for a field of a trace: what was expected at `path`, what came, and what to do. */
export function invalidField(path: string, expected: string, came: unknown): VitrineError {
  return new VitrineError(
    'invalid-trace',
    `${path}: expected ${expected}, got ${describe(came)}. Record the figure again, or correct this field of its JSON.`,
  );
}

/** A value in a few words, for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'no fields'}`;
  return String(value);
}

/** An object that came from JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export function checkObject(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField(path, 'an object', value);
  return value as Fields;
}

export function checkString(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalidField(path, 'text', value);
  return value;
}

export function checkOptionalString(value: unknown, path: string): string | undefined {
  return value === undefined ? undefined : checkString(value, path);
}

export function checkBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw invalidField(path, 'true or false', value);
  return value;
}

/** A whole number from `least` to `most`, both included. */
export function checkInteger(value: unknown, path: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`;
    throw invalidField(path, `a whole number ${range}`, value);
  }
  return value;
}

export function checkFinite(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalidField(path, 'a finite number', value);
  return value;
}

/** A list whose items pass `item`, of `length` items where that is given. */
export function checkList<T>(value: unknown, path: string, item: (value: unknown, path: string) => T, length?: number): T[] {
  if (!Array.isArray(value)) throw invalidField(path, 'a list', value);
  if (length !== undefined && value.length !== length) throw invalidField(path, `a list of ${length}`, value);
  return value.map((entry, index) => item(entry, `${path}[${index}]`));
}

/** One of a few words. */
export function checkOneOf<T extends string>(value: unknown, path: string, words: readonly T[]): T {
  if (!words.includes(value as T)) throw invalidField(path, words.map((word) => `"${word}"`).join(' or '), value);
  return value as T;
}
