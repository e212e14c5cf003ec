// SPDX-License-Identifier: MIT
import { paintPixels, writeCells } from '../shared/heatmap.js';
import type { WaitsFor } from '../shared/lazy.js';
import { headsGrid } from './attention-data.js';
import { thumbnailPlace, thumbnailsCanvas, type ThumbnailLayout } from './layout.js';
import { Changes, painted, paintedFrom } from './paint.js';
import type { AttentionScene } from './scene.js';

/** So long a page that is seen never waits for a frame. */
const noFrameMs = 500;

/** Elements that have shown their heads. */
const shown = new WeakSet<WaitsFor>();

/** Paints all heads of a layer on one canvas, where that would change it. */
export class HeadsPainter {
  readonly #element: WaitsFor;
  readonly #changes = new Changes();
  /** What waits for the frame in which the figure comes on the screen. */
  #next: (() => void) | undefined;

  constructor(element: WaitsFor) {
    this.#element = element;
  }

  /** Everything is painted the next time. */
  forget(): void {
    this.#changes.forget();
  }

  paint(scene: AttentionScene, layout: ThumbnailLayout): void {
    const canvas = this.#element.renderRoot.querySelector<HTMLCanvasElement>('canvas.thumbnails');
    const { columns, edge, caption, fit } = layout;
    if (!canvas || !this.#changes.seen([...paintedFrom(scene), columns, edge, caption, fit.cell, fit.pool, canvas])) return;
    const waiting = this.#next !== undefined;
    this.#next = () => paintHeads(canvas, scene, layout);
    // At first, what a reader looks at has a frame of its own; the heads follow, in the room that is kept for them.
    if (shown.has(this.#element) || document.hidden) this.#paintNext();
    else if (!waiting) this.#paintAfterFrame();
  }

  #paintNext(): void {
    shown.add(this.#element);
    this.#next?.();
    this.#next = undefined;
  }

  #paintAfterFrame(): void {
    const { waits } = this.#element;
    const painting = new Promise<void>((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
      setTimeout(resolve, noFrameMs); // a frame out of sight gets no animation frames, and its script may wait for the figure
    }).then(() => {
      this.#paintNext();
      waits.delete(painting);
    });
    waits.add(painting);
  }
}

function paintHeads(canvas: HTMLCanvasElement, scene: AttentionScene, layout: ThumbnailLayout): void {
  const { figure, layer, pair } = scene;
  const ratio = devicePixelRatio;
  const { width, height } = thumbnailsCanvas(layout, figure.headCount, ratio);
  paintPixels(canvas, width, height, (pixels) => {
    for (let head = 0; head < figure.headCount; head++) {
      const { grid, options } = painted(headsGrid(figure, layer, [head], 'mean', pair), layout.fit, scene);
      const { x, y } = thumbnailPlace(layout, head);
      writeCells(pixels, Math.round(x * ratio), Math.round(y * ratio), grid, options);
    }
  });
}
