// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { cssColour, rampRgb } from '../shared/colour.js';
import { formatPercent } from '../shared/format.js';
import type { Pointing } from '../shared/pointing.js';
import { tokenTemplate } from '../shared/token-view.js';
import { candidateSentence, ruleText } from './caption.js';
import type { Candidate } from './decoding.js';
import type { NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** A strong colour of the ramp, 0 to 255. */
export const barColour = 190;

/** The likeliest tokens: an outline as long as the model's probability, a bar as long as what it is drawn with. */
export function barsTemplate(scene: NextScene, pointing: Pointing<Candidate>, label: string | undefined): TemplateResult {
  const { listed, grid } = scene;
  return html`<div
      class="bars"
      part="bars"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.nextLabel}
      aria-describedby="hint"
      aria-activedescendant=${`n${grid.active.row}`}
      ${answers(grid, pointing)}
    >
      ${listed.map((candidate, row) => barTemplate(scene, candidate, row))}
    </div>
    <p id="hint" class="visually-hidden">${words.nextHint}</p>`;
}

function barTemplate(scene: NextScene, candidate: Candidate, row: number): TemplateResult {
  const { figure, chosen, locked, grid, theme, full, decoding, draw, taken } = scene;
  const here = candidate.id === chosen.id;
  const colour = cssColour(rampRgb(theme.sequential, barColour));
  const width = (value: number): string => `${((value / full) * 100).toFixed(2)}%`;
  const { id, cutBy, raw, probability } = candidate;
  const classes = ['bar-row', here ? 'here' : '', here && locked ? 'locked' : '', cutBy ? 'cut' : ''].join(' ');
  // The token that stands in the text here, or the one that would be drawn.
  const next = id === (taken ?? draw?.id);
  return html`<div role="row" class=${classes} data-row=${row} data-focus=${grid.focused && grid.active.row === row ? '' : nothing}>
    <div id=${`n${row}`} role="gridcell" aria-selected=${here && locked}>
      <span class="visually-hidden">${candidateSentence(scene, candidate)}</span>
      <span class="name" aria-hidden="true">${tokenTemplate(figure.tokenOf(id))}</span>
      <span class="next" aria-hidden="true">${next ? '▸' : ''}</span>
      <span class="track" aria-hidden="true">
        <span class="raw" .style=${`inline-size: ${width(raw)}`}></span>
        <span class="drawn" .style=${`inline-size: ${width(probability)}; background: ${colour}`}></span>
      </span>
      <span class="model" aria-hidden="true">${formatPercent(raw)}</span>
      <span class="percent" aria-hidden="true">${cutBy ? ruleText(cutBy, decoding) : formatPercent(probability)}</span>
    </div>
  </div>`;
}
