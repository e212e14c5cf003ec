// SPDX-License-Identifier: MIT
import type { AttentionScene } from '../scene.js';

/** Which of the two texts a token stands in; a text that attends to itself is the queries' alone. */
export type Side = 'query' | 'key';

/** What the selection means on the text. */
export interface Linking {
  cross: boolean;
  /** The query whose keys are shaded. */
  from: number | undefined;
  /** The key whose queries are underlined. */
  into: number | undefined;
  /** The token that the reader points at. */
  chosen: Partial<Record<Side, number | undefined>>;
  /** The other token of a selected pair. */
  ringed: Partial<Record<Side, number | undefined>>;
}

/** Reads a selection, of this view or of a linked one: a token, or a query and a key. */
export function linking({ figure, selection, direction }: AttentionScene): Linking {
  const { query, key } = selection;
  const cross = figure.keyTokens !== figure.tokens;
  const pair = query !== undefined && key !== undefined;
  if (cross) {
    return { cross, from: query, into: pair ? undefined : key, chosen: pair ? { query } : { query, key }, ringed: pair ? { key } : {} };
  }
  const token = query ?? key;
  return {
    cross,
    from: direction === 'in' ? undefined : token,
    into: direction === 'out' || pair ? undefined : token,
    chosen: { query: token },
    ringed: pair ? { query: key } : {},
  };
}

/** The weights that a token shows: `out`, of the chosen query on it; `into`, of it on the chosen key. */
export function shadeOf(
  { cross, from, into }: Linking,
  side: Side,
  at: number,
  weight: (query: number, key: number) => number | undefined,
): { out: number | undefined; into: number | undefined } {
  return {
    out: from === undefined || (cross && side === 'query') ? undefined : weight(from, at),
    into: into === undefined || (cross && side === 'key') ? undefined : weight(at, into),
  };
}

/** What pointing at a token selects. */
export function targetOf({ figure, direction }: AttentionScene, side: Side, at: number): { query?: number; key?: number } {
  const key = figure.keyTokens === figure.tokens ? direction === 'in' : side === 'key';
  return key ? { key: at } : { query: at };
}
