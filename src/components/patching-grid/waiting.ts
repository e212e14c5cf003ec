// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { layoutPatching } from './layout.js';
import { short } from './strings.js';
import { viewOf, type PatchingShow } from './view.js';

/** Tokens of each run. */
export const outputLines = 5;

/** As long as a short prompt, where none is known. */
const someText = 'as long as many short prompts are';

/** What the author says of a sweep before its data come. */
export interface SweepPromise {
  site: string | undefined;
  /** Layers, heads and positions, as far as they are known: "4 8 15". */
  reserveFor: string | undefined;
  show: PatchingShow;
  /** The prompts, as far as they are known: two of `patching`, else one. */
  prompts: readonly (string | undefined)[];
  /** The outputs of the two runs will be drawn. */
  withOutputs: boolean;
}

/** Boxes of the heights that a sweep will have, as far as its width and what the author says of it tell. */
export function waitingTemplate(width: number, { site, reserveFor, show, prompts, withOutputs }: SweepPromise): TemplateResult {
  const [layers, heads, positions] = (reserveFor?.match(/\d{1,4}/g) ?? []).map(Number);
  const { axes, dims } = axesOf(site ?? '', layers || 4, heads || 8, positions);
  const coordinates = Object.fromEntries(axes.map((axis, at) => [axis, Array.from({ length: dims[at]! }, (_, index) => index)]));
  const { rows, columns, across, picked, choice } = viewOf({ axes, dims, coordinates }, {}, show);
  const square = across === 'src';
  const labels = across === 'head' ? 'names' : 'tokens';
  const { height } = layoutPatching(width, rows.length, columns.length, labels, prompts.length, square);
  const choices = Number(choice) + picked.filter(({ axis }) => coordinates[axis]!.length > 1).length;
  return html`${labels === 'names' ? promptsPlace(prompts) : nothing}
    <div .style=${`block-size: ${height}px`}></div>
    <div class="caption"></div>
    ${withOutputs ? html`<div class="outputs" .style=${`--lines: ${outputLines}`}></div>` : nothing}
    <div class="controls choices${choices}"></div>
    <div class="summary-space"></div>`;
}

/** The place of the prompts as text, where the columns are not their positions. */
function promptsPlace(prompts: SweepPromise['prompts']): TemplateResult {
  return html`<div class="prompts unseen">
    ${prompts.map((prompt) => html`<div class="prompt-line"><span></span><span>${prompt ?? someText}</span></div>`)}
  </div>`;
}

/** The axes that the sweep of a site has, and how long they are; without a number of positions, heads are swept as a whole. */
function axesOf(site: string, layers: number, heads: number, positions: number | undefined): { axes: string[]; dims: number[] } {
  const count = positions || 15;
  if (site === 'head_pattern_dest_src') return { axes: ['layer', 'head', 'dest', 'src'], dims: [1, 1, count, count] };
  const every = site.endsWith('_every');
  const sites = every ? [{ axis: 'site', length: 3 }] : [];
  const byHead = short(site).startsWith('head');
  const withPositions = !byHead || positions !== undefined || short(site) !== site;
  const all = [
    ...sites,
    { axis: 'layer', length: layers },
    ...(withPositions ? [{ axis: 'pos', length: count }] : []),
    ...(byHead ? [{ axis: 'head', length: heads }] : []),
  ];
  return { axes: all.map(({ axis }) => axis), dims: all.map(({ length }) => length) };
}
