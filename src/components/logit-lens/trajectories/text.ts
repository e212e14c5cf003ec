// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { formatPercent } from '../../shared/format.js';
import { textAlternative } from '../../shared/text-alternative.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { candidates } from '../lens-data.js';
import { shortLabel, type LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';
import { curveName, curvesOf, statisticOf } from './curves.js';
import { valueText } from './scale.js';

/**
 * The lens at the chosen position as a table: the likeliest next tokens of each layer, and what the curves say there.
 *
 * @param withCurves - whether the curves are drawn
 */
export function lensText(scene: LensScene, withCurves: boolean): TemplateResult {
  const {
    figure,
    rows,
    chosen: { position },
  } = scene;
  const facts = withCurves ? curveFacts(scene) : undefined;
  const settled = shortLabel(figure.labels[figure.settled[position]!]!);
  return textAlternative({
    caption: html`<caption>
      ${figure.tokens[position]!.quoted}, ${lensStrings.position(position)}, ${lensStrings.lensSettled(settled)}
    </caption>`,
    heads: [lensStrings.point, lensStrings.nextToken],
    rows: rows.map((point) => ({
      head: figure.labels[point],
      cell: html`${candidates(figure, point, position, 3).map(
        ({ token, probability }, index) => html`${index > 0 ? ', ' : ''}${tokenTemplate(token)} ${formatPercent(probability)}`,
      )}${facts ? html`<div>${facts(point)}</div>` : nothing}`,
    })),
  });
}

/** What the drawn curves say at a point, for the table of the text alternative. */
function curveFacts(scene: LensScene): (point: number) => string {
  const statistic = statisticOf(scene);
  const { curves } = curvesOf(scene);
  return (point) =>
    curves.map((curve) => `${curveName(scene.figure, curve, true)} ${valueText(statistic, curve.values[point]!)}`).join(', ');
}
