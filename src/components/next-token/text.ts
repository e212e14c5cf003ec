// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatNumber, formatPercent } from '../shared/format.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { beamText } from './beams.js';
import { ruleText } from './caption.js';
import type { NextData } from './next-data.js';
import type { NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** The likeliest tokens of the step, with both probabilities. */
export function nextText({ figure, decoded, decoding }: NextScene): TemplateResult {
  return textAlternative({
    heads: [words.nextColumns[0]!, `${words.nextColumns[1]}, ${words.nextColumns[2]!.toLowerCase()}`],
    rows: decoded.candidates.slice(0, 30).map((candidate) => ({
      head: tokenTemplate(figure.tokenOf(candidate.id)),
      cell: `${formatPercent(candidate.raw)}, ${candidate.cutBy ? ruleText(candidate.cutBy, decoding) : formatPercent(candidate.probability)}`,
    })),
  });
}

/** Every sequence that was looked at, with its log-probability. */
export function beamsText(figure: NextData): TemplateResult {
  const { nodes } = figure.beams!;
  return textAlternative({
    heads: [words.sequence, words.beamLegend.split(';')[0]!],
    rows: nodes.map(({ logProbability, kept }, index) => ({
      head: html`<bdi>${beamText(figure, index)}</bdi>`,
      cell: `${formatNumber(logProbability)}${kept ? '' : `, ${words.cutLegend}`}`,
    })),
  });
}
