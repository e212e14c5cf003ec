// SPDX-License-Identifier: MIT
import { css, html, nothing, type TemplateResult } from 'lit';
import { headName } from './attention-data.js';
import { scoreText } from './head-scores.js';
import { thumbnailsCanvas, type ThumbnailLayout } from './layout.js';
import type { AttentionHost, AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

/**
 * Every head of the layer, small: a group of radio buttons, or of check boxes where several are shown as one, over one canvas with all
 * their patterns. Nothing where there is one head only.
 *
 * @param hues - a colour for each of the chosen heads, where the picture gives them one
 */
export function headsTemplate(
  scene: AttentionScene,
  layout: ThumbnailLayout,
  parts: AttentionHost['parts'],
  hues: readonly string[] = [],
): TemplateResult | typeof nothing {
  const { headCount, tokens, keyTokens } = scene.figure;
  const { columns, fit, edge, caption } = layout;
  const count = Math.max(tokens.length, keyTokens.length);
  const shape = `--thumb-width: ${(fit.size * keyTokens.length) / count}px; --thumb-height: ${(fit.size * tokens.length) / count}px`;
  if (headCount < 2) return nothing;
  const { width, height } = thumbnailsCanvas(layout, headCount, devicePixelRatio);
  return html`<fieldset
    class="heads"
    .style=${`--columns: ${columns}; ${shape}; --thumb-room: ${edge}px; --thumb-caption: ${caption}px`}
    @pointerleave=${() => parts.previewHead(undefined)}
  >
    <legend class="visually-hidden">${attentionStrings.head}</legend>
    <canvas
      class="thumbnails"
      part="thumbnails"
      aria-hidden="true"
      .style=${`inline-size: ${width / devicePixelRatio}px; block-size: ${height / devicePixelRatio}px`}
    ></canvas>
    ${Array.from({ length: headCount }, (_, head) => headTemplate(scene, head, parts, hues))}
  </fieldset>`;
}

function headTemplate(scene: AttentionScene, head: number, parts: AttentionHost['parts'], hues: readonly string[]): TemplateResult {
  const { figure, layer, chosen, several } = scene;
  const name = headName(figure, layer, head);
  const score = scoreText(scene, layer, head);
  const hue = hues[chosen.indexOf(head)];
  const onEnter = ({ pointerType }: PointerEvent): void => {
    if (pointerType !== 'touch') parts.previewHead(head);
  };
  // A click on the label comes to its input with the keys that were held.
  const onClick = (event: MouseEvent): void => {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    parts.chooseHead(head, 'add');
  };
  return html`<label
    class="head"
    .style=${hue ? `--hue: ${hue}` : ''}
    @pointerenter=${onEnter}
    @dblclick=${() => several && parts.chooseHead(head, 'solo')}
  >
    <input
      class="visually-hidden"
      type=${several ? 'checkbox' : 'radio'}
      name="head"
      .checked=${chosen.includes(head)}
      aria-label=${`${attentionStrings.headNamed(name)}${score === undefined ? '' : `, ${score}`}`.replace(/^h/, 'H')}
      @click=${onClick}
      @change=${() => parts.chooseHead(head, several ? 'add' : 'one')}
    />
    <span class="thumbnail" part="thumbnail"></span>
    <span class="name" aria-hidden="true">${name}${score === undefined ? nothing : html`<small>${score}</small>`}</span>
  </label>`;
}

export const headsStyles = css`
  .heads {
    position: relative;
    direction: ltr;
    display: grid;
    grid-template-columns: repeat(var(--columns), var(--thumb-room));
    justify-content: start;
    align-content: start;
    gap: 10px;
    border: 0;
    padding: 0;
    margin: 0;
    min-inline-size: 0;
    flex: none;
  }
  .thumbnails {
    position: absolute;
    left: 0;
    top: 0;
  }
  .head {
    display: block;
    block-size: calc(var(--thumb-room) + var(--thumb-caption));
    position: relative;
    cursor: pointer;
    color: var(--figure-quiet);
    font-variant-numeric: tabular-nums;
    line-height: 18px;
    font-size: max(0.9em, 11px);
    user-select: none;
  }
  .thumbnail {
    display: block;
    inline-size: var(--thumb-width);
    block-size: var(--thumb-height);
    outline: 1px solid var(--figure-faint);
  }
  .head > .name {
    display: block;
    margin-block-start: 2px;
    white-space: nowrap;
  }
  .head small {
    display: block;
    line-height: 14px;
    font-size: 11px;
  }
  .head:hover .thumbnail {
    outline-color: currentColor;
  }
  .head:has(:checked) {
    color: inherit;
  }
  .head:has(:checked) .thumbnail {
    outline: 2px solid var(--hue, var(--figure-accent));
    outline-offset: 1px;
  }
  .head:has(:focus-visible) .thumbnail {
    outline: 2px solid var(--figure-accent);
    outline-offset: 3px;
  }
`;
