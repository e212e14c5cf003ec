// SPDX-License-Identifier: MIT
// Where everything stands follows from the width alone, so that the place is the same before there are data.

/** Edge of a pattern in the list, CSS pixels. */
export const thumbnailEdge = 40;
const rowHeight = thumbnailEdge + 6;
/** Above the words under map and pattern. */
export const underGap = 3;

/** Sizes of a finder in CSS pixels. */
export interface FinderSizes {
  /** Map and pattern under the list, in a column beside it, or in two. */
  columns: 'one' | 'two' | 'three';
  map: { width: number; height: number };
  /** Edge of the pattern of the chosen head. */
  edge: number;
  /** Between list, map and pattern. */
  gap: number;
  /** Lines of the words under map and pattern. */
  lines: number;
}

export function sizesOf(width: number): FinderSizes {
  if (width >= 860) return { columns: 'three', map: { width: 220, height: 165 }, edge: 320, gap: 32, lines: 1 };
  if (width >= 560) return { columns: 'two', map: { width: 224, height: 100 }, edge: 224, gap: 14, lines: 1 };
  const edge = Math.min(220, Math.floor((width - 14) / 2));
  return { columns: 'one', map: { width: edge, height: Math.round(edge * 0.75) }, edge, gap: 14, lines: 2 };
}

/** Height of list, map and pattern, as CSS; `top` is how many heads are listed. */
export function finderHeight(width: number, top: number): string {
  const { columns, map, edge, gap, lines } = sizesOf(width);
  const list = Math.max(1, top) * rowHeight;
  const pattern = edge + underGap;
  switch (columns) {
    case 'one':
      return `calc(${list + gap + pattern}px + ${1.4 * lines}em)`;
    case 'two':
      return `max(${list}px, ${map.height + underGap + gap + pattern}px + ${2.8 * lines}em)`;
    case 'three':
      return `max(${list}px, ${pattern}px + ${1.4 * lines}em)`;
  }
}
