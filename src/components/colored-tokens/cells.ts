// SPDX-License-Identifier: MIT
import { contrast, cssColour, inkOn, rampRgb, type Rgb } from '../shared/colour.js';
import { tokenNode } from '../shared/token-view.js';
import type { DisplayToken } from '../shared/token-display.js';
import { valueText } from './caption.js';
import { scaleIn, type TokensScene } from './scene.js';
import { valueAt, type ValueRow } from './tokens-data.js';
import { colourIndex } from './value-scale.js';

/** Letters on a colour need this contrast. */
const leastContrast = 4.5;

/**
 * The text, each token on its colour or over its stripes. Line breaks of the text are line breaks here. Made of plain nodes: templates for
 * thousands of tokens would take ten times as long.
 */
export function cellsOf(scene: TokensScene): DocumentFragment {
  const all = document.createDocumentFragment();
  const cell = cellMaker(scene);
  for (const token of scene.figure.tokens) {
    all.append(cell(token));
    if (token.special) continue;
    for (const { kind } of token.parts) if (kind === 'newline') all.append(document.createElement('br'));
  }
  return all;
}

function cellMaker(scene: TokensScene): (token: DisplayToken) => HTMLElement {
  const { shown, mark, showValues } = scene;
  const blank = span('cell');
  blank.part.value = 'token';
  blank.role = 'option';
  blank.ariaSelected = 'false';
  const fill = shown[0] && filler(scene, shown[0]);
  return (token) => {
    const { position } = token;
    const own = blank.cloneNode() as HTMLElement;
    const name = [token.spoken, ...shown.map((row) => valueText(scene, row, position))].join(', ');
    own.append(tokenNode(token));
    own.id = `t${position}`;
    if (token.parts.every(({ kind }) => kind === 'space')) own.className = 'cell blank';
    if (mark === 'fill') fill?.(own, position);
    else own.append(...shown.map((row, index) => stripe(colourOf(scene, row, position), index)));
    // The name of a token whose values are printed beside it would repeat them in other words, so it is written out for those who hear it.
    if (showValues) own.append(...valueNodes(scene, position, name));
    else own.ariaLabel = name;
    return own;
  };
}

/** Puts a cell on the colour of its value, with letters that can be read on it. Each colour is made once. */
function filler(scene: TokensScene, row: ValueRow): (cell: HTMLElement, position: number) => void {
  const scale = scaleIn(scene, row);
  const known: { background: string; ink: string }[] = [];
  return (cell, position) => {
    const value = valueAt(row, position);
    if (value === undefined) return;
    const index = colourIndex(scale, value);
    if (!known[index]) {
      const colour = rampRgb(scale.ramp, index);
      const readable = contrast(scene.theme.ink, colour) >= leastContrast;
      known[index] = { background: cssColour(colour), ink: readable ? '' : inkOn(colour) };
    }
    const { background, ink } = known[index];
    cell.style.backgroundColor = background;
    if (ink) cell.style.color = ink;
  };
}

function span(className: string, ...children: (Node | string)[]): HTMLElement {
  const node = document.createElement('span');
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Values in figures; what is heard is the name. */
function valueNodes(scene: TokensScene, position: number, name: string): HTMLElement[] {
  const values = span('value', ...scene.shown.map((row) => span('', written(scene, row, position))));
  values.ariaHidden = 'true';
  return [values, span('visually-hidden', name)];
}

/** The colour of a value; undefined where there is none. */
function colourOf(scene: TokensScene, row: ValueRow, position: number): Rgb | undefined {
  const value = valueAt(row, position);
  const scale = scaleIn(scene, row);
  return value === undefined ? undefined : rampRgb(scale.ramp, colourIndex(scale, value));
}

/** One value under its token, in its row among the stripes. */
function stripe(colour: Rgb | undefined, row: number): HTMLElement {
  const node = span('stripe');
  node.style.setProperty('--row', String(row));
  if (colour) node.style.backgroundColor = cssColour(colour);
  return node;
}

function written(scene: TokensScene, row: ValueRow, position: number): string {
  const value = valueAt(row, position);
  return value === undefined ? '\u00a0' : scaleIn(scene, row).write(value);
}
