// SPDX-License-Identifier: MIT
import type { Layout } from './types.js';

/** A letter of a layout and the length that its axis has in the dry run. */
export interface Atom {
  letter: string;
  length: number;
}

/**
 * The layout of a tensor, from its dims alone: the axes in the given order if that fits, else in another order. Since the dry
 * run's open axes have prime lengths, mostly only one order fits. undefined where none does.
 *
 * @example
 * findLayout([10007 * 4, 20011, 12], [b, s, h, d])   // '(b h) s d'
 */
export function findLayout(dims: readonly number[], atoms: readonly Atom[]): Layout | undefined {
  for (const order of orders(atoms)) {
    const groups = group(dims, order);
    if (groups) return groups.map(write).join(' ');
  }
  return undefined;
}

const write = (letters: string[]): string => (letters.length === 0 ? '1' : letters.length === 1 ? letters[0]! : `(${letters.join(' ')})`);

/** Splits the atoms, in order, into groups whose products are the dims. */
function group(dims: readonly number[], atoms: readonly Atom[]): string[][] | undefined {
  const [dim, ...rest] = dims;
  if (dim === undefined) return atoms.length === 0 ? [] : undefined;
  let product = 1;
  for (let count = 1; count <= atoms.length; count++) {
    product *= atoms[count - 1]!.length;
    if (product > dim) break;
    if (product !== dim) continue;
    const tail = group(rest, atoms.slice(count));
    if (tail) return [atoms.slice(0, count).map(({ letter }) => letter), ...tail];
  }
  if (dim !== 1) return undefined;
  const tail = group(rest, atoms);
  return tail && [[], ...tail];
}

/** All orders of the atoms, nearest to the given one first. */
function orders(atoms: readonly Atom[]): Atom[][] {
  if (atoms.length <= 1) return [[...atoms]];
  return atoms.flatMap((first, at) => orders(atoms.filter((_, other) => other !== at)).map((rest) => [first, ...rest]));
}
