// SPDX-License-Identifier: MIT
import { paintPixels, writeCells } from '../shared/heatmap.js';
import { headsGrid } from './attention-data.js';
import { thumbnailPlace, thumbnailsCanvas, type ThumbnailLayout } from './layout.js';
import { Changes, painted, paintedFrom } from './paint.js';
import type { AttentionScene } from './scene.js';

/** Paints all heads of a layer on one canvas, where that would change it. */
export class HeadsPainter {
  readonly #changes = new Changes();

  /** Everything is painted the next time. */
  forget(): void {
    this.#changes.forget();
  }

  paint(root: ParentNode, scene: AttentionScene, layout: ThumbnailLayout): void {
    const canvas = root.querySelector<HTMLCanvasElement>('canvas.thumbnails');
    const { columns, edge, caption, fit } = layout;
    if (!canvas || !this.#changes.seen([...paintedFrom(scene), columns, edge, caption, fit.cell, fit.pool, canvas])) return;
    const { figure, layer, pair } = scene;
    const ratio = devicePixelRatio;
    const { width, height } = thumbnailsCanvas(layout, figure.headCount, ratio);
    paintPixels(canvas, width, height, (pixels) => {
      for (let head = 0; head < figure.headCount; head++) {
        const { grid, options } = painted(headsGrid(figure, layer, [head], 'mean', pair), fit, scene);
        const { x, y } = thumbnailPlace(layout, head);
        writeCells(pixels, Math.round(x * ratio), Math.round(y * ratio), grid, options);
      }
    });
  }
}
