// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { cssColour, rampRgb } from '../shared/colour.js';
import { formatPercent } from '../shared/format.js';
import type { Pointing } from '../shared/pointing.js';
import { tokenTemplate } from '../shared/token-view.js';
import type { Candidate } from './decoding.js';
import { candidateSentence, type NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** A strong colour of the ramp, 0 to 255. */
const barColour = 190;

/** The likeliest tokens: an outline as long as the model's probability, a bar as long as what it is drawn with. */
export function barsTemplate(scene: NextScene, pointing: Pointing<Candidate>, label: string | undefined): TemplateResult {
  const { candidates, rows, grid } = scene;
  return html`<div
      class="bars"
      part="bars"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.nextLabel}
      aria-describedby="hint"
      aria-activedescendant=${`n${grid.active.row}`}
      @focus=${grid.onFocus}
      @blur=${grid.onBlur}
      @keydown=${grid.onKeydown}
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${pointing.onDown}
      @click=${pointing.onClick}
    >
      ${candidates.slice(0, rows).map((candidate, row) => barTemplate(scene, candidate, row))}
    </div>
    <p id="hint" class="visually-hidden">${words.nextHint}</p>`;
}

function barTemplate(scene: NextScene, candidate: Candidate, row: number): TemplateResult {
  const { figure, chosen, locked, grid, theme, full } = scene;
  const here = candidate.id === chosen.id;
  const colour = cssColour(rampRgb(theme.sequential, barColour));
  const width = (value: number): string => `${((value / full) * 100).toFixed(2)}%`;
  const { cutBy } = candidate;
  return html`<div
    role="row"
    class="bar-row ${here ? 'here' : ''} ${cutBy ? 'cut' : ''}"
    data-row=${row}
    data-focus=${grid.focused && grid.active.row === row ? '' : nothing}
  >
    <div id=${`n${row}`} role="gridcell" aria-selected=${here && locked}>
      <span class="visually-hidden">${candidateSentence(scene, candidate)}</span>
      <span class="name" aria-hidden="true">${tokenTemplate(figure.tokenOf(candidate.id))}</span>
      <span class="track" aria-hidden="true">
        <span class="raw" .style=${`inline-size: ${width(candidate.raw)}`}></span>
        <span class="drawn" .style=${`inline-size: ${width(candidate.probability)}; background: ${colour}`}></span>
      </span>
      <span class="percent" aria-hidden="true">${cutBy ? words.nextRules[cutBy] : formatPercent(candidate.probability)}</span>
    </div>
  </div>`;
}
