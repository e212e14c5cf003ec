// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { authorRamp, inkOn, rampColour, rampIndex, rampRgb, type Ramp } from '../../shared/colour.js';
import { formatWeight } from '../../shared/format.js';
import { GridController } from '../../shared/grid-controller.js';
import { legendSlot, rampTemplate } from '../../shared/legend.js';
import { Pointing } from '../../shared/pointing.js';
import type { DisplayToken } from '../../shared/token-display.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { weightAt } from '../attention-data.js';
import { linksOf } from '../caption.js';
import { choice, largest } from '../controls.js';
import { headsTemplate } from '../heads.js';
import { HeadsPainter } from '../heads-painter.js';
import { frame, frameStyles } from '../frame.js';
import { extentOf, pictureHeight, thumbnailRows } from '../layout.js';
import { shaded } from '../paint.js';
import { directions, type AttentionHost, type AttentionPicture, type AttentionScene } from '../scene.js';
import { viewStrings } from '../view-strings.js';
import { directionOfTokens, onNextLine } from './lines.js';
import { linking, shadeOf, targetOf, type Side } from './linking.js';
import { tokensStyles } from './tokens.styles.js';

export { frame };
export const styles = [...frameStyles, tokensStyles];

export function create(host: AttentionHost): AttentionPicture {
  return new TokensView(host);
}

/** The hue of "attends to it": apart from the ramp of weights in lightness as in hue, and drawn as a line, not as a ground. */
const inHue = { light: [9, 110, 62], dark: [120, 224, 168] } as const;

/** The keyboard and the pointer of one of the texts. */
interface TextControls {
  keyboard: GridController;
  onKeydown: (event: KeyboardEvent) => void;
  pointing: Pointing<number>;
  /** What each piece shows. */
  shown: Shown[];
}

interface Shown {
  piece: HTMLElement;
  ramp: Ramp;
  shade: number;
  line: number;
  state: string;
  active: boolean;
}

/** The text itself, shaded by what a token attends to and underlined by what attends to it; two texts where keys are another one. */
class TokensView implements AttentionPicture {
  readonly #host: AttentionHost;
  readonly #texts: Record<Side, TextControls>;
  readonly #heads: HeadsPainter;
  #inRamp: { of: unknown; ramp: Ramp } | undefined;

  constructor(host: AttentionHost) {
    this.#host = host;
    this.#heads = new HeadsPainter(host.element);
    this.#texts = { query: this.#controlsOf('query'), key: this.#controlsOf('key') };
    const { query = 0 } = host.parts.scene()?.selection ?? {};
    this.moveTo({ row: query });
  }

  moveTo({ row }: { row: number }): void {
    this.#texts.query.keyboard.active = { row: 0, column: row };
  }

  render(scene: AttentionScene): TemplateResult {
    const { figure, label, title } = scene;
    const cross = figure.keyTokens !== figure.tokens;
    const extent = extentOf(scene);
    return html`<div class="picture narrow" .style=${`min-block-size: ${pictureHeight('tokens', extent)}px`}>
      ${this.#text('query', figure.tokens, label ?? viewStrings.textLabel(title))}
      ${cross ? this.#text('key', figure.keyTokens, viewStrings.keyTextLabel) : nothing}
      ${headsTemplate(scene, thumbnailRows(extent, devicePixelRatio), this.#host.parts)}
      <p id="hint" class="visually-hidden">${viewStrings.textHint}</p>
      <p id="said" class="visually-hidden">${this.#said(scene)}</p>
    </div>`;
  }

  #text(side: Side, tokens: readonly DisplayToken[], label: string): TemplateResult {
    const { keyboard, onKeydown, pointing } = this.#texts[side];
    return html`<div
      class="text"
      part="text"
      dir=${directionOfTokens(tokens)}
      role="listbox"
      tabindex="0"
      aria-label=${label}
      aria-describedby="hint"
      aria-activedescendant=${`${side}${keyboard.active.column}`}
      @focus=${keyboard.onFocus}
      @blur=${keyboard.onBlur}
      @keydown=${onKeydown}
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${pointing.onDown}
      @click=${pointing.onClick}
    >
      ${guard([tokens], () =>
        tokens.map(
          (token) =>
            html`<span
              class="piece"
              role="option"
              id=${`${side}${token.position}`}
              aria-selected="false"
              aria-label=${viewStrings.tokenAt(token.spoken, token.position)}
              data-at=${token.position}
              >${tokenTemplate(token)}${token.parts.at(-1)?.kind === 'newline' ? html`<br />` : nothing}</span
            >`,
        ),
      )}
    </div>`;
  }

  controls(scene: AttentionScene): unknown {
    if (scene.figure.keyTokens !== scene.figure.tokens) return nothing;
    return choice(
      viewStrings.direction,
      scene.direction,
      directions.map((direction) => [direction, viewStrings.directions[direction]]),
      (direction) => this.#host.parts.set({ direction }),
    );
  }

  legend(scene: AttentionScene): unknown {
    const { shading, direction, grid } = scene;
    const top = shading.scale === 'head' ? formatWeight(largest(grid)) : String(shading.max);
    const scale = { linear: '', sqrt: viewStrings.sqrtScale, head: viewStrings.ownScale }[shading.scale];
    const legend = (ramp: Ramp, title: string): TemplateResult => rampTemplate(ramp, { title: `${title}${scale}`, ends: ['0', top] });
    return legendSlot(
      html`<div class="legends">
        ${direction === 'in' ? nothing : legend(shading.ramp, viewStrings.outLegend)}
        ${direction === 'out' ? nothing : legend(this.#ramp(scene), viewStrings.inLegend)}
      </div>`,
    );
  }

  paint(scene: AttentionScene): void {
    this.#heads.paint(scene, thumbnailRows(extentOf(scene), devicePixelRatio));
    const link = linking(scene);
    const { grid, max } = shaded(scene.grid, { ...scene.shading, signed: false });
    const inRamp = this.#ramp(scene);
    const { ramp } = scene.shading;
    for (const side of ['query', 'key'] as const) {
      const { keyboard, shown } = this.#texts[side];
      const weight = (query: number, key: number): number | undefined => weightAt(grid, query, key);
      this.#pieces(side).forEach((piece, at) => {
        const { out, into } = shadeOf(link, side, at, weight);
        const shade = inSteps(out, max);
        const line = inSteps(into, max);
        const state = link.chosen[side] === at ? (scene.selection.locked ? 'locked' : 'pointed') : link.ringed[side] === at ? 'ringed' : '';
        const active = keyboard.focused && keyboard.active.column === at;
        // Of 512 tokens most stay as they are when the pointer moves on: what does not change is not written.
        const before = shown[at]?.piece === piece && shown[at].ramp === ramp ? shown[at] : undefined;
        if (before?.shade !== shade) {
          piece.style.backgroundColor = shade === 0 ? '' : rampColour(ramp, shade);
          piece.style.color = shade === 0 ? '' : inkOn(rampRgb(ramp, shade));
        }
        if (before?.line !== line) piece.style.borderBlockEndColor = line === 0 ? '' : rampColour(inRamp, line);
        if (before?.state !== state || before.active !== active) {
          piece.className = `piece ${state}${active ? ' active' : ''}`;
          piece.ariaSelected = String(state === 'locked');
          if (active) piece.setAttribute('aria-describedby', 'said');
          else piece.removeAttribute('aria-describedby');
        }
        shown[at] = { piece, ramp, shade, line, state, active };
      });
    }
  }

  forget(): void {
    this.#heads.forget();
  }

  #pieces(side: Side): readonly HTMLElement[] {
    const texts = this.#host.element.renderRoot.querySelectorAll('.text');
    return [...(texts[side === 'query' ? 0 : 1]?.children ?? [])] as HTMLElement[];
  }

  /** The sentence of the token that the keyboard is on. */
  #said(scene: AttentionScene): string {
    const side = this.#texts.key.keyboard.focused ? 'key' : 'query';
    const tokens = side === 'key' ? scene.figure.keyTokens : scene.figure.tokens;
    const { column } = this.#texts[side].keyboard.active;
    return tokens[column] ? sentence(scene, side, column) : '';
  }

  #ramp({ theme }: AttentionScene): Ramp {
    if (this.#inRamp?.of !== theme) this.#inRamp = { of: theme, ramp: authorRamp(theme.paper, inHue[theme.dark ? 'dark' : 'light']) };
    return this.#inRamp.ramp;
  }

  #controlsOf(side: Side): TextControls {
    const { parts } = this.#host;
    const tokens = (): readonly DisplayToken[] => {
      const figure = parts.scene()?.figure;
      return (side === 'key' ? figure?.keyTokens : figure?.tokens) ?? [];
    };
    const point = (at: number | undefined): void => parts.point(at === undefined ? undefined : targetOf(parts.scene()!, side, at));
    const lock = (at: number): void => parts.lock(targetOf(parts.scene()!, side, at), sentence(parts.scene()!, side, at));
    const keyboard = new GridController(this.#host.element, {
      rowCount: () => 1,
      columnCount: () => tokens().length,
      onMove: (place) => point(place?.column),
      onLock: ({ column }) => lock(column),
      onRelease: () => parts.release(),
    });
    // Up and down go by lines of the text, left and right where they point.
    const onKeydown = (event: KeyboardEvent): void => {
      const { column } = keyboard.active;
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as 1 | -1 | undefined;
      const aside = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
      const next = by
        ? onNextLine(this.#pieces(side), column, by)
        : aside && directionOfTokens(tokens()) === 'rtl'
          ? column + aside
          : undefined;
      if (next === undefined || event.altKey || event.metaKey || tokens().length === 0) {
        keyboard.onKeydown(event);
        return;
      }
      event.preventDefault();
      keyboard.moveTo({ row: 0, column: next });
      point(keyboard.active.column);
    };
    const pointing = new Pointing<number>(parts.tooltip, {
      hit: (event) => {
        const piece = event.composedPath().find((node) => node instanceof HTMLElement && node.dataset['at'] !== undefined);
        return piece ? Number((piece as HTMLElement).dataset['at']) : undefined;
      },
      sentence: (at) => sentence(parts.scene()!, side, at),
      point,
      isPointedAt: (at) => linking(parts.scene()!).chosen[side] === at && keyboard.active.column === at,
      press: (at, firstTouch) => {
        keyboard.moveTo({ row: 0, column: at });
        if (firstTouch) point(at);
        else lock(at);
      },
      isHeld: () => keyboard.focused,
    });
    return { keyboard, onKeydown, pointing, shown: [] };
  }
}

/** Index into a ramp, in 64 steps: no eye tells finer ones on words, and most of 512 tokens keep theirs when the pointer moves on. */
function inSteps(weight: number | undefined, max: number): number {
  return rampIndex(Math.round(((weight ?? 0) / max) * 63) / 63);
}

/** "head 2.5, from "to": 0.84 to "Mary"; to "to": ..." */
function sentence(scene: AttentionScene, side: Side, at: number): string {
  const { direction, figure, name } = scene;
  const cross = figure.keyTokens !== figure.tokens;
  const out = cross ? side === 'query' : direction !== 'in';
  const into = cross ? side === 'key' : direction !== 'out';
  return [name, ...(out ? [linksOf(scene, { query: at })] : []), ...(into ? [linksOf(scene, { key: at })] : [])].join(', ');
}
