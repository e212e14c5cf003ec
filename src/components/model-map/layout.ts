// SPDX-License-Identifier: MIT
import { blockHeight, frameOf, gap, groupGap, headRows, heights, mlpHeight, sidingPadding, type Columns } from './frame.js';
import { groupSize, type MapData, type MapPart } from './map-data.js';
import type { MapStep } from './rows.js';

/** A rectangle in CSS pixels. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The heads of an attention, as cells in rows that hold whole groups. */
export interface HeadCells extends Rect {
  cells: Rect[];
  /** Under each group of heads that share keys and values; none where every head has its own. */
  groups: Rect[];
  rows: number;
}

/** One part in a siding. */
export interface SidingPart {
  part: MapPart;
  box: Rect;
  heads?: HeadCells;
}

/** A step with its place: `y` is its middle, from the top. */
export type PlacedStep = { y: number; height: number } & (
  | { step: Extract<MapStep, { part: MapPart }> }
  | { step: Extract<MapStep, { type: 'siding' }>; parts: SidingPart[]; read: number; write: number }
  | { step: Extract<MapStep, { type: 'block' }>; marks: Rect[] }
);

/** Where everything stands, in CSS pixels. */
export interface MapLayout extends Columns {
  width: number;
  height: number;
  /** The residual stream. */
  streamX: number;
  top: number;
  bottom: number;
  /** Left edge of the parts. */
  partsX: number;
  partsWidth: number;
  steps: PlacedStep[];
}

export function layoutMap(map: MapData, steps: readonly MapStep[], width: number): MapLayout {
  const { streamX, partsX, partsWidth, columns, header } = frameOf(width);
  const collapsed = steps.filter(({ type }) => type === 'block').length;
  const markHeight = Math.max(3, Math.min(24, blockHeight(width) / Math.max(1, collapsed)));

  let y = header;
  const placed = steps.map((step): PlacedStep => {
    const place = (height: number): { y: number; height: number } => {
      const at = { y: y + height / 2, height };
      y += height;
      return at;
    };
    switch (step.type) {
      case 'siding': {
        const start = y;
        const parts = partsOfSiding(map, step.parts, partsX, partsWidth, start + sidingPadding);
        const tallest = Math.max(...parts.map(({ box }) => box.height));
        const at = place(tallest + 2 * sidingPadding);
        return { step, ...at, parts, write: start + 5, read: start + at.height - 5 };
      }
      case 'block': {
        const at = place(markHeight);
        const thick = Math.min(9, Math.max(2, markHeight - 2));
        const half = partsWidth * 0.5;
        const mark = (from: number, to: number): Rect => ({ x: partsX + from, y: at.y - thick / 2, width: to - from, height: thick });
        return { step, ...at, marks: [mark(0, half * 0.6 - gap), mark(half * 0.6 + gap, half * 1.2)] };
      }
      default:
        return { step, ...place(heights[step.type]) };
    }
  });
  const first = placed[0]!;
  const last = placed.at(-1)!;
  const ends = (one: PlacedStep, type: 'embed' | 'unembed'): number => (one.step.type === type ? 0 : one.height / 2);
  return {
    width,
    height: Math.ceil(y),
    streamX,
    top: first.y + (first.step.type === 'unembed' ? 10 : -ends(first, 'unembed')),
    bottom: last.y - 2,
    partsX,
    partsWidth,
    ...columns,
    steps: placed,
  };
}

function partsOfSiding(map: MapData, parts: readonly MapPart[], x: number, width: number, y: number): SidingPart[] {
  const share = parts.length === 1 ? [1] : [0.6, 0.4];
  let left = x;
  const made = parts.map((part, index): SidingPart => {
    const room = width * share[index]! - (parts.length > 1 ? 12 : 0);
    const made = part.kind === 'mlp' ? mlpPart(part, left, y, room) : headsPart(map, part, left, y, room);
    left += width * share[index]!;
    return made;
  });
  // Side by side, the lower one stands in the middle of the higher one.
  const tallest = Math.max(...made.map(({ box }) => box.height));
  return made.map((one) => (one.heads ? one : { ...one, box: { ...one.box, y: one.box.y + (tallest - one.box.height) / 2 } }));
}

function mlpPart(part: MapPart, x: number, y: number, room: number): SidingPart {
  return { part, box: { x, y, width: Math.min(room, 260), height: mlpHeight } };
}

function headsPart(map: MapData, part: MapPart, x: number, y: number, room: number): SidingPart {
  const heads = layoutHeads(Math.max(1, map.facts.nHead), groupSize(map.facts), x, y, room);
  return { part, box: { x, y, width: heads.width, height: heads.height }, heads };
}

/** The heads of an attention, in rows that hold whole groups. */
export function layoutHeads(count: number, size: number, x: number, y: number, room: number): HeadCells {
  const grouped = size > 1;
  const { perRow, cell, rows, rowHeight } = headRows(count, size, room);
  const at = (head: number): Rect => {
    const column = head % perRow;
    const group = grouped ? Math.floor(column / size) : 0;
    return {
      x: x + column * (cell + gap) + group * groupGap,
      y: y + Math.floor(head / perRow) * rowHeight,
      width: cell,
      height: cell,
    };
  };
  const cells = Array.from({ length: count }, (_, head) => at(head));
  const groups = grouped
    ? Array.from({ length: Math.ceil(count / size) }, (_, group): Rect => {
        const first = at(group * size);
        const last = at(Math.min(count, (group + 1) * size) - 1);
        return { x: first.x, y: first.y + cell + 2, width: last.x + cell - first.x, height: 3 };
      })
    : [];
  const width = Math.max(...cells.map((one) => one.x + one.width)) - x;
  return { cells, groups, rows, x, y, width, height: rows * rowHeight - gap };
}
