// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { legendTemplate } from '../shared/legend.js';
import type { LensColour, LensScene } from './scene.js';
import { lensStrings } from './strings.js';

/** What the colour says, where there is a choice a field to change it, and how the final norm was applied. */
export function controlsTemplate(scene: LensScene, chooseColour: (colour: LensColour) => void): TemplateResult {
  const { figure, theme } = scene;
  const title = colourChoice(scene, chooseColour) ?? lensStrings.probabilityLegend;
  return html`${legendTemplate(theme.sequential, { title, ends: ['0%', '100%'] })} <span>${lensStrings.lensNorm[figure.norm]}</span>`;
}

/** The colour can follow a token where the data follow one and positions stand side by side. */
function colourChoice({ figure, layout, colour }: LensScene, choose: (colour: LensColour) => void): TemplateResult | undefined {
  const { target } = figure;
  if (!target || layout.mode === 'position') return undefined;
  const following = colour === 'target';
  return html`<select
    aria-label=${lensStrings.colour}
    @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as LensColour)}
  >
    <option value="top" .selected=${!following}>${lensStrings.colourTop}</option>
    <option value="target" .selected=${following}>${lensStrings.colourTarget(figure.tokenOf(target.id).quoted)}</option>
  </select>`;
}
