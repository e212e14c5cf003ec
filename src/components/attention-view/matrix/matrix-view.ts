// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { cellUnder } from '../../shared/cell-under.js';
import { GridController, type GridPlace } from '../../shared/grid-controller.js';
import { Pointing } from '../../shared/pointing.js';
import { attentionSentence, seenKeys, topKeys } from '../attention-data.js';
import { headsTemplate } from '../heads.js';
import { HeadsPainter } from '../heads-painter.js';
import { frame, frameStyles } from '../frame.js';
import { extentOf, layoutAttention, type AttentionLayout } from '../layout.js';
import { Changes, paintedFrom, paintMatrix } from '../paint.js';
import type { AttentionHost, AttentionPicture, AttentionScene } from '../scene.js';
import { matrixStyles } from './matrix.styles.js';
import { matrixTemplate } from './matrix.js';

export { frame };
export const styles = [...frameStyles, matrixStyles];

export function create(host: AttentionHost): AttentionPicture {
  return new MatrixView(host);
}

/** One head, or several as one, as a large matrix beside the thumbnails of all heads of its layer. */
class MatrixView implements AttentionPicture {
  readonly #host: AttentionHost;
  readonly #keyboard: GridController;
  readonly #pointing: Pointing<GridPlace>;
  readonly #heads: HeadsPainter;
  readonly #large = new Changes();
  #layout: AttentionLayout | undefined;

  constructor(host: AttentionHost) {
    this.#host = host;
    this.#heads = new HeadsPainter(host.element);
    const { parts } = host;
    const targetOf = ({ row, column }: GridPlace) => ({ query: row, key: column });
    const point = (place: GridPlace | undefined): void => parts.point(place && !masked(parts.scene(), place) ? targetOf(place) : undefined);
    const lock = (place: GridPlace): void => parts.lock(targetOf(place), sentence(place));
    const sentence = ({ row, column }: GridPlace): string => {
      const { figure, grid, name } = parts.scene()!;
      return attentionSentence(figure, grid, name, row, column);
    };
    const keyboard = new GridController(host.element, {
      rowCount: () => parts.scene()?.figure.tokens.length ?? 0,
      columnCount: (row) => (parts.scene() ? seenKeys(parts.scene()!.figure, row) : 0),
      onMove: point,
      onLock: lock,
      onRelease: () => parts.release(),
    });
    this.#keyboard = keyboard;
    this.#pointing = new Pointing<GridPlace>(parts.tooltip, {
      hit: (event) => this.#hit(event),
      sentence,
      point,
      isPointedAt: ({ row, column }) => {
        const { query, key } = parts.scene()!.selection;
        const { active } = keyboard;
        return row === active.row && column === active.column && row === query && column === key;
      },
      press: (place, firstTouch) => {
        if (masked(parts.scene(), place)) return;
        keyboard.moveTo(place);
        if (firstTouch) point(place);
        else lock(place);
      },
      isHeld: () => keyboard.focused,
    });
    const scene = parts.scene();
    const { query, key } = scene?.selection ?? {};
    if (scene && query !== undefined) this.moveTo({ row: query, column: key ?? topKeys(scene.grid, query, 1)[0]?.at ?? 0 });
  }

  moveTo(place: GridPlace): void {
    this.#keyboard.active = place;
  }

  render(scene: AttentionScene): TemplateResult {
    const layout = (this.#layout = layoutAttention(extentOf(scene), devicePixelRatio));
    return html`<div class="picture ${layout.wide ? 'wide' : 'narrow'}">
      ${matrixTemplate(scene, layout, this.#keyboard, this.#pointing)} ${headsTemplate(scene, layout.thumbnails, this.#host.parts)}
    </div>`;
  }

  paint(scene: AttentionScene): void {
    const { fit, thumbnails } = this.#layout!;
    const root = this.#host.element.renderRoot;
    const canvas = root.querySelector<HTMLCanvasElement>('canvas.large')!;
    if (this.#large.seen([...paintedFrom(scene), scene.grid, fit.cell, canvas])) paintMatrix(canvas, scene.grid, fit, scene);
    this.#heads.paint(scene, thumbnails);
  }

  forget(): void {
    this.#large.forget();
    this.#heads.forget();
  }

  #hit(event: MouseEvent): GridPlace | undefined {
    const { tokens, keyTokens } = this.#host.parts.scene()!.figure;
    const canvas = this.#host.element.renderRoot.querySelector('canvas.large');
    return canvas && tokens.length > 0 ? cellUnder(event, canvas, tokens.length, keyTokens.length) : undefined;
  }
}

function masked(scene: AttentionScene | undefined, { row, column }: GridPlace): boolean {
  return scene !== undefined && column >= seenKeys(scene.figure, row);
}
