// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatCount, formatNumber, formatPercent } from '../../shared/format.js';
import { strings } from '../../shared/strings.js';
import { candidates, cellIndex, type LensData } from '../lens-data.js';
import { shortLabel, type LensCell, type LensScene } from '../scene.js';
import { lensStrings } from '../strings.js';

/** One cell as a sentence that could be quoted. */
export function lensSentence(figure: LensData, { point, position, rank }: LensCell): string {
  const { token, probability } = candidates(figure, point, position)[rank]!;
  const label = shortLabel(figure.labels[point]!);
  return lensStrings.lensSentence(label, figure.tokens[position]!.quoted, position, token.quoted, formatPercent(probability));
}

/** A cell beside the pointer: with the numbers, where the colour is about them. */
export function tooltipSentence(figure: LensData, cell: LensCell, withFacts: boolean): string {
  const { position, prompt } = cell;
  if (prompt) return `${figure.tokens[position]!.quoted}, ${lensStrings.position(position)}`;
  return [lensSentence(figure, cell), ...(withFacts ? lensFacts(figure, cell) : [])].join('; ');
}

/** What else is known of a cell. */
function lensFacts(figure: LensData, { point, position }: LensCell): string[] {
  const { target, labels, settled } = figure;
  const index = cellIndex(figure, point, position);
  const entropy = formatNumber(figure.entropy[index]!);
  const isOutput = point === labels.length - 1;
  const facts = [isOutput ? lensStrings.lensOutput(entropy) : lensStrings.lensEntropy(entropy, formatNumber(figure.klToFinal[index]!))];
  if (target) {
    const rank = formatCount(target.rank[index]! + 1);
    facts.push(lensStrings.lensTarget(figure.tokenOf(target.id).quoted, formatPercent(target.probability[index]!), rank));
  }
  return [...facts, lensStrings.lensSettled(shortLabel(labels[settled[position]!]!))];
}

/** The chosen cell in words. */
export function captionTemplate({ figure, chosen, selection }: LensScene): TemplateResult {
  return html`<div>${lensSentence(figure, chosen)}.${selection.locked ? html` <span class="quiet">(${strings.locked})</span>` : ''}</div>
    <div class="quiet">${lensFacts(figure, chosen).join('; ')}</div>`;
}
