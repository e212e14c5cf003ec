// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { contrast, cssColour, inkOn, rampRgb, type Rgb } from '../shared/colour.js';
import { tokenTemplate } from '../shared/token-view.js';
import type { DisplayToken } from '../shared/token-display.js';
import { valueText } from './caption.js';
import { scaleIn, type TokensScene } from './scene.js';
import { valueAt, type ValueRow } from './tokens-data.js';
import { colourIndex } from './value-scale.js';

/** Letters on a colour need this contrast. */
const leastContrast = 4.5;

/** The text, each token on its colour or over its stripes. Line breaks of the text are line breaks here. */
export function cellsTemplate(scene: TokensScene): TemplateResult[] {
  return scene.figure.tokens.map((token) => html`${cell(scene, token)}${breaks(token)}`);
}

function cell(scene: TokensScene, token: DisplayToken): TemplateResult {
  const { shown, mark, showValues, theme } = scene;
  const { position } = token;
  const colours = shown.map((row) => colourOf(scene, row, position));
  const fill = mark === 'fill' ? colours[0] : undefined;
  const ink = !fill || contrast(theme.ink, fill) >= leastContrast ? undefined : inkOn(fill);
  const name = [token.spoken, ...shown.map((row) => valueText(scene, row, position))].join(', ');
  // The name of a token whose values are printed beside it would repeat them in other words, so it is written out for those who hear it.
  return html`<span
    id=${`t${position}`}
    class=${token.parts.some(({ kind }) => kind !== 'space') ? 'cell' : 'cell blank'}
    part="token"
    role="option"
    aria-selected="false"
    aria-label=${showValues ? nothing : name}
    data-position=${position}
    .style=${fill ? `background-color: ${cssColour(fill)}${ink ? `; color: ${ink}` : ''}` : ''}
    >${tokenTemplate(token)}${mark === 'fill' ? nothing : colours.map(stripe)}${showValues ? valuesTemplate(scene, position, name) : nothing}</span
  >`;
}

/** Values in figures; what is heard is the name. */
function valuesTemplate(scene: TokensScene, position: number, name: string): TemplateResult {
  return html`<span class="value" aria-hidden="true">${scene.shown.map((row) => written(scene, row, position))}</span
    ><span class="visually-hidden">${name}</span>`;
}

/** The colour of a value; undefined where there is none. */
function colourOf(scene: TokensScene, row: ValueRow, position: number): Rgb | undefined {
  const value = valueAt(row, position);
  const scale = scaleIn(scene, row);
  return value === undefined ? undefined : rampRgb(scale.ramp, colourIndex(scale, value));
}

/** One value under its token, in its row among the stripes. */
function stripe(colour: Rgb | undefined, row: number): TemplateResult {
  return html`<span class="stripe" .style=${`--row: ${row}${colour ? `; background-color: ${cssColour(colour)}` : ''}`}></span>`;
}

function written(scene: TokensScene, row: ValueRow, position: number): TemplateResult {
  const value = valueAt(row, position);
  return html`<span>${value === undefined ? '\u00a0' : scaleIn(scene, row).write(value)}</span>`;
}

function breaks(token: DisplayToken): TemplateResult[] | typeof nothing {
  if (token.special) return nothing;
  const lines = token.parts.filter(({ kind }) => kind === 'newline');
  return lines.length === 0 ? nothing : lines.map(() => html`<br />`);
}
