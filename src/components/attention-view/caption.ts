// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { capital, formatWeight } from '../shared/format.js';
import { strings } from '../shared/strings.js';
import type { DisplayToken } from '../shared/token-display.js';
import { attentionSentence, headName, headsGrid, topKeys, topQueries } from './attention-data.js';
import { headSentence } from './head-scores.js';
import type { AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

const idle = { matrix: 'attentionIdle', overview: 'overviewIdle', tokens: 'tokensIdle', arcs: 'arcsIdle' } as const;

/** A token whose weights are told: as a query where there is one. */
interface Linking {
  query?: number | undefined;
  key?: number | undefined;
}

/** What is seen, in words made from the state. */
export function captionTemplate(scene: AttentionScene): TemplateResult {
  const { figure, grid, name, title, view } = scene;
  const { query, key, locked, layer, head } = scene.selection;
  if (view === 'overview' && !locked && head !== undefined && head < figure.headCount && figure.layers.includes(layer ?? NaN)) {
    return html`${capital(headSentence(scene, figure.layers.indexOf(layer!), head))}.`;
  }
  if (view === 'overview' || (query === undefined && key === undefined)) {
    return html`${view === 'overview' ? nothing : `${title}. `}<span class="quiet">${attentionStrings[idle[view]]}</span>`;
  }
  const mark = locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing;
  if (query !== undefined && key !== undefined) {
    const sentence = attentionSentence(figure, grid, name, query, key);
    return html`${capital(sentence)}.${mark}`;
  }
  // A token of the text is both: it attends, and it is attended to.
  const both = view === 'tokens' && query !== undefined && scene.direction !== 'out' && figure.tokens === figure.keyTokens;
  // Both at once have no room for three tokens each where the figure is narrow.
  const count = both && scene.width < 480 ? 2 : 3;
  return html`${title}, ${linksOf(scene, scene.selection, count)}${both ? `; ${linksOf(scene, { key: query }, count)}` : ''}.${mark}`;
}

/** "from "to": 0.84 to "Mary", ...", or what attends to a key. */
export function linksOf(scene: AttentionScene, { query, key }: Linking = scene.selection, count = 3): string {
  const { figure, grid } = scene;
  const { tokens, keyTokens } = figure;
  if (scene.apart) return linksOfEach(scene, { query, key });
  if (query !== undefined) {
    const keys = topKeys(grid, query, count).map(({ at, weight }) => attentionStrings.to(formatWeight(weight), quotedAt(keyTokens, at)));
    const { quoted } = tokens[query]!;
    return keys.length > 0 ? attentionStrings.attendsMost(quoted, keys.join(', ')) : attentionStrings.notChosen(quoted);
  }
  const { quoted } = keyTokens[key!]!;
  const from = topQueries(grid, key!, count).map(({ at, weight }) => attentionStrings.from(formatWeight(weight), quotedAt(tokens, at)));
  return from.length > 0 ? attentionStrings.attendedMost(quoted, from.join(', ')) : attentionStrings.notChosen(quoted);
}

/** Where heads stand beside each other: the strongest key, or query, of each. */
function linksOfEach({ figure, layer, heads, pair }: AttentionScene, { query, key }: Linking): string {
  const { tokens, keyTokens } = figure;
  const { attendsMost, attendedMost, to, from, notChosen, headNamed, inHead } = attentionStrings;
  const { quoted } = query === undefined ? keyTokens[key!]! : tokens[query]!;
  const links = heads
    .flatMap((head) => {
      const grid = headsGrid(figure, layer, [head], 'mean', pair);
      const found = query === undefined ? topQueries(grid, key!, 1) : topKeys(grid, query, 1);
      return found.map((link) => ({ ...link, head: headNamed(headName(figure, layer, head)) }));
    })
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 3)
    .map(({ at, weight, head }) =>
      inHead(
        query === undefined ? from(formatWeight(weight), quotedAt(tokens, at)) : to(formatWeight(weight), quotedAt(keyTokens, at)),
        head,
      ),
    );
  return links.length === 0 ? notChosen(quoted) : (query === undefined ? attendedMost : attendsMost)(quoted, links.join(', '));
}

/** A token in quotes; one that stands in the text more than once, with its position. */
function quotedAt(tokens: readonly DisplayToken[], position: number): string {
  const { quoted } = tokens[position]!;
  const again = tokens.some((token) => token.position !== position && token.quoted === quoted);
  return again ? attentionStrings.at(quoted, position) : quoted;
}
