// SPDX-License-Identifier: MIT
import { positionWithin } from '../../shared/positions.js';
import { cellIndex, type LensData } from '../lens-data.js';
import { entriesOf } from '../pin-entries.js';

/** More curves than these cannot be told apart. */
export const mostCurves = 8;

/** The groups of tokens that an attribute names, see {@link entriesOf}. Tokens that the data do not know are left out. */
export function readPins(text: string | undefined, figure: LensData): number[][] {
  if (!text) return [];
  const ids = idsByText(figure);
  const find = (entry: unknown): number[] => {
    if (typeof entry === 'number') return [entry];
    const id = typeof entry === 'string' ? (ids.get(entry) ?? ids.get(` ${entry}`)) : undefined;
    return id === undefined ? [] : [id];
  };
  return entriesOf(text)
    .map((entry) => (Array.isArray(entry) ? entry.flatMap(find) : find(entry)))
    .filter((group) => group.length > 0);
}

/** What {@link readPins} reads: texts, and ids where two tokens have the same text. */
export function writePins(groups: readonly (readonly number[])[], figure: LensData): string | undefined {
  const ids = idsByText(figure);
  const entry = (id: number): string | number => {
    const { text } = figure.tokenOf(id);
    return ids.get(text) === id ? text : id;
  };
  const entries = groups.map((group) => (group.length === 1 ? entry(group[0]!) : group.map(entry)));
  return entries.length ? JSON.stringify(entries) : undefined;
}

/** The positions that an attribute names, each once: "3, -1". */
export function readPositions(text: string | undefined, count: number): number[] {
  const numbers = (text ?? '').split(/[\s,]+/).filter((word) => /^-?\d+$/.test(word));
  return [...new Set(numbers.map((word) => positionWithin(Number(word), count)))];
}

/** A token goes into a group of its own, into the last group, or away where it is there already. */
export function togglePin(groups: readonly (readonly number[])[], id: number, add: boolean): number[][] {
  const alone = groups.findIndex((group) => group.length === 1 && group[0] === id);
  const last = groups.at(-1);
  if (add && last && !(last.length === 1 && last[0] === id)) {
    const changed = last.includes(id) ? last.filter((member) => member !== id) : [...last, id];
    return [...groups.slice(0, -1).filter((_, index) => index !== alone), changed].map((group) => [...group]);
  }
  const rest = groups.map((group) => [...group]);
  if (alone < 0) return [...rest, [id]];
  return rest.filter((_, index) => index !== alone);
}

const texts = new WeakMap<LensData, Map<string, number>>();

/** Every token of the data by its text; of two with the same text the one that is met first. */
export function idsByText(figure: LensData): Map<string, number> {
  let known = texts.get(figure);
  if (!known) {
    texts.set(figure, (known = new Map()));
    const ids: number[] = figure.target ? [figure.target.id] : [];
    for (let at = cellIndex(figure, figure.labels.length, 0) * figure.k - 1; at >= 0; at--) ids.push(figure.topIds[at]!);
    for (const id of ids) {
      const { text } = figure.tokenOf(id);
      if (!known.has(text)) known.set(text, id);
    }
  }
  return known;
}
