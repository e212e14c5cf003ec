// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { headName } from './attention-data.js';
import type { AttentionScene } from './scene.js';
import { attentionStrings } from './strings.js';

/** What the reader does with the small heads. */
export interface HeadsActions {
  choose(head: number): void;
  /** A head under the pointer is shown large; `undefined` when the pointer leaves them. */
  preview(head: number | undefined): void;
}

/** Every head of the layer as a small canvas: a group of radio buttons. Nothing where there is one head only. */
export function headsTemplate(scene: AttentionScene, actions: HeadsActions): TemplateResult | typeof nothing {
  const { figure, layout } = scene;
  if (figure.headCount < 2) return nothing;
  const { columns, fit, edge } = layout.thumbnails;
  return html`<fieldset
    class="heads"
    .style=${`--columns: ${columns}; --thumb: ${fit.size}px; --thumb-room: ${edge}px`}
    @pointerleave=${() => actions.preview(undefined)}
  >
    <legend class="visually-hidden">${attentionStrings.head}</legend>
    ${Array.from({ length: figure.headCount }, (_, head) => headTemplate(scene, head, actions))}
  </fieldset>`;
}

function headTemplate({ figure, layer, chosenHead }: AttentionScene, head: number, actions: HeadsActions): TemplateResult {
  const name = headName(figure, layer, head);
  const onEnter = ({ pointerType }: PointerEvent): void => {
    if (pointerType !== 'touch') actions.preview(head);
  };
  return html`<label class="head" @pointerenter=${onEnter}>
    <input
      class="visually-hidden"
      type="radio"
      name="head"
      .checked=${head === chosenHead}
      aria-label=${`${attentionStrings.head} ${name}`}
      @change=${() => actions.choose(head)}
    />
    <canvas class="thumbnail" part="thumbnail" aria-hidden="true"></canvas>
    <span aria-hidden="true">${name}</span>
  </label>`;
}
