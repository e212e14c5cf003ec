// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { legendSlot, rampTemplate } from '../shared/legend.js';
import { scaleIn, type TokensScene } from './scene.js';
import { tokensStrings } from './strings.js';
import type { ValueRow } from './tokens-data.js';

/** What the colours say: a legend for each row that is drawn, and where one of several is drawn a field to choose it. */
export function controlsTemplate(scene: TokensScene, choose: (row: number) => void): TemplateResult {
  const { figure, shown, mark } = scene;
  const choice = mark === 'fill' && figure.rows.length > 1 ? rowChoice(scene, choose) : undefined;
  const ramps = shown.map((row) => {
    const { ramp, min, max, write, log } = scaleIn(scene, row);
    const title = log && mark === 'underline' ? tokensStrings.logTitle(titleOf(row)) : titleOf(row);
    return rampTemplate(ramp, { ...(!choice && { title }), ends: [min === 0 && row.as !== 'probability' ? '0' : write(min), write(max)] });
  });
  return html`${choice ?? nothing}${legendSlot(ramps)}${mark === 'fill' && shown.some((row) => scaleIn(scene, row).log) ? html`<span>${tokensStrings.logColours}</span>` : nothing}`;
}

function rowChoice({ figure, chosen }: TokensScene, choose: (row: number) => void): TemplateResult {
  return html`<select
    aria-label=${tokensStrings.valueShown}
    @change=${(event: Event) => choose((event.target as HTMLSelectElement).selectedIndex)}
  >
    ${figure.rows.map((row, index) => html`<option .selected=${index === chosen}>${titleOf(row)}</option>`)}
  </select>`;
}

/** "surprise (nats)" */
function titleOf({ label, unit }: ValueRow): string {
  return unit === undefined ? label : `${label} (${unit})`;
}
