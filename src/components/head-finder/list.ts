// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { cssColour, rampRgb } from '../shared/colour.js';
import type { RankedHead } from './heads-data.js';
import { headSentence, nameOf, scoreText, type HeadsScene } from './scene.js';
import { headFinderStrings as words } from './strings.js';

/** A strong colour of the ramp, 0 to 255. */
const barColour = 190;

/** The ranking: a small pattern, the head's name, its score as bar and number. One stop of the Tab key, arrows inside. */
export function listTemplate(scene: HeadsScene, label: string | undefined): TemplateResult {
  const { scale, list, listGrid: grid, pointing } = scene;
  return html`<div
      class="ranking"
      part="ranking"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.rankedHeads(words.headKinds[scale.kind])}
      aria-describedby="hint"
      aria-activedescendant=${`h${grid.active.row}`}
      ${answers(grid, pointing)}
    >
      ${list.map((head) => rowTemplate(scene, head))}
    </div>
    <p id="hint" class="visually-hidden">${words.rankedHint}</p>`;
}

function rowTemplate(scene: HeadsScene, head: RankedHead): TemplateResult {
  const { scale, chosen, selection, listGrid: grid, theme } = scene;
  const { low, full } = scale;
  const here = head.rank === chosen.rank;
  const share = full > low ? Math.min(1, (head.score - low) / (full - low)) : 0;
  const colour = cssColour(rampRgb(theme.sequential, barColour));
  return html`<div
    role="row"
    class="ranked ${here ? 'here' : ''}"
    data-rank=${head.rank}
    data-focus=${grid.focused && grid.active.row === head.rank ? '' : nothing}
  >
    <div id=${`h${head.rank}`} role="gridcell" aria-selected=${here && selection.locked}>
      <span class="visually-hidden">${headSentence(scene, head)}, ${words.headPlace(head.rank + 1, scene.list.length)}</span>
      <canvas class="thumbnail" part="thumbnail" aria-hidden="true"></canvas>
      <span class="name" aria-hidden="true">${nameOf(head)}</span>
      <span class="track" aria-hidden="true"
        ><span class="bar" .style=${`inline-size: ${(share * 100).toFixed(1)}%; background: ${colour}`}></span
      ></span>
      <span class="score" aria-hidden="true">${scoreText(head.score)}</span>
    </div>
  </div>`;
}
