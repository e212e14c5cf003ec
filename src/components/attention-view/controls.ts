// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import type { Ramp } from '../shared/colour.js';
import { legendTemplate } from '../shared/legend.js';
import type { AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

/** What the controls show beside the scene, and do. */
export interface AttentionControls {
  ramp: Ramp;
  /** The weight of the strongest colour. */
  maxValue: number;
  /** Takes the model's number of a layer. */
  chooseLayer(layer: number): void;
}

/** The choice of a layer, the colour scale, and what a thumbnail's pixel stands for. */
export function controlsTemplate(
  { figure, layout, layer }: AttentionScene,
  { ramp, maxValue, chooseLayer }: AttentionControls,
): TemplateResult {
  const { pool } = layout.thumbnails.fit;
  const onLayer = (event: Event): void => chooseLayer(Number((event.target as HTMLSelectElement).value));
  return html`${
    figure.layers.length > 1
      ? html`<label
          >${attentionStrings.layer}
          <select @change=${onLayer}>
            ${figure.layers.map((number, index) => html`<option value=${number} .selected=${index === layer}>${number}</option>`)}
          </select></label
        >`
      : nothing
  }
  ${legendTemplate(ramp, {
    title: attentionStrings.weightLegend,
    ends: ['0', String(maxValue)],
    ...(figure.causal && { masked: attentionStrings.masked }),
  })}
  ${pool > 1 ? html`<span class="note">${attentionStrings.pooled(pool)}</span>` : nothing}`;
}
