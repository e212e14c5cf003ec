// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { formatWeight } from '../shared/format.js';
import { legendTemplate } from '../shared/legend.js';
import { pairName, pairs } from './attention-data.js';
import type { AttentionHost, AttentionPicture, AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';
import { views } from './views.js';

/** The choice of a view and a layer, what a view adds, and the colour scale. */
export function controlsTemplate(scene: AttentionScene, picture: AttentionPicture, set: AttentionHost['parts']['set']): TemplateResult {
  const { figure, view, layer, pair } = scene;
  const names = attentionStrings.views;
  return html`${choice(
    attentionStrings.view,
    view,
    views.map((name) => [name, names[name]]),
    (chosen) => set({ view: chosen }),
  )}
  ${
    figure.layers.length > 1 && view !== 'overview'
      ? choice(
          attentionStrings.layer,
          String(figure.layers[layer]),
          figure.layers.map((number) => [String(number), String(number)]),
          (number) => set({ layer: Number(number) }),
        )
      : nothing
  }
  ${
    figure.segments.length > 0
      ? choice(
          attentionStrings.segments,
          pair ? pairName(pair) : 'all',
          [
            ['all', attentionStrings.allSegments],
            ...[...pairs(figure.segments)].map(([name, { from, to }]) => [name, `${from.name} → ${to.name}`] as const),
          ],
          (between) => set({ between }),
        )
      : nothing
  }
  ${picture.controls?.(scene) ?? nothing} ${picture.legend?.(scene) ?? weightLegend(scene)}`;
}

/** A small native choice; `options` are its values with what they say. */
export function choice(
  name: string,
  chosen: string,
  options: readonly (readonly [string, string])[],
  choose: (value: string) => void,
): TemplateResult {
  return html`<label
    >${name}
    <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${options.map(([value, text]) => html`<option value=${value} .selected=${value === chosen}>${text}</option>`)}
    </select></label
  >`;
}

/** What the colours of weights stand for. */
export function weightLegend({ figure, grid, shading }: AttentionScene, ownEnd?: string): TemplateResult {
  const { scale, max, signed, ramp } = shading;
  const { weightLegend: plain, sqrtLegend, headLegend, signedLegend, ownMax, masked } = attentionStrings;
  const top = scale === 'head' ? (ownEnd ?? ownMax(formatWeight(largest(grid)))) : String(max);
  return legendTemplate(ramp, {
    title: signed ? signedLegend : { linear: plain, sqrt: sqrtLegend, head: headLegend }[scale],
    ends: [signed ? `−${top}` : '0', top],
    ...(figure.causal && { masked }),
  });
}

/** The largest size of a weight of a matrix. */
export function largest({ values, offset, rows, columns }: AttentionScene['grid']): number {
  let most = 0;
  for (let cell = offset; cell < offset + rows * columns; cell++) if (Math.abs(values[cell]!) > most) most = Math.abs(values[cell]!);
  return most || 1;
}
