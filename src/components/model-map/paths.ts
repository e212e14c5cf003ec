// SPDX-License-Identifier: MIT
import type { Rect } from './layout.js';

/** A coordinate as it is written: a hundredth of a pixel is nobody's. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** Diagonal lines inside a rectangle. Drawn as lines, since a pattern would need an id that two exported figures could share. */
export function hatchPath({ x, y, width, height }: Rect, step = 4): string {
  const lines: string[] = [];
  for (let at = step / 2; at < width + height; at += step) {
    const from = [x + Math.min(at, width), y + Math.max(0, at - width)];
    const to = [x + Math.max(0, at - height), y + Math.min(at, height)];
    lines.push(`M${from.map(round).join(' ')}L${to.map(round).join(' ')}`);
  }
  return lines.join('');
}

const points = (list: readonly (readonly [number, number])[]): string => `M${list.map((point) => point.map(round).join(' ')).join('L')}Z`;

/** A matrix as a shape as wide as what goes in below and what comes out above: an embedding narrows, an unembedding widens. */
export function trapezoid(middle: number, top: number, height: number, above: number, below: number): string {
  return points([
    [middle - above / 2, top],
    [middle + above / 2, top],
    [middle + below / 2, top + height],
    [middle - below / 2, top + height],
  ]);
}

const neuronsHeight = 4;

/** The neurons of an MLP, between its matrices. */
export function neuronsOf({ x, y, width, height }: Rect): Rect {
  return { x, y: y + (height - neuronsHeight) / 2, width, height: neuronsHeight };
}

/** The matrices of an MLP: from d_model up to d_mlp and down again; its lower half is two matrices where it is gated. */
export function mlpPath({ x, y, width, height }: Rect, share: number, gated: boolean): string {
  const middle = x + width / 2;
  const narrow = width * share;
  const side = (height - neuronsHeight) / 2 - 1;
  const bottom = y + height;
  const upper = trapezoid(middle, y, side, narrow, width);
  if (!gated) return upper + trapezoid(middle, bottom - side, side, width, narrow);
  const half = (sign: -1 | 1): string =>
    points([
      [middle + sign * 2, bottom - side],
      [middle + (sign * width) / 2, bottom - side],
      [middle + (sign * narrow) / 2, bottom],
      [middle + sign * 2, bottom],
    ]);
  return upper + half(-1) + half(1);
}

/** From the stream to the right along `y`, and up or down to each of `ends` at `to`. */
export function branch(streamX: number, y: number, to: number, ends: readonly number[], leaves: boolean): string {
  const last = Math.max(...ends);
  const radius = 5;
  const turn = Math.sign(to - y) * Math.min(radius, Math.abs(to - y));
  // The way out leaves the stream like a switch; the way back arrives at the sum.
  const start = leaves ? `M${streamX} ${round(y + 8)}Q${streamX} ${round(y)} ${streamX + 10} ${round(y)}` : `M${streamX} ${round(y)}`;
  const end = `H${round(last - radius)}Q${round(last)} ${round(y)} ${round(last)} ${round(y + turn)}V${round(to)}`;
  const others = ends.filter((x) => x !== last).map((x) => `M${round(x)} ${round(y)}V${round(to)}`);
  return start + end + others.join('');
}
