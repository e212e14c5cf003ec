// SPDX-License-Identifier: MIT
import { maxPool, paintHeatmap, type CellGrid, type Fit } from '../shared/heatmap.js';
import type { Theme } from '../shared/theme-controller.js';
import { headGrid } from './attention-data.js';
import { largeGrid, type AttentionScene } from './scene.js';

/** Paints the canvases of an attention view, and only those that would change: a selection changes none of them. */
export class AttentionPainter {
  #all = '';
  #head: number | undefined;

  /** Everything is painted at the next time: the theme has changed. */
  forget(): void {
    this.#all = '';
  }

  /** Paints where data, layer, head, size or the greatest value have changed since the last time. */
  paint(root: ParentNode, scene: AttentionScene, theme: Theme, max: number): void {
    const { figure, layer, head, version } = scene;
    const { fit, thumbnails } = scene.layout;
    const all = [version, layer, fit.cell, thumbnails.fit.cell, thumbnails.fit.pool, max, devicePixelRatio].join();
    const another = all !== this.#all;
    if (!another && head === this.#head) return;
    const paint = (canvas: HTMLCanvasElement, grid: CellGrid, { cell, pool }: Fit): void =>
      paintHeatmap(canvas, maxPool(grid, pool), {
        ramp: theme.sequential,
        max,
        ink: theme.ink,
        cell,
        gaps: cell / devicePixelRatio >= 8,
      });
    paint(root.querySelector('canvas.large')!, largeGrid(scene), fit);
    if (another) {
      root
        .querySelectorAll<HTMLCanvasElement>('canvas.thumbnail')
        .forEach((canvas, index) => paint(canvas, headGrid(figure, layer, index), thumbnails.fit));
    }
    this.#all = all;
    this.#head = head;
  }
}
