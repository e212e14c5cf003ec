// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { legendTemplate } from '../../shared/legend.js';
import type { Theme } from '../../shared/theme-controller.js';
import { candidates } from '../lens-data.js';
import type { Encoding, LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';

/** The probability of the likeliest token: what the colour says unless somebody asks for more. */
export function plainEncoding(figure: LensScene['figure'], theme: Theme): Encoding {
  return {
    title: lensStrings.colourTop,
    ends: ['0%', '100%'],
    ramp: theme.sequential,
    amount: (point, position) => candidates(figure, point, position, 1)[0]!.probability,
  };
}

/**
 * What the colour says, where the marks stand, and how the final norm was applied.
 *
 * @param choice - a field to change what the colour says, once there is one
 */
export function controlsTemplate(scene: LensScene, encoding: Encoding, choice: TemplateResult | undefined): TemplateResult {
  const { figure, theme, layout, stride } = scene;
  const inGrid = layout.mode === 'grid';
  const { ramp, ends, title, unknown } = inGrid ? encoding : plainEncoding(figure, theme);
  const unsaid = inGrid && unknown !== undefined ? { masked: unknown } : {};
  // One position by itself: its cells always show their probability, the choice is about the curves alone.
  const words = inGrid ? {} : { title: lensStrings.probabilityLegend };
  return html`<span class="encoding">${choice ?? (inGrid ? title : nothing)}</span>
    ${legendTemplate(ramp, { ...words, ends, ...unsaid })}
    <span><span class="settled key"></span>${lensStrings.lensSettledKey}</span>
    <span>${lensStrings.lensNorm[figure.norm]}${stride > 1 ? `, ${lensStrings.lensStride(stride)}` : nothing}</span>`;
}
