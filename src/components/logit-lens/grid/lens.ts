// SPDX-License-Identifier: MIT
// The picture of a lens: its grid, the prompt, and what is said of them.
import { html, nothing, type TemplateResult } from 'lit';
import type { Pointing } from '../../shared/pointing.js';
import type { LensCell, LensScene } from '../scene.js';
import type { LensReader } from '../trajectories/reader.js';
import { followPlace, readingTemplate, type LensPromise } from '../waiting.js';
import { captionTemplate } from './caption.js';
import { controlsTemplate, plainEncoding } from './controls.js';
import { gridTemplate } from './grid.js';
import { stripTemplate } from './strip.js';

/** What the picture takes besides its scene. */
export interface LensPicture {
  pointing: Pointing<LensCell>;
  /** Columns that the keys can visit, in view or not. */
  columnCount: number;
  /** The author's name of the figure. */
  label: string | undefined;
  /** Whether there is room for curves. */
  curves: boolean;
  /** What the author follows and compares. */
  promise: Pick<LensPromise, 'pins' | 'compare'>;
  /** What a reader has beyond the grid, once it is there. */
  reader: LensReader | undefined;
  choose(position: number): void;
}

/** A whole lens. */
export function lensTemplate(
  scene: LensScene,
  { pointing, columnCount, label, curves, promise, reader, choose }: LensPicture,
): TemplateResult {
  const { figure, layout, theme, colour } = scene;
  const windowed = layout.mode === 'position' || layout.columns < figure.tokens.length;
  const plain = plainEncoding(figure, theme);
  // A colour that is still being loaded is no colour yet, not another one.
  const encoding = reader?.encoding(scene) ?? (colour === 'top' ? plain : { ...plain, amount: () => 0 });
  return html`${windowed && figure.tokens.length > 1 ? stripTemplate(scene, choose) : nothing}
    <div class="board">${gridTemplate(scene, encoding, pointing, columnCount, label)} ${reader?.handles(scene)}</div>
    ${readingTemplate(layout, figure.k, curves, curves ? reader?.chart(scene) : undefined, reader?.detail(scene))}
    <div class="caption" part="caption">${captionTemplate(scene)}</div>
    <div class="controls" part="controls">${controlsTemplate(scene, encoding, reader?.choice(scene))}</div>
    ${curves ? html`<div class="following">${reader?.following(scene) ?? followPlace(promise, layout)}</div>` : nothing}`;
}
