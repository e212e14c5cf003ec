// SPDX-License-Identifier: MIT

/** Heights of a row of candidates and of a node of the beam search, CSS pixels. */
export const rowPx = 26;
export const nodePx = 24;

/** Below this width the columns have room for one word. */
export const narrowPx = 400;

/** From these widths on, the depth of a beam search goes to the right, and every sequence that ends has a row; else every node has one. */
const [deepFromPx, leastBeamPx, mostBeamPx, beamGapPx] = [620, 92, 220, 22];

/** Width of a node where depth goes to the right, CSS pixels; undefined where there is no room for that. */
export function beamPx(widthPx: number, depth: number): number | undefined {
  const each = Math.floor(widthPx / Math.max(1, depth)) - beamGapPx;
  return widthPx >= deepFromPx && each >= leastBeamPx ? Math.min(mostBeamPx, each) : undefined;
}

/** Settings of decoding: five sliders and the seed. */
export const settingCount = 6;
