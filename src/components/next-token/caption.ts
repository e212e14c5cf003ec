// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatCount, formatPercent } from '../shared/format.js';
import { strings } from '../shared/strings.js';
import type { Candidate, Decoding, Rule } from './decoding.js';
import type { NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';

/** "top-p 0.9" */
export function ruleText(rule: Rule, decoding: Decoding): string {
  const limits = { 'top-k': decoding.topK, 'top-p': decoding.topP, 'min-p': decoding.minP };
  return rule === 'greedy' ? words.nextRules.greedy : words.nextRuleAt(words.nextRules[rule], String(Number(limits[rule].toFixed(2))));
}

/** One candidate as a sentence that could be quoted. */
export function candidateSentence({ figure, decoding }: Pick<NextScene, 'figure' | 'decoding'>, candidate: Candidate): string {
  const token = figure.tokenOf(candidate.id).quoted;
  const raw = formatPercent(candidate.raw);
  const again = candidate.penalised ? `, ${words.nextPenalised}` : '';
  if (candidate.cutBy) return words.nextCut(token, raw, ruleText(candidate.cutBy, decoding)) + again;
  const plain = Math.abs(candidate.probability - candidate.raw) < 1e-9;
  return (plain ? words.nextSentence(token, raw) : words.nextDrawn(token, raw, formatPercent(candidate.probability))) + again;
}

/** A token of the continuation, as the model took it before anything was cut. */
export function takenSentence({ figure }: Pick<NextScene, 'figure'>, index: number): string {
  const { probability, rank } = figure.takenAt(index);
  const token = figure.tokenOf(figure.chosen[index]!).quoted;
  const position = figure.tokens.length + index;
  return words.nextTaken(
    token,
    position,
    probability === undefined ? '?' : formatPercent(probability),
    rank === undefined ? '?' : formatCount(rank),
  );
}

/** What is pointed at, what can be drawn on the whole, and what the seed draws. */
export function captionTemplate(scene: NextScene): TemplateResult {
  const { figure, chosen, locked, decoding, seed, draw } = scene;
  const facts = [summary(scene)];
  if (decoding.temperature > 0) facts.push(draw ? words.nextSeed(seed, figure.tokenOf(draw.id).quoted) : words.nextSeedBeyond(seed));
  return html`<div>${candidateSentence(scene, chosen)}.${locked ? html` <span class="quiet">(${strings.locked})</span>` : ''}</div>
    <div class="quiet">${facts.join('; ')}.</div>`;
}

function summary({ decoded, figure }: NextScene): string {
  const { candidates, rest, exact } = decoded;
  if (!exact) return words.nextBeyond(figure.count);
  const kept = candidates.filter(({ cutBy }) => !cutBy);
  if (!rest.cutBy && kept.length === candidates.length) return words.nextAll;
  return words.nextCaption(kept.length, formatPercent(kept.reduce((total, { raw }) => total + raw, 0)));
}
