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

/** How a matrix is drawn. */
export interface PaintOptions {
  ramp: Ramp;
  /** The value of the strongest colour. @defaultValue 1 */
  max?: number;
  /** The page's text colour, for the hatch over masked cells. */
  ink: Rgb;
  /** Edge of a cell in device pixels, a whole number. */
  cell: number;
  /** Leave one device pixel of paper between cells. */
  gaps?: boolean;
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
    let from = grid.offset + row * grid.columns;
    const end = from + (grid.causal ? Math.min(row + 1, grid.columns) : grid.columns);
    for (let at = Math.floor(row / pool) * columns; from < end; at++) {
      let [strongest, strength] = [values[at]!, Math.abs(values[at]! - zero)];
      for (const next = Math.min(from + pool, end); from < next; from++) {
        const value = grid.values[from]!;
        const distance = Math.abs(value - zero);
        if (distance > strength) [strongest, strength] = [value, distance];
      }
      values[at] = strongest;
    }
  }
  return { values, offset: 0, rows, columns, causal: grid.causal };
}

/** One pixel per cell; masked cells are transparent. */
export function cellPixels(grid: CellGrid, ramp: Ramp, max: number, into: Uint32Array): void {
  const { values, offset, rows, columns, causal } = grid;
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    const seen = causal ? Math.min(row + 1, columns) : columns;
    for (let column = 0; column < seen; column++) into[from + column] = ramp[rampIndex(values[offset + from + column]!, max)]!;
    if (seen < columns) into.fill(0, from + seen, from + columns);
  }
}

let scratch: OffscreenCanvas | undefined;

/** Draws a matrix on a canvas, whose size it sets. Selection is drawn by other elements over it, so this runs when data or theme change. */
export function paintHeatmap(canvas: HTMLCanvasElement, grid: CellGrid, options: PaintOptions): void {
  const { ramp, max = 1, ink, cell, gaps = false } = options;
  const { rows, columns } = grid;
  canvas.width = columns * cell;
  canvas.height = rows * cell;
  const context = canvas.getContext('2d');
  if (!context || rows === 0 || columns === 0) return;
  const image = new ImageData(columns, rows);
  cellPixels(grid, ramp, max, new Uint32Array(image.data.buffer));
  if (cell === 1) context.putImageData(image, 0, 0);
  else {
    scratch ??= new OffscreenCanvas(1, 1);
    scratch.width = columns;
    scratch.height = rows;
    scratch.getContext('2d')!.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(scratch, 0, 0, canvas.width, canvas.height);
  }
  if (gaps) {
    for (let row = 1; row < rows; row++) context.clearRect(0, row * cell - 1, canvas.width, 1);
    for (let column = 1; column < columns; column++) context.clearRect(column * cell - 1, 0, 1, canvas.height);
  }
  if (grid.causal) hatchMasked(context, grid, ink, cell);
}

/** Fine diagonal lines over the masked triangle, in the ink: no colour of the ramp, because masked is not zero. */
function hatchMasked(context: CanvasRenderingContext2D, { rows, columns }: CellGrid, ink: Rgb, cell: number): void {
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  context.beginPath();
  for (let row = 0; row < Math.min(rows, columns - 1); row++) context.rect((row + 1) * cell, row * cell, (columns - row - 1) * cell, cell);
  context.fillStyle = context.createPattern(hatch(ink, ratio), 'repeat')!;
  context.fill();
}

const hatches = new Map<string, OffscreenCanvas>();

function hatch(ink: Rgb, ratio: number): OffscreenCanvas {
  const key = `${ink.join()} ${ratio}`;
  const known = hatches.get(key);
  if (known) return known;
  const size = 4 * ratio;
  const tile = new OffscreenCanvas(size, size);
  const image = new ImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = 0; y < size; y++)
    for (let thick = 0; thick < ratio; thick++)
      pixels[y * size + ((size - 1 - y + thick) % size)] = pixel(ink, luminance(ink) > 0.35 ? 48 : 34);
  tile.getContext('2d')!.putImageData(image, 0, 0);
  hatches.set(key, tile);
  return tile;
}
