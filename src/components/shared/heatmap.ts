// SPDX-License-Identifier: MIT
import { luminance, pixel, rampIndex, type Ramp, type Rgb } from './colour.js';

export { fitCells, type Fit } from './fit-cells.js';

/** A matrix inside a larger array: `rows` by `columns` values from `offset` on, row-major. */
export interface CellGrid {
  values: Float32Array;
  offset: number;
  rows: number;
  columns: number;
  /** Cells whose column comes after their row are masked: they have no value, which is not the value zero. */
  causal: boolean;
}

/** How cells become pixels. */
export interface PaintOptions {
  ramp: Ramp;
  /** The value that the strongest colour stands for. @defaultValue 1 */
  max?: number;
  /** The page's text colour, for the hatch over masked cells. */
  ink: Rgb;
  /** Edge of a cell in device pixels, a whole number. */
  cell: number;
  /** Leave one device pixel of paper between cells. */
  gaps?: boolean;
}

/** A picture in memory; a colour is one number, as in a {@link Ramp}. */
export interface Pixels {
  data: Uint32Array;
  width: number;
}

/**
 * A smaller matrix whose cells are the strongest of `pool` by `pool` cells: nothing strong disappears, as it would by skipping cells.
 *
 * @param zero - the value from which strength counts: not 0 where values of both signs were moved
 */
export function maxPool(grid: CellGrid, pool: number, zero = 0): CellGrid {
  if (pool <= 1) return grid;
  const rows = Math.ceil(grid.rows / pool);
  const columns = Math.ceil(grid.columns / pool);
  const values = new Float32Array(rows * columns).fill(zero);
  for (let row = 0; row < grid.rows; row++) {
    const start = grid.offset + row * grid.columns;
    const seen = grid.causal ? Math.min(row + 1, grid.columns) : grid.columns;
    for (let column = 0, at = Math.floor(row / pool) * columns; column < seen; at++) {
      let strongest = values[at]!;
      // What is stronger lies outside of these: two comparisons for each cell of each head, before anything is seen.
      let low = zero - Math.abs(strongest - zero);
      let high = zero + Math.abs(strongest - zero);
      for (const end = Math.min(column + pool, seen); column < end; column++) {
        const value = grid.values[start + column]!;
        if (value > high || value < low) {
          strongest = value;
          low = zero - Math.abs(value - zero);
          high = zero + Math.abs(value - zero);
        }
      }
      values[at] = strongest;
    }
  }
  return { values, offset: 0, rows, columns, causal: grid.causal };
}

/** Draws a matrix on a canvas, whose size it sets. Selection is drawn by other elements over it, so this runs when data or theme change. */
export function paintHeatmap(canvas: HTMLCanvasElement, grid: CellGrid, options: PaintOptions): void {
  const { cell } = options;
  paintPixels(canvas, grid.columns * cell, grid.rows * cell, (pixels) => writeCells(pixels, 0, 0, grid, options));
}

/**
 * Puts on a canvas, whose size it sets, what `write` writes. All of it goes there at once: pixels are written in less time than a canvas
 * takes to answer a few calls.
 */
export function paintPixels(canvas: HTMLCanvasElement, width: number, height: number, write: (pixels: Pixels) => void): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return;
  const image = new ImageData(width, height);
  write({ data: new Uint32Array(image.data.buffer), width });
  context.putImageData(image, 0, 0);
}

/** Writes a matrix into a picture, from the place (x, y) on. Masked cells are hatched; cells without a number have no colour. */
export function writeCells({ data, width }: Pixels, x: number, y: number, grid: CellGrid, options: PaintOptions): void {
  const { ramp, max = 1, ink, cell, gaps = false } = options;
  const { values, offset, rows, columns, causal } = grid;
  for (let row = 0; row < rows; row++) {
    const seen = causal ? Math.min(row + 1, columns) : columns;
    const start = (y + row * cell) * width + x;
    let at = start;
    for (let column = 0; column < seen; column++) {
      const colour = ramp[rampIndex(values[offset + row * columns + column]!, max)]!;
      const end = start + (column + 1) * cell;
      for (const last = gaps && column < columns - 1 ? end - 1 : end; at < last; at++) data[at] = colour;
      at = end;
    }
    const high = gaps && row < rows - 1 ? cell - 1 : cell;
    for (let down = 1; down < high; down++) data.copyWithin(start + down * width, start, at);
  }
  if (causal) hatchMasked({ data, width }, x, y, grid, ink, cell);
}

/** Fine diagonal lines over the masked triangle, in the ink: no colour of the ramp, because masked is not zero. */
function hatchMasked({ data, width }: Pixels, x: number, y: number, { rows, columns }: CellGrid, ink: Rgb, cell: number): void {
  const thick = Math.max(1, Math.round(devicePixelRatio));
  const period = 4 * thick;
  const colour = pixel(ink, luminance(ink) > 0.35 ? 48 : 34);
  for (let down = 0; down < rows * cell; down++) {
    const start = (y + down) * width + x;
    const first = (Math.floor(down / cell) + 1) * cell;
    for (let line = 0; line < thick; line++) {
      // The first pixel where across + down + 1 leaves `line`, divided by the period.
      let across = first + ((period - ((first + down + 1 - line) % period)) % period);
      for (; across < columns * cell; across += period) data[start + across] = colour;
    }
  }
}
