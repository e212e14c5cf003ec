// SPDX-License-Identifier: MIT
import { luminance, pixel } from '../../shared/colour.js';
import type { PatchingScene } from './scene.js';
import { offsetOf } from './places.js';

/**
 * Paints the cells of a sweep as they come: those that are painted already are left alone, those that are missing are hatched in the ink,
 * which is no colour of the ramp. Pixels are written by the processor: a first use of the graphics unit makes the page wait.
 */
export class SweepPainter {
  #key = '';
  #figure: unknown;
  #done = new Uint8Array();
  #image: ImageData | undefined;

  /** Everything is painted at the next time: the theme has changed. */
  forget(): void {
    this.#figure = undefined;
  }

  paint(canvas: HTMLCanvasElement, scene: PatchingScene): void {
    const { figure, view, layout, most, theme } = scene;
    const [rows, columns] = [view.rows.length, view.columns.length];
    const ratio = devicePixelRatio;
    const [wide, high] = [layout.across * ratio, layout.down * ratio];
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context || rows === 0 || columns === 0) return;
    const key = [most, wide, high, rows, columns, view.across, view.picked.map(({ index }) => index)].join(' ');
    const again = this.#figure !== figure || this.#key !== key || !this.#image;
    if (again) {
      this.#figure = figure;
      this.#key = key;
      this.#done = new Uint8Array(rows * columns);
      this.#image = new ImageData(Math.max(1, Math.round(wide * columns)), Math.max(1, Math.round(high * rows)));
      canvas.width = this.#image.width;
      canvas.height = this.#image.height;
      if (figure.missing.size > 0) hatch(this.#image, scene, ratio);
    }
    const { width, data } = this.#image!;
    const pixels = new Uint32Array(data.buffer);
    // A device pixel of paper between cells that are large enough; layers whose heads stand below each other are further apart.
    const gap = Math.min(wide, high) >= 8 * ratio ? 1 : 0;
    const below = (row: number): number => (isLastOfLayer(scene, row) ? Math.round(2 * ratio) : gap);
    let changed = again;
    for (let index = 0; index < this.#done.length; index++) {
      if (this.#done[index]) continue;
      const [row, column] = [Math.floor(index / columns), index % columns];
      const offset = offsetOf(figure, view, { row, column });
      if (figure.missing.has(offset)) continue;
      this.#done[index] = 1;
      changed = true;
      const effect = Math.min(1, Math.max(-1, (figure.values[offset]! - figure.neutral) / most));
      const colour = theme.diverging[Math.round(effect * 127.5 + 127.5)]!;
      const [left, right] = [Math.round(column * wide), Math.round((column + 1) * wide)];
      const [top, bottom] = [Math.round(row * high), Math.round((row + 1) * high)];
      for (let y = top; y < bottom; y++) {
        pixels.fill(0, y * width + left, y * width + right);
        if (y < bottom - below(row)) pixels.fill(colour, y * width + left, y * width + right - gap);
      }
    }
    if (changed) context.putImageData(this.#image!, 0, 0);
  }
}

function isLastOfLayer({ view }: PatchingScene, row: number): boolean {
  const next = view.rows[row + 1];
  return view.down.length > 1 && next !== undefined && next['layer'] !== view.rows[row]!['layer'];
}

/** Fine diagonal lines, four CSS pixels apart. */
function hatch({ width, height, data }: ImageData, { theme }: PatchingScene, ratio: number): void {
  const pixels = new Uint32Array(data.buffer);
  const line = pixel(theme.ink, luminance(theme.ink) > 0.35 ? 48 : 34);
  const thick = Math.max(1, Math.round(ratio));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if ((x + y) % (4 * thick) < thick) pixels[y * width + x] = line;
}
