// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { capital } from '../shared/format.js';
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
  if (shown.length > 1) return html`${sentence(tokensStrings.tokensMeans(shown.map((row) => meanText(scene, row)).join(', ')))}`;
  return html`${shown.map((row) => sentence(summary(scene, row)))}`;
}

/** The name of a hook stays as it is written. */
function sentence(words: string): string {
  return words && `${/^\w+\./.test(words) ? words : capital(words)}.`;
}

function summary(scene: TokensScene, row: ValueRow): string {
  const { values, from = 0 } = row;
  if (values.length <= from) return '';
  let best = from;
  for (let at = from; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  const { write } = scaleIn(scene, row);
  const largest = withUnit(row, write(values[best]!));
  return tokensStrings.tokensSummary(row.label, meanOf(scene, row), largest, scene.figure.tokens[best]!.quoted, best);
}

/** "surprise 1.39 nats" */
function meanText(scene: TokensScene, row: ValueRow): string {
  return tokensStrings.tokenValue(row.label, meanOf(scene, row));
}

function meanOf(scene: TokensScene, row: ValueRow): string {
  const { values, from = 0 } = row;
  const count = values.length - from;
  if (count <= 0) return tokensStrings.noValue;
  let sum = 0;
  for (let at = from; at < values.length; at++) sum += values[at]!;
  const mean = sum / count;
  return withUnit(row, scaleIn(scene, row).write(row.as === 'count' ? Math.round(mean) : mean));
}
