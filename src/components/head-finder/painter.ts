// SPDX-License-Identifier: MIT
import { fitCells, maxPool, paintHeatmap, type CellGrid } from '../shared/heatmap.js';
import type { HeadsScene } from './scene.js';
import { scoreAt } from './heads-data.js';
import { besideEdge, thumbnailEdge } from './layout.js';

/** Paints patterns and map where they would change. */
export class HeadsPainter {
  #list = '';
  #pattern = '';

  /** Everything is painted at the next time. */
  forget(): void {
    this.#list = this.#pattern = '';
  }

  paint(root: ParentNode, scene: HeadsScene): void {
    const { version, kind, list, chosen, theme } = scene;
    const edge = besideEdge(scene);
    const key = [version, kind, list.length, edge, devicePixelRatio].join();
    const paint = (canvas: HTMLCanvasElement | null, grid: CellGrid | undefined, size: number): void => {
      if (!canvas || !grid) return;
      const { cell, pool } = fitCells(grid.rows, size, devicePixelRatio);
      paintHeatmap(canvas, maxPool(grid, pool), { ramp: theme.sequential, ink: theme.ink, cell });
    };
    if (key !== this.#list) {
      root.querySelectorAll<HTMLCanvasElement>('canvas.thumbnail').forEach((canvas, index) => {
        const head = list[index];
        paint(canvas, head && scene.figure.patternOf(head.layer, head.head), thumbnailEdge);
      });
      this.#paintMap(root.querySelector('canvas.scores'), scene);
    }
    const patternKey = [key, chosen.layer, chosen.head].join();
    if (patternKey !== this.#pattern) paint(root.querySelector('canvas.pattern'), scene.figure.patternOf(chosen.layer, chosen.head), edge);
    this.#list = key;
    this.#pattern = patternKey;
  }

  /** Layers from below, as a stream runs. */
  #paintMap(canvas: HTMLCanvasElement | null, { figure, kind, full, theme }: HeadsScene): void {
    if (!canvas) return;
    const { layerCount: rows, headCount: columns } = figure;
    const values = Float32Array.from({ length: rows * columns }, (_, index) =>
      scoreAt(figure, kind, rows - 1 - Math.floor(index / columns), index % columns),
    );
    const cell = Math.max(1, Math.round((260 / columns) * devicePixelRatio));
    paintHeatmap(
      canvas,
      { values, offset: 0, rows, columns, causal: false },
      { ramp: theme.sequential, max: full, ink: theme.ink, cell, gaps: true },
    );
  }
}
