// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { cssColour, inkOn, rampRgb } from '../shared/colour.js';
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
  return html`${headsTemplate(scene)}
    <div
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

/** What the columns are, over them: the words look like the marks of what they name, and the bars have an axis. */
function headsTemplate(scene: NextScene): TemplateResult {
  const { theme, full } = scene;
  const colour = rampRgb(theme.sequential, barColour);
  return html`<div class="heads columns quiet" part="heads" aria-hidden="true">
    <span class="axis"><span>0</span><span>${formatPercent(full)}</span></span>
    <span class="model"><span class="raw-head">${words.rawLegend}</span></span>
    <span class="percent"
      ><span class="drawn-head" .style=${`background: ${cssColour(colour)}; color: ${inkOn(colour)}`}
        >${short(words.drawnLegend, scene)}</span
      ></span
    >
  </div>`;
}

function barTemplate(scene: NextScene, candidate: Candidate, row: number): TemplateResult {
  const { figure, chosen, locked, grid, theme, full, decoding, draw, taken } = scene;
  const here = candidate.id === chosen.id;
  const colour = cssColour(rampRgb(theme.sequential, barColour));
  const width = (value: number): string => `${((value / full) * 100).toFixed(2)}%`;
  const { id, cutBy, raw, probability, penalised } = candidate;
  const classes = ['bar-row', here ? 'here' : '', here && locked ? 'locked' : '', cutBy ? 'cut' : ''].join(' ');
  // The token that stands in the text here, or the one that would be drawn.
  const next = id === (taken ?? draw?.id);
  return html`<div role="row" class=${classes} data-row=${row} data-focus=${grid.focused && grid.active.row === row ? '' : nothing}>
    <div id=${`n${row}`} class="columns" role="gridcell" aria-selected=${here && locked}>
      <span class="visually-hidden">${candidateSentence(scene, candidate)}</span>
      <span class="name" aria-hidden="true">${tokenTemplate(figure.tokenOf(id))}</span>
      <span class=${next ? 'mark next' : 'mark'} aria-hidden="true">${next ? '▸' : penalised ? '÷' : ''}</span>
      <span class="track" aria-hidden="true">
        <span class="raw" .style=${`inline-size: ${width(raw)}`}></span>
        <span class="drawn" .style=${`inline-size: ${width(probability)}; background: ${colour}`}></span>
      </span>
      <span class="model" aria-hidden="true">${formatPercent(raw)}</span>
      <span class="percent" aria-hidden="true">${cutBy ? short(ruleText(cutBy, decoding), scene) : formatPercent(probability)}</span>
    </div>
  </div>`;
}

/** The first word alone where the columns are narrow. */
const short = (text: string, { narrow }: NextScene): string => (narrow ? text.split(' ')[0]! : text);
