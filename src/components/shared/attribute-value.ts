// SPDX-License-Identifier: MIT
import type { PropertyDeclaration } from 'lit';

const warned = new Set<string>();

/** What an author is told in the console, each sentence once. */
export function warnOnce(sentence: string): void {
  if (warned.has(sentence)) return;
  warned.add(sentence);
  console.warn(sentence);
}

/** The attribute that sets a property of an element; undefined where none does. */
export function attributeOf(property: PropertyKey, { attribute }: PropertyDeclaration): string | undefined {
  if (attribute === false) return undefined;
  return typeof attribute === 'string' ? attribute : String(property).toLowerCase();
}

/** One of a few words that an attribute can be: the first of them where it is something else, of which the author is told once. */
export function oneOf<T extends string>(tag: string, attribute: string, value: string | null | undefined, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined && value !== undefined && value !== null && value !== '') {
    warnOnce(`<${tag} ${attribute}="${value}">: allowed are ${words.map((word) => `"${word}"`).join(', ')}. "${words[0]}" is used.`);
  }
  return found ?? words[0]!;
}
