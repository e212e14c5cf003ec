// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { strings } from '../shared/strings.js';
import { scaleIn, type TokensScene } from './scene.js';
import { tokensStrings } from './strings.js';
import { valueAt, type ValueRow } from './tokens-data.js';
import { withUnit } from './value-scale.js';

/** "surprise 3.21 nats" */
export function valueText(scene: TokensScene, row: ValueRow, position: number): string {
  const value = valueAt(row, position);
  return tokensStrings.tokenValue(row.label, value === undefined ? tokensStrings.noValue : withUnit(row, scaleIn(scene, row).write(value)));
}

/** One token with all its values, the drawn ones first: a sentence that could be quoted. */
export function tokenSentence(scene: TokensScene, position: number): string {
  const { figure, shown } = scene;
  const rows = [...shown, ...figure.rows.filter((row) => !shown.includes(row))];
  const values = rows.map((row) => valueText(scene, row, position)).join(', ');
  return tokensStrings.tokenSentence(figure.tokens[position]!.quoted, position, values);
}

/** The token that is pointed at; else what the values are like on the whole. */
export function captionTemplate(scene: TokensScene): TemplateResult {
  const { figure, shown, selection } = scene;
  const { query, locked } = selection;
  if (query !== undefined && query < figure.tokens.length) {
    const mark = locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing;
    return html`${tokenSentence(scene, query)}.${mark}`;
  }
  const summaries = shown.map((row) => summary(scene, row)).filter((sentence) => sentence !== '');
  return html`${summaries.map((sentence) => html`<div>${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.</div>`)}`;
}

function summary(scene: TokensScene, row: ValueRow): string {
  const { values, from = 0 } = row;
  const count = values.length - from;
  if (count <= 0) return '';
  let [sum, best] = [0, from];
  for (let at = from; at < values.length; at++) {
    sum += values[at]!;
    if (values[at]! > values[best]!) best = at;
  }
  const { write } = scaleIn(scene, row);
  const [mean, largest] = [sum / count, values[best]!].map((value) => withUnit(row, write(row.as === 'count' ? Math.round(value) : value)));
  return tokensStrings.tokensSummary(row.label, mean!, largest!, scene.figure.tokens[best]!.quoted, best);
}
