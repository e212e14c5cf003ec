// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { capital, formatNumber, formatSigned } from '../shared/format.js';
import { componentValue, headValue, type AttributionData } from './attribution-data.js';
import { questionOf } from './caption.js';
import type { Part } from './parts.js';
import type { Place } from './place.js';
import { partName, type AttributionScene } from './scene.js';

/** The way down, each step with its sum; all but the last are buttons. */
export function crumbsTemplate({ figure, way }: AttributionScene, go: (step: number) => void): TemplateResult {
  const question = questionOf(figure);
  return html`<div class="crumbs" part="crumbs">
    ${way.map((step, index) => {
      const part = index > 0 && partOf(figure, step);
      const text = part ? `${partName(part)}: ${formatSigned(part.value)}` : `${capital(question)}: ${formatNumber(figure.total)}`;
      return html`${part ? html`<span class="quiet" aria-hidden="true">›</span>` : nothing}${
        index === way.length - 1
          ? html`<span>${text}</span>`
          : html`<button type="button" class="crumb" data-export="yes" @click=${() => go(index)}>${text}</button>`
      }`;
    })}
  </div>`;
}

/** A step as the part that it takes apart, with what that adds. */
function partOf(figure: AttributionData, { view, layer = 0, head }: Place): Part {
  if (head !== undefined) return { kind: 'head', layer, index: head, value: headValue(figure, layer, head) };
  const kind = view === 'heads' ? 'attn' : 'mlp';
  return { kind, layer, value: componentValue(figure, kind, layer) };
}
