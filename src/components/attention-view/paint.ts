// SPDX-License-Identifier: MIT
import { maxPool, paintHeatmap, type CellGrid, type Fit, type PaintOptions } from '../shared/heatmap.js';
import { largest } from './controls.js';
import type { AttentionScene, Shading } from './scene.js';

/** Amounts from 0 to `max` that a ramp shows as `shading` asks; `zero` is the amount of no weight, in the middle where there are two signs. */
export function shaded(grid: CellGrid, { scale, max, signed }: Shading): { grid: CellGrid; max: number; zero: number } {
  const most = scale === 'head' ? largest(grid) : max;
  if (scale !== 'sqrt' && !signed) return { grid, max: most, zero: 0 };
  const size = grid.rows * grid.columns;
  const of = (value: number): number => (scale === 'sqrt' ? Math.sign(value) * Math.sqrt(Math.abs(value)) : value);
  const end = of(most);
  // The paper is in the middle of a ramp of both signs.
  const from = signed ? end : 0;
  const values = grid.values.subarray(grid.offset, grid.offset + size).map((value) => of(value) + from);
  return { grid: { ...grid, values, offset: 0 }, max: end + from, zero: from };
}

/** Paints one matrix on a canvas of its own. */
export function paintMatrix(canvas: HTMLCanvasElement, grid: CellGrid, fit: Fit, scene: AttentionScene): void {
  const { grid: cells, options } = painted(grid, fit, scene);
  paintHeatmap(canvas, cells, options);
}

/** The cells of a matrix as they fit, and how they become pixels. */
export function painted(
  grid: CellGrid,
  { cell, pool }: Fit,
  { shading, theme }: AttentionScene,
): { grid: CellGrid; options: PaintOptions } {
  const { grid: amounts, max, zero } = shaded(grid, shading);
  const { ramp } = shading;
  return { grid: maxPool(amounts, pool, zero), options: { ramp, max, ink: theme.ink, cell, gaps: cell / devicePixelRatio >= 8 } };
}

/** Whether something that pixels depend on has changed since the last time; a selection changes none. */
export class Changes {
  #last: readonly unknown[] = [];

  forget(): void {
    this.#last = [];
  }

  seen(now: readonly unknown[]): boolean {
    const same = now.length === this.#last.length && now.every((value, index) => value === this.#last[index]);
    this.#last = now;
    return !same;
  }
}

/** What every canvas of a scene depends on beside its size. */
export function paintedFrom({ version, layer, shading, pair }: AttentionScene): unknown[] {
  const { ramp, scale, max, signed } = shading;
  return [version, layer, ramp, scale, max, signed, pair?.from.name, pair?.to.name, devicePixelRatio];
}
