// SPDX-License-Identifier: MIT
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import { oneOf } from '../../shared/attribute-value.js';
import { rawArray, VitrineError, type PatchingPart, type PatchingTrace } from '../../shared/core.js';
import { legendStyles } from '../../shared/legend.js';
import type { LiveRequest } from '../../shared/live-model.js';
import { PictureIn, type Picture } from '../../shared/picture.js';
import { positionWithin } from '../../shared/positions.js';
import { tokenStyles } from '../../shared/token-view.js';
import { layoutPatching, type PatchingLayout } from '../layout.js';
import { isPlain, patchingFromTrace, traceOfGrid, type PatchingData } from '../patching-data.js';
import type { PatchingGridElement } from '../patching-grid.js';
import { alongTokens, stripsOf } from '../strip-names.js';
import { patchingStrings as words } from '../strings.js';
import { picksOf, viewOf, type GridView } from '../view.js';
import { SweepReader } from './reader.js';
import { pictureStyles } from './styles.js';

export const styles: readonly CSSResult[] = [tokenStyles, legendStyles, pictureStyles];

export function create(element: PatchingGridElement): Picture<PatchingData> {
  return new PatchingPicture(element);
}

/** Reads a sweep, asks for one, and hands what is to be drawn to the reader's side. */
class PatchingPicture extends PictureIn<PatchingGridElement> implements Picture<PatchingData> {
  /** Index along the axes of which one place is drawn. */
  #picks: Readonly<Record<string, number>> = {};
  /** Prompts and axes of the drawn data: others let go of what was locked. */
  #identity = '';
  readonly #reader = new SweepReader(this.element, {
    tooltip: this.element.tooltip,
    links: this.element.links,
    provider: () => this.element.live.provider,
    controls: {
      pick: (axis, index) => {
        this.#picks = { ...this.#picks, [axis]: index };
        this.#reader.leave();
        this.element.requestUpdate();
      },
      show: (what) => {
        this.element.show = what;
        this.#reader.leave();
      },
    },
  });

  // --- the data

  traceOf(value: unknown): unknown {
    return isPlain(value) ? traceOfGrid(value) : value;
  }

  read(trace: unknown): PatchingData {
    return patchingFromTrace(trace);
  }

  promptOf({ pair }: PatchingData): string {
    return this.element.clean ?? pair.clean;
  }

  sourceOf({ provenance }: PatchingData): string {
    return provenance.model;
  }

  liveRequest(clean: string): LiveRequest {
    const { element } = this;
    const { sweeps: technique, figure, subject: given } = element;
    const { corrupted, answer, wrong, site } = element.fields;
    if (clean === '' || answer === '' || (technique === 'patching' && corrupted === ''))
      throw new VitrineError('invalid-option', words.patchingNeeds);
    const subject = given === undefined ? [...(figure?.subject ?? [])] : given.split(',').map(Number);
    const direction = oneOf(element.localName, 'direction', element.direction ?? figure?.direction, ['denoise', 'noise'] as const);
    return {
      kind: 'patching',
      options: {
        technique,
        clean,
        answer,
        site,
        ...(wrong !== '' && { wrong }),
        ...(technique === 'tracing' && { subject }),
        ...(technique === 'patching' && { corrupted, direction, normalize: !element.raw }),
      },
    };
  }

  onLivePart(part: unknown): void {
    const came = part as PatchingPart;
    if ('trace' in came) {
      this.element.drawLive(came.trace);
      return;
    }
    const { figure } = this.element;
    if (!figure) return;
    for (const [offset, value] of came.cells) {
      figure.values[offset] = value;
      figure.missing.delete(offset);
    }
    this.element.requestUpdate();
  }

  liveProgress(): string | undefined {
    const { figure } = this.element;
    if (!figure || figure.missing.size === 0) return undefined;
    return words.patchingProgress(figure.values.length - figure.missing.size, figure.values.length);
  }

  /** A sweep that was cancelled is saved with the cells that it has. */
  drawnTrace(trace: unknown): unknown {
    const { values, dims, missing } = this.element.figure!;
    return { ...(trace as PatchingTrace), values: rawArray(values, dims), missing: [...missing] };
  }

  onFigure(figure: PatchingData): void {
    const { prompt, source, technique, site, direction, coordinates } = figure;
    const identity = JSON.stringify([prompt, source?.prompt, technique, site, direction, coordinates]);
    if (identity === this.#identity) return;
    this.#identity = identity;
    this.#reader.forget();
    this.#picks = {};
    this.element.links.keepWithin(figure.tokens.length || figure.dims.at(-1)!);
    this.#authorSelection(figure);
  }

  update(changed: PropertyValues<PatchingGridElement>): void {
    if ((['layer', 'position', 'head', 'key'] as const).some((name) => changed.has(name))) this.#authorSelection(this.element.figure!);
  }

  // --- the picture

  render(figure: PatchingData): TemplateResult {
    const { theme, maxValue, label, live } = this.element;
    const view = this.#view(figure);
    const layout = this.#layout(figure, view);
    return this.#reader.render({ figure, view, layout, theme: theme.current, maxValue, label, running: live.status === 'running' });
  }

  text(): TemplateResult {
    return this.#reader.text();
  }

  updated(): void {
    this.#reader.paint(this.element.renderRoot);
  }

  onTheme(): void {
    this.#reader.forgetColours();
  }

  #view(figure: PatchingData): GridView {
    const { localName, show } = this.element;
    return viewOf(figure, this.#picks, oneOf(localName, 'show', show, ['positions', 'heads'] as const));
  }

  #layout(figure: PatchingData, view: GridView): PatchingLayout {
    const labels = alongTokens({ figure, view }) ? 'tokens' : 'names';
    const square = view.across === 'src';
    const layout = layoutPatching(this.element.width, view.rows.length, view.columns.length, labels, stripsOf(figure).length, square);
    // Numbers of another tool take the room that they need: no place was kept for them.
    return figure.axes[0] === 'row' ? { ...layout, height: layout.top + layout.down * view.rows.length } : layout;
  }

  // --- what is chosen

  /** What the author has locked by `layer`, `position`, `head` and `key`. */
  #authorSelection(figure: PatchingData): void {
    const { layer, head, position, key: author } = this.element;
    if (layer === undefined) return;
    const within = (at: number | undefined): number | undefined =>
      at === undefined || figure.tokens.length === 0 ? at : positionWithin(at, figure.tokens.length);
    const [query, key] = [within(position), within(author)];
    const target = { layer, ...(head !== undefined && { head }), ...(query !== undefined && { query }), ...(key !== undefined && { key }) };
    this.#picks = { ...this.#picks, ...picksOf(figure, target) };
    this.element.selection.lock(target, this.element);
    this.#reader.showLocked({ figure, view: this.#view(figure) });
  }

  readerState(): Record<string, unknown> {
    const { layer, head, query, key, locked } = this.element.links.state;
    return locked
      ? {
          layer,
          ...(head !== undefined && { head }),
          ...(query !== undefined && { position: query }),
          ...(key !== undefined && { key }),
        }
      : {};
  }
}
