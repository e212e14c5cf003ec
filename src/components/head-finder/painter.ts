// SPDX-License-Identifier: MIT
import { fitCells, maxPool, paintHeatmap, type CellGrid } from '../shared/heatmap.js';
import { thumbnailEdge } from './layout.js';
import { mapRow, type HeadsScene } from './scene.js';

/** Paints patterns and map where they would change. */
export class HeadsPainter {
  #list = '';
  #pattern = '';

  /** Everything is painted at the next time. */
  forget(): void {
    this.#list = this.#pattern = '';
  }

  paint(root: ParentNode, scene: HeadsScene): void {
    const { version, scale, list, chosen, sizes, theme } = scene;
    const key = [version, scale.kind, scale.convention, list.length, sizes.edge, devicePixelRatio].join();
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
    if (patternKey !== this.#pattern) {
      paint(root.querySelector('canvas.pattern'), scene.figure.patternOf(chosen.layer, chosen.head), sizes.edge);
    }
    this.#list = key;
    this.#pattern = patternKey;
  }

  #paintMap(canvas: HTMLCanvasElement | null, { figure, scale, sizes, theme }: HeadsScene): void {
    if (!canvas) return;
    const { layerCount: rows, headCount: columns } = figure;
    const { low, full } = scale;
    const values = Float32Array.from({ length: rows * columns }, (_, index) => {
      const layer = mapRow({ figure }, Math.floor(index / columns));
      return scale.values[layer * columns + (index % columns)]! - low;
    });
    const cell = Math.max(1, Math.round((sizes.map.width / columns) * devicePixelRatio));
    paintHeatmap(
      canvas,
      { values, offset: 0, rows, columns, causal: false },
      { ramp: theme.sequential, max: full - low, ink: theme.ink, cell, gaps: true },
    );
  }
}
