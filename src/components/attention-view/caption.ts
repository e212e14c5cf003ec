// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { formatWeight } from '../shared/format.js';
import { strings } from '../shared/strings.js';
import { attentionSentence, topKeys, type AttentionData } from './attention-data.js';
import { largeGrid, type AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

/** What is seen, in words made from the state. */
export function captionTemplate(scene: AttentionScene): TemplateResult {
  const { figure, layer, head } = scene;
  const { query, key, locked } = scene.selection;
  const title = attentionStrings.attentionCaption(figure.layers[layer]!, figure.headNames?.[head] ?? String(head));
  if (query === undefined) return html`${title}. <span class="quiet">${attentionStrings.attentionIdle}</span>`;
  const mark = locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing;
  if (key !== undefined) {
    const sentence = attentionSentence(figure, layer, head, query, key);
    return html`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${mark}`;
  }
  const strongest = topKeys(largeGrid(scene), query, 3).map((top) =>
    attentionStrings.to(formatWeight(top.weight), quotedAt(figure, top.key)),
  );
  return html`${title}, ${attentionStrings.attendsMost(figure.tokens[query]!.quoted, strongest.join(', '))}.${mark}`;
}

/** A token in quotes; one that stands in the prompt more than once, with its position. */
function quotedAt({ tokens }: AttentionData, position: number): string {
  const { quoted } = tokens[position]!;
  const again = tokens.some((token) => token.position !== position && token.quoted === quoted);
  return again ? attentionStrings.at(quoted, position) : quoted;
}
