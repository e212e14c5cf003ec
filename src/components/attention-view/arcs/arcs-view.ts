// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { answers } from '../../shared/answers.js';
import { rampColour, rampIndex } from '../../shared/colour.js';
import { GridController, type GridPlace } from '../../shared/grid-controller.js';
import { legendSlot } from '../../shared/legend.js';
import { Pointing } from '../../shared/pointing.js';
import type { DisplayToken } from '../../shared/token-display.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { attentionSentence, headName, type AttentionData } from '../attention-data.js';
import { linksOf } from '../caption.js';
import { weightLegend } from '../controls.js';
import { frame, frameStyles } from '../frame.js';
import { headsTemplate } from '../heads.js';
import { HeadsPainter } from '../heads-painter.js';
import { arcStep, arcsWidth, extentOf, labelledCell, layoutArcs } from '../layout.js';
import { ticks } from '../matrix/axis.js';
import { Changes } from '../paint.js';
import type { AttentionHost, AttentionPicture, AttentionScene } from '../scene.js';
import { viewStrings } from '../view-strings.js';
import { arcsStyles } from './arcs.styles.js';
import { hueOf, lineGroups, type LineGroup } from './lines.js';

export { frame };
export const styles = [...frameStyles, arcsStyles];

export function create(host: AttentionHost): AttentionPicture {
  return new ArcsView(host);
}

/** The column of a token: queries on the left, keys on the right. */
type Side = 'query' | 'key';

/** A token at an end of lines. */
interface End {
  at: number;
  side: Side;
}

/** Two columns of tokens: lines from queries on the left to the keys that they attend to on the right. */
class ArcsView implements AttentionPicture {
  readonly #host: AttentionHost;
  readonly #keyboard: GridController;
  readonly #pointing: Pointing<End>;
  readonly #heads: HeadsPainter;
  readonly #lines = new Changes();
  #groups: LineGroup[] = [];
  #groupsOf: readonly unknown[] = [];

  constructor(host: AttentionHost) {
    this.#host = host;
    this.#heads = new HeadsPainter(host.element);
    const { parts } = host;
    const point = (end: End | undefined): void => parts.point(end && targetOf(end));
    const lock = (end: End): void => parts.lock(targetOf(end), sentence(parts.scene()!, end));
    const endOf = ({ row, column }: GridPlace): End => ({ at: row, side: sides(row)[column] ?? 'query' });
    const placeOf = ({ at, side }: End): GridPlace => ({ row: at, column: sides(at).indexOf(side) });
    // Where one text is longer than the other, its last rows have one cell.
    const sides = (row: number): Side[] => {
      const figure = parts.scene()?.figure;
      return figure ? sidesOf(figure, row) : [];
    };
    const keyboard = new GridController(host.element, {
      rowCount: () => {
        const figure = parts.scene()?.figure;
        return figure ? Math.max(figure.tokens.length, figure.keyTokens.length) : 0;
      },
      columnCount: (row) => sides(row).length,
      onMove: (place) => point(place && endOf(place)),
      onLock: (place) => lock(endOf(place)),
      onRelease: () => parts.release(),
    });
    this.#keyboard = keyboard;
    this.#pointing = new Pointing<End>(parts.tooltip, {
      hit: (event) => this.#hit(event),
      sentence: (end) => sentence(parts.scene()!, end),
      point,
      isPointedAt: (end) => {
        const { row, column } = placeOf(end);
        return parts.scene()!.selection[end.side] === row && keyboard.active.row === row && keyboard.active.column === column;
      },
      press: (end, firstTouch) => {
        keyboard.moveTo(placeOf(end));
        if (firstTouch) point(end);
        else lock(end);
      },
      isHeld: () => keyboard.focused,
    });
    this.moveTo({ row: parts.scene()?.selection.query ?? 0 });
  }

  moveTo({ row }: { row: number }): void {
    this.#keyboard.active = { row, column: 0 };
  }

  render(scene: AttentionScene): TemplateResult {
    const { figure, label, title } = scene;
    const { tokens, keyTokens } = figure;
    const extent = extentOf(scene);
    const step = arcStep(extent.count);
    this.#collect(scene);
    const linked = this.#linked(scene);
    const keyboard = this.#keyboard;
    const { row, column } = keyboard.active;
    const { beside, thumbnails, height } = layoutArcs(extent, devicePixelRatio);
    return html`<div class="picture ${beside ? '' : 'narrow'}" .style=${`min-block-size: ${height}px`}>
      <div
        class="two-columns"
        .style=${`--step: ${step}px; --rows: ${extent.count}; --most: ${arcsWidth}px; --longest: ${longest(figure)}`}
      >
        <div class="ends" aria-hidden="true"><span>${viewStrings.queries}</span><span>${viewStrings.keys}</span></div>
        <div
          class="columns"
          role="grid"
          tabindex="0"
          aria-label=${label ?? viewStrings.linesLabel(title)}
          aria-describedby="hint"
          aria-rowcount=${extent.count}
          aria-colcount="2"
          aria-activedescendant=${`c${column}`}
          ${answers(keyboard, this.#pointing)}
        >
          <div class="column from" aria-hidden="true">${this.#labels(scene, tokens, 'query', linked.queries, step)}</div>
          <canvas class="lines" part="cells" aria-hidden="true"></canvas>
          <div class="column to" aria-hidden="true">${this.#labels(scene, keyTokens, 'key', linked.keys, step)}</div>
          <div class="visually-hidden" role="row" aria-rowindex=${row + 1}>
            ${sidesOf(figure, row).map(
              (side, index) =>
                html`<span
                  id=${`c${index}`}
                  role="gridcell"
                  aria-colindex=${side === 'query' ? 1 : 2}
                  aria-selected=${scene.selection.locked && scene.selection[side] === row}
                  >${cellName(scene, { at: row, side })}</span
                >`,
            )}
          </div>
        </div>
      </div>
      ${headsTemplate(scene, thumbnails, this.#host.parts, hueOf(scene))}
      <p id="hint" class="visually-hidden">${viewStrings.textHint}</p>
    </div>`;
  }

  /** All tokens of a column, or where they have no room, those at the ends of the lines that are shown. */
  #labels(scene: AttentionScene, tokens: readonly DisplayToken[], side: Side, linked: ReadonlySet<number>, step: number): unknown {
    const { selection, figure } = scene;
    const chosen = selection[side];
    const { active, focused } = this.#keyboard;
    const all = step >= labelledCell;
    const shown = all ? tokens : clear([...(chosen === undefined ? [] : [chosen]), ...linked], step).map((at) => tokens[at]!);
    const numbers = all
      ? []
      : ticks(tokens.length, undefined, step).filter((tick) => shown.every((token) => Math.abs(token.position - tick) * step > 14));
    const idle = selection.query === undefined && selection.key === undefined;
    return html`${numbers.map((tick) => html`<span class="end tick" .style=${`--at: ${tick}`}>${tick}</span>`)}
    ${shown.map((token) => {
      const at = token.position;
      const state = at === chosen ? 'chosen' : idle || linked.has(at) ? '' : 'aside';
      const focus = focused && active.row === at && sidesOf(figure, at)[active.column] === side ? 'active' : '';
      return html`<span class="end ${state} ${focus}" .style=${`--at: ${at}`}><span>${tokenTemplate(token)}</span></span>`;
    })}`;
  }

  legend(scene: AttentionScene): unknown {
    const { topK, threshold, figure, layer } = scene;
    const which = threshold === undefined ? viewStrings.strongest(topK) : viewStrings.above(threshold);
    const coloured = this.#groups.filter(({ hue }) => hue);
    const legend = html`<div class="legends">
      <span>${which}</span>
      ${
        coloured.length === 0
          ? weightLegend({ ...scene, figure: { ...figure, causal: false } })
          : html`<span class="hues"
              >${coloured.map(
                ({ head, hue }) =>
                  html`<span
                    ><svg viewBox="0 0 16 4" aria-hidden="true"><rect width="16" height="4" fill=${hue!} /></svg
                    >${headName(figure, layer, head!)}</span
                  >`,
              )} <span>${viewStrings.weaker}</span></span
            >`
      }
    </div>`;
    return legendSlot(legend);
  }

  paint(scene: AttentionScene): void {
    const root = this.#host.element.renderRoot;
    const canvas = root.querySelector<HTMLCanvasElement>('canvas.lines')!;
    this.#heads.paint(scene, layoutArcs(extentOf(scene), devicePixelRatio).thumbnails);
    const { query, key } = scene.selection;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (this.#lines.seen([this.#groups, scene.theme, query, key, width, height, devicePixelRatio, canvas]))
      this.#paintLines(scene, canvas, width, height);
  }

  forget(): void {
    this.#heads.forget();
    this.#lines.forget();
    this.#groupsOf = [];
  }

  #paintLines(scene: AttentionScene, canvas: HTMLCanvasElement, width: number, height: number): void {
    const { shading, selection, figure } = scene;
    const { query, key } = selection;
    const ratio = devicePixelRatio;
    const context = canvas.getContext('2d');
    if (!context) return;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    // To clear a canvas takes a tenth of the time that a new one takes.
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const step = arcStep(Math.max(figure.tokens.length, figure.keyTokens.length));
    const thick = Math.max(0.6, Math.min(3, step / 5));
    const max =
      shading.scale === 'head' ? Math.max(...this.#groups.flatMap(({ lines }) => lines.map(({ weight }) => weight)), 1e-9) : shading.max;
    const share = (weight: number): number => {
      const amount = Math.min(1, Math.max(0, weight / max));
      return shading.scale === 'sqrt' ? Math.sqrt(amount) : amount;
    };
    this.#groups.forEach(({ hue, lines }, index) => {
      const shift = this.#groups.length > 1 ? (index - (this.#groups.length - 1) / 2) * Math.min(1.6, step / 10) : 0;
      for (const line of lines) {
        if ((query !== undefined && line.query !== query) || (key !== undefined && line.key !== key)) continue;
        const amount = share(line.weight);
        context.strokeStyle = hue ?? rampColour(shading.ramp, Math.max(40, rampIndex(amount)));
        context.globalAlpha = hue ? 0.15 + 0.85 * amount : 0.4 + 0.6 * amount;
        context.lineWidth = thick * (0.35 + 0.65 * amount);
        const [from, to] = [(line.query + 0.5) * step + shift, (line.key + 0.5) * step + shift];
        context.beginPath();
        context.moveTo(0, from);
        context.bezierCurveTo(width * 0.4, from, width * 0.6, to, width, to);
        context.stroke();
      }
    });
  }

  /** The lines, made again where what they depend on has changed. */
  #collect(scene: AttentionScene): void {
    const now = [scene.grid, scene.heads.join(), scene.topK, scene.threshold, scene.theme.dark, scene.chosen.length];
    if (now.every((value, index) => value === this.#groupsOf[index])) return;
    this.#groupsOf = now;
    this.#groups = lineGroups(scene);
  }

  /** The tokens at the other ends of the lines of what is pointed at. */
  #linked({ selection: { query, key } }: AttentionScene): { queries: Set<number>; keys: Set<number> } {
    const lines = this.#groups
      .flatMap((group) => group.lines)
      .filter(
        (line) => (query !== undefined || key !== undefined) && (query ?? line.query) === line.query && (key ?? line.key) === line.key,
      );
    return { queries: new Set(lines.map((line) => line.query)), keys: new Set(lines.map((line) => line.key)) };
  }

  #hit(event: MouseEvent): End | undefined {
    const columns = this.#host.element.renderRoot.querySelector('.columns');
    const { figure } = this.#host.parts.scene()!;
    if (!columns) return undefined;
    const { left, top, width, height } = columns.getBoundingClientRect();
    const count = Math.max(figure.tokens.length, figure.keyTokens.length);
    const at = Math.floor(((event.clientY - top) / height) * count);
    const side = event.clientX - left < width / 2 ? 'query' : 'key';
    return sidesOf(figure, at).includes(side) ? { at, side } : undefined;
  }
}

/** Characters of the longest token, which the columns have room for. */
function longest({ tokens, keyTokens }: AttentionData): number {
  return Math.max(...tokens.map(lengthOf), ...keyTokens.map(lengthOf));
}

function lengthOf({ parts, special }: DisplayToken): number {
  return parts.reduce((sum, { text, name }) => sum + (name ?? text).length, special ? 1 : 0);
}

/** The columns that have a token in a row. */
function sidesOf({ tokens, keyTokens }: AttentionData, row: number): Side[] {
  return (['query', 'key'] as const).filter((side) => row >= 0 && row < (side === 'query' ? tokens : keyTokens).length);
}

function targetOf({ at, side }: End): { query?: number; key?: number } {
  return { [side]: at };
}

function sentence(scene: AttentionScene, end: End): string {
  return `${scene.name}, ${linksOf(scene, targetOf(end))}`;
}

function cellName(scene: AttentionScene, end: End): string {
  const { query, key } = scene.selection;
  if (end.side === 'query' && query === end.at && key !== undefined)
    return attentionSentence(scene.figure, scene.grid, scene.name, query, key);
  return sentence(scene, end);
}

/** Positions, the first ones first, that leave each other room for a label. */
function clear(positions: readonly number[], step: number): number[] {
  const kept: number[] = [];
  for (const at of positions) if (kept.every((other) => Math.abs(other - at) * step >= labelledCell)) kept.push(at);
  return kept;
}
