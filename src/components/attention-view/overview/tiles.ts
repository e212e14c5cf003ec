// SPDX-License-Identifier: MIT
import { pixel, rampIndex, type Ramp, type Rgb } from '../../shared/colour.js';
import type { CellGrid } from '../../shared/heatmap.js';

/** Where a matrix stands among others in one picture, device pixels. */
export interface Tile {
  x: number;
  y: number;
  size: number;
}

/**
 * Writes a matrix into a part of a picture. Each pixel is the strongest of the cells that it covers, so that nothing strong disappears; a
 * matrix is scaled to the whole of its tile, which whole pixels for each cell would leave half empty.
 */
export function paintTile(into: Uint32Array, width: number, { x, y, size }: Tile, grid: CellGrid, ramp: Ramp, max: number, zero = 0): void {
  const { values, offset, rows, columns, causal } = grid;
  const count = Math.max(rows, columns);
  const [wide, high] = [Math.round((columns / count) * size), Math.round((rows / count) * size)];
  const ends = edges(columns, wide);
  const rowEnds = edges(rows, high);
  for (let down = 0; down < high; down++) {
    const [firstRow, lastRow] = [rowEnds[2 * down]!, rowEnds[2 * down + 1]!];
    const at = (y + down) * width + x;
    for (let across = 0; across < wide; across++) {
      const from = ends[2 * across]!;
      if (causal && from >= lastRow) break;
      const to = ends[2 * across + 1]!;
      let most = zero;
      for (let row = firstRow; row < lastRow; row++) {
        const start = offset + row * columns;
        for (let column = from; column < to; column++) {
          const value = values[start + column]!;
          if (Math.abs(value - zero) > Math.abs(most - zero)) most = value;
        }
      }
      into[at + across] = ramp[rampIndex(most, max)]!;
    }
  }
}

/** The first cell of each pixel and the one after its last. */
function edges(cells: number, pixels: number): Int32Array {
  const found = new Int32Array(2 * pixels);
  for (let index = 0; index < pixels; index++) {
    const from = Math.floor((index * cells) / pixels);
    found[2 * index] = from;
    found[2 * index + 1] = cells <= pixels ? from + 1 : Math.max(from + 1, Math.floor(((index + 1) * cells) / pixels));
  }
  return found;
}

/** A faint line around each tile. */
export function outlineTiles(context: CanvasRenderingContext2D, tiles: readonly Tile[], ink: Rgb): void {
  const [red, green, blue, alpha] = new Uint8Array(Uint32Array.of(pixel(ink, 52)).buffer);
  context.strokeStyle = `rgb(${red} ${green} ${blue} / ${alpha! / 255})`;
  for (const { x, y, size } of tiles) context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
}
