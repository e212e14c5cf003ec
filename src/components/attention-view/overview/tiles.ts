// SPDX-License-Identifier: MIT
import { pixel, rampIndex, type Ramp, type Rgb } from '../../shared/colour.js';
import type { CellGrid, Pixels } from '../../shared/heatmap.js';

/** Where a matrix stands among others in one picture, device pixels. */
export interface Tile {
  x: number;
  y: number;
  size: number;
}

/** What the colours of a matrix stand for; strength counts from `zero`. */
export interface TileShading {
  ramp: Ramp;
  max: number;
  zero: number;
}

/**
 * Writes matrices of one shape into parts of one size of a picture. Each pixel is the strongest of the cells that it covers, so that nothing
 * strong disappears; a matrix is scaled to the whole of its tile, which whole pixels for each cell would leave half empty.
 */
export function tileWriter(rows: number, columns: number, size: number) {
  const count = Math.max(rows, columns);
  const ends = edges(columns, Math.round((columns / count) * size));
  const rowEnds = edges(rows, Math.round((rows / count) * size));
  /** What is strongest in the rows of one line of pixels, column by column. */
  const strongest = new Float32Array(columns);
  return ({ data, width }: Pixels, { x, y }: Tile, { values, offset, causal }: CellGrid, { ramp, max, zero }: TileShading): void => {
    for (let down = 0; 2 * down < rowEnds.length; down++) {
      const lastRow = rowEnds[2 * down + 1]!;
      const seen = causal ? Math.min(lastRow, columns) : columns;
      strongest.fill(zero);
      for (let row = rowEnds[2 * down]!; row < lastRow; row++) {
        const start = offset + row * columns;
        for (let column = 0; column < seen; column++) {
          const value = values[start + column]!;
          if (Math.abs(value - zero) > Math.abs(strongest[column]! - zero)) strongest[column] = value;
        }
      }
      let at = (y + down) * width + x;
      for (let across = 0; 2 * across < ends.length && ends[2 * across]! < seen; across++) {
        let most = strongest[ends[2 * across]!]!;
        for (let column = ends[2 * across]! + 1; column < ends[2 * across + 1]!; column++) {
          if (Math.abs(strongest[column]! - zero) > Math.abs(most - zero)) most = strongest[column]!;
        }
        data[at++] = ramp[rampIndex(most, max)]!;
      }
    }
  };
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
export function outlineTiles(canvas: HTMLCanvasElement, tiles: readonly Tile[], ink: Rgb): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const [red, green, blue, alpha] = new Uint8Array(Uint32Array.of(pixel(ink, 52)).buffer);
  context.strokeStyle = `rgb(${red} ${green} ${blue} / ${alpha! / 255})`;
  for (const { x, y, size } of tiles) context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
}
