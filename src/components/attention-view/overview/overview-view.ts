// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { answers } from '../../shared/answers.js';
import { GridController, type GridPlace } from '../../shared/grid-controller.js';
import { paintPixels } from '../../shared/heatmap.js';
import { Pointing } from '../../shared/pointing.js';
import { textAlternative } from '../../shared/text-alternative.js';
import { headName, headsGrid, type AttentionData } from '../attention-data.js';
import { weightLegend } from '../controls.js';
import { headSentence, scoreName, scoreText } from '../head-scores.js';
import { frame, frameStyles } from '../frame.js';
import { extentOf, layoutOverview, overviewLabels } from '../layout.js';
import { Changes, paintedFrom, shaded } from '../paint.js';
import type { AttentionHost, AttentionPicture, AttentionScene } from '../scene.js';
import { attentionStrings } from '../strings.js';
import { viewStrings } from '../view-strings.js';
import { overviewStyles } from './overview.styles.js';
import { outlineTiles, tileWriter } from './tiles.js';

export { frame };
export const styles = [...frameStyles, overviewStyles];

export function create(host: AttentionHost): AttentionPicture {
  return new OverviewView(host);
}

/** All heads of all layers on one canvas; pressing one shows it large. */
class OverviewView implements AttentionPicture {
  readonly #host: AttentionHost;
  readonly #keyboard: GridController;
  readonly #pointing: Pointing<GridPlace>;
  readonly #changes = new Changes();
  #pointed: GridPlace | undefined;
  /** The chosen head when the keys last began from it. */
  #home = '';

  constructor(host: AttentionHost) {
    this.#host = host;
    const { parts } = host;
    const figure = (): AttentionData | undefined => parts.scene()?.figure;
    const point = (place: GridPlace | undefined): void => {
      if (place?.row === this.#pointed?.row && place?.column === this.#pointed?.column) return;
      this.#pointed = place;
      parts.pointHead(place && { layer: figure()!.layers[place.row]!, head: place.column });
      host.element.requestUpdate();
    };
    this.#keyboard = new GridController(host.element, {
      rowCount: () => figure()?.layers.length ?? 0,
      columnCount: () => figure()?.headCount ?? 0,
      onMove: point,
      onLock: (place) => this.#open(place, true),
      onRelease: () => parts.release(),
    });
    this.#pointing = new Pointing<GridPlace>(parts.tooltip, {
      hit: (event) => this.#hit(event),
      sentence: ({ row, column }) => headSentence(parts.scene()!, row, column),
      point,
      isPointedAt: ({ row, column }) => this.#pointed?.row === row && this.#pointed.column === column,
      press: (place, firstTouch) => {
        this.#keyboard.moveTo(place);
        if (firstTouch) point(place);
        else this.#open(place, this.#keyboard.focused);
      },
      isHeld: () => this.#keyboard.focused,
    });
  }

  render(scene: AttentionScene): TemplateResult {
    const { figure, label, layer, chosen } = scene;
    const { layers, headCount } = figure;
    const { step, edge, below } = layoutOverview(extentOf(scene));
    const keyboard = this.#keyboard;
    const home = `${layer}.${chosen[0] ?? 0}`;
    if (home !== this.#home && !keyboard.focused) {
      this.#home = home;
      keyboard.active = { row: layer, column: chosen[0] ?? 0 };
    }
    const at = this.#pointed ?? linkedPlace(scene);
    const frame = (row: number, column: number, state: string): TemplateResult =>
      html`<div
        class="frame ${state}"
        .style=${`transform: translate(${column * step}px, ${row * (step + below)}px); inline-size: ${edge}px; block-size: ${edge}px`}
      ></div>`;
    const box = `--step: ${step}px; --row: ${step + below}px; --edge: ${edge}px; --labels: ${overviewLabels}px; --columns: ${headCount}; --rows: ${layers.length}`;
    const every = step >= 18 ? 1 : 4;
    return html`<div class="all-heads" .style=${box}>
      <div class="numbers across" aria-hidden="true">
        ${Array.from({ length: headCount }, (_, head) => html`<span>${head % every ? '' : head}</span>`)}
      </div>
      <div class="numbers down" aria-hidden="true">
        ${layers.map((number, row) => html`<span>${row % (step + below >= 14 ? 1 : 4) ? '' : number}</span>`)}
      </div>
      <div
        class="every-head"
        role="grid"
        tabindex="0"
        aria-label=${label ?? viewStrings.overviewLabel(layers.length, headCount)}
        aria-describedby="hint"
        aria-rowcount=${layers.length}
        aria-colcount=${headCount}
        aria-activedescendant=${`c${keyboard.active.column}`}
        ${answers(keyboard, this.#pointing)}
      >
        <canvas class="tiles" part="cells" aria-hidden="true"></canvas>
        ${below > 0 ? guard([scene.version, scene.score, scene.pair, step], () => scoresTemplate(scene)) : nothing}
        ${chosen.map((head) => frame(layer, head, 'locked'))} ${at ? frame(at.row, at.column, '') : nothing}
        ${keyboard.focused ? frame(keyboard.active.row, keyboard.active.column, 'focused') : nothing}
        <div class="visually-hidden" role="row" aria-rowindex=${keyboard.active.row + 1}>
          ${Array.from(
            { length: headCount },
            (_, head) =>
              html`<span
                id=${`c${head}`}
                role="gridcell"
                aria-colindex=${head + 1}
                aria-selected=${keyboard.active.row === layer && chosen.includes(head)}
                >${nameOf(scene, keyboard.active.row, head)}</span
              >`,
          )}
        </div>
      </div>
      <p id="hint" class="visually-hidden">${viewStrings.overviewHint}</p>
    </div>`;
  }

  /** Patterns so small have no hatch over what is masked. */
  legend(scene: AttentionScene): unknown {
    return weightLegend({ ...scene, figure: { ...scene.figure, causal: false } }, viewStrings.itsOwnMax);
  }

  paint(scene: AttentionScene): void {
    const { figure, shading, theme, pair } = scene;
    const { step, edge, below } = layoutOverview(extentOf(scene));
    const canvas = this.#host.element.renderRoot.querySelector<HTMLCanvasElement>('canvas.tiles')!;
    const ratio = devicePixelRatio;
    if (!this.#changes.seen([...paintedFrom({ ...scene, layer: 0 }), step, edge, below, ratio, canvas])) return;
    const [width, height] = [Math.round(figure.headCount * step * ratio), Math.round(figure.layers.length * (step + below) * ratio)];
    const size = Math.round(edge * ratio);
    const write = tileWriter(figure.tokens.length, figure.keyTokens.length, size);
    const tiles = figure.layers.flatMap((_, row) =>
      Array.from({ length: figure.headCount }, (_, column) => ({
        grid: headsGrid(figure, row, [column], 'mean', pair),
        x: Math.round(column * step * ratio),
        y: Math.round(row * (step + below) * ratio),
        size,
      })),
    );
    paintPixels(canvas, width, height, (pixels) => {
      for (const tile of tiles) {
        const { grid, max, zero } = shaded(tile.grid, shading);
        write(pixels, tile, grid, { ramp: shading.ramp, max, zero });
      }
    });
    outlineTiles(canvas, tiles, theme.ink);
  }

  forget(): void {
    this.#changes.forget();
  }

  text(scene: AttentionScene): TemplateResult {
    const { figure } = scene;
    const measured: AttentionScene = { ...scene, score: scene.score === 'none' ? 'previous' : scene.score };
    return textAlternative({
      heads: [attentionStrings.layer, scoreName(measured)],
      rows: figure.layers.map((number, row) => ({
        head: number,
        cell: Array.from(
          { length: figure.headCount },
          (_, head) => `${headName(figure, row, head)}: ${scoreText(measured, row, head)}`,
        ).join(', '),
      })),
    });
  }

  #hit(event: MouseEvent): GridPlace | undefined {
    const scene = this.#host.parts.scene()!;
    const canvas = this.#host.element.renderRoot.querySelector('canvas.tiles');
    if (!canvas) return undefined;
    const { step, below } = layoutOverview(extentOf(scene));
    const { left, top } = canvas.getBoundingClientRect();
    const place = { row: Math.floor((event.clientY - top) / (step + below)), column: Math.floor((event.clientX - left) / step) };
    const inside = place.row >= 0 && place.column >= 0 && place.row < scene.figure.layers.length && place.column < scene.figure.headCount;
    return inside ? place : undefined;
  }

  #open({ row, column }: GridPlace, byKeyboard: boolean): void {
    const host = this.#host;
    const { figure } = host.parts.scene()!;
    host.parts.tooltip.hide();
    this.#keyboard.focused = false;
    this.#pointed = undefined;
    host.parts.open(figure.layers[row]!, column);
    if (byKeyboard) void host.element.updateComplete.then(() => host.element.renderRoot.querySelector<HTMLElement>('[role=grid]')?.focus());
  }
}

/** The head that a linked figure points at. */
function linkedPlace({ figure, selection: { layer, head, locked } }: AttentionScene): GridPlace | undefined {
  const row = layer === undefined ? -1 : figure.layers.indexOf(layer);
  return locked || row < 0 || head === undefined || head >= figure.headCount ? undefined : { row, column: head };
}

function scoresTemplate(scene: AttentionScene): unknown {
  const { layers, headCount } = scene.figure;
  return layers.flatMap((_, row) =>
    Array.from(
      { length: headCount },
      (_, head) =>
        html`<small aria-hidden="true" .style=${`--row-at: ${row}; --column-at: ${head}`}>${scoreText(scene, row, head)}</small>`,
    ),
  );
}

/** "head 2.5: 0.84" */
function nameOf(scene: AttentionScene, layer: number, head: number): string {
  return viewStrings.overviewCell(headName(scene.figure, layer, head), scoreText(scene, layer, head));
}
