// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { choice } from './controls.js';
import { headScores, scales, type AttentionHost, type AttentionScene } from './scene.js';
import { viewStrings } from './view-strings.js';

/** What is chosen seldom: several heads, what stands under them, the colour scale. */
export function optionsTemplate(scene: AttentionScene, set: AttentionHost['parts']['set']): TemplateResult {
  const { figure, several, chosen, combine, score, shading, view, topK } = scene;
  const onSeveral = ({ target }: Event): void => {
    const { checked } = target as HTMLInputElement;
    set(checked ? { heads: chosen } : { heads: undefined, head: chosen[0] ?? 0 });
  };
  const kinds = headScores.filter((kind) => kind !== 'recorded' || figure.scores);
  return html`<div class="options">
    ${
      figure.headCount > 1 && view !== 'overview'
        ? html`<label><input type="checkbox" .checked=${several} @change=${onSeveral} />${viewStrings.severalOption}</label> ${
              several && chosen.length > 1 && !scene.apart
                ? choose(viewStrings.combineOption, combine, viewStrings.combines, (how) => set({ combine: how }))
                : nothing
            }`
        : nothing
    }
    ${choice(
      viewStrings.scoreOption,
      score,
      kinds.map((kind) => [kind, kind === 'recorded' ? figure.scores!.kind : viewStrings.scores[kind]]),
      (kind) => set({ score: kind }),
    )}
    ${choice(
      viewStrings.scaleOption,
      shading.scale,
      scales.map((scale) => [scale, viewStrings.scales[scale]]),
      (scale) => set({ scale }),
    )}
    ${
      view === 'arcs'
        ? html`<label
            >${viewStrings.topKOption}
            <input
              type="number"
              min="1"
              max="20"
              .value=${String(topK)}
              @change=${({ target }: Event) => set({ topK: Math.max(1, Number((target as HTMLInputElement).value)), threshold: undefined })}
          /></label>`
        : nothing
    }
    ${several ? html`<span>${viewStrings.headsHint} ${viewStrings.noneIsAll}</span>` : nothing}
    ${score === 'none' || score === 'recorded' ? nothing : html`<span>${viewStrings.meanOverQueries}</span>`}
    <span>${viewStrings.pooled}</span>
  </div>`;
}

function choose(name: string, chosen: string, texts: Readonly<Record<string, string>>, set: (value: string) => void): TemplateResult {
  return choice(name, chosen, Object.entries(texts), set);
}
