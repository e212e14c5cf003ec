// SPDX-License-Identifier: MIT
import { html, type CSSResult, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { FigureElement } from '../shared/figure-element.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import { detailOf, reservedHeight } from './frame.js';
import type { MapData, MapValues } from './map-data.js';
import { placeStyles } from './place.styles.js';

const pictures = new Lazy(() => import('./picture.js'));

/**
 * A model as a map: the residual stream as one line from the embedding up to the logits, and beside it what reads from it and adds to it.
 *
 * @summary The model as a schematic: its parts, sizes, hooks and shapes, to point at.
 *
 * @example
 * ```html
 * <model-map src="storyteller.json" layer="2" head="5" link="story"></model-map>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - not used: a map is of the model itself
 * @attr {boolean} editable - not used: a map is of the model itself
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive
 *
 * @slot - shown until the figure is drawn and when it cannot be: an image, a table, a sentence. A child
 *   `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart map - the drawing
 * @csspart caption - the sentence under the drawing
 * @csspart detail - the hooks of what is pointed at, else the sizes of the model
 * @csspart controls - what colours and hatches mean
 * @csspart legend - the colour scale
 * @csspart tooltip - the sentence beside the pointer
 * @csspart live - status of a live figure
 * @csspart waiting - the place kept free while data are on their way
 * @csspart error - a message about what failed
 * @csspart fallback - holds the author's own content
 *
 * @cssprop [--vitrine-accent] - colour of the reader's selection
 * @cssprop [--vitrine-font-size=0.82em] - size of labels and captions
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a part or a head
 * @fires {RunEvent} vitrine-run - a live run has been drawn
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class ModelMapElement extends LinkedFigure<MapData> {
  /** @internal */
  static override readonly tag = 'model-map';
  /** @internal */
  static override styles: CSSResult[] = [...FigureElement.styles, placeStyles];

  /** Block of the part to lock at the start. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Head to lock at the start, with `layer`. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;
  /** Part to lock at the start: `attn`, `mlp`, `ln1`, `ln2`, `resid_pre`, `resid_mid`, `resid_post` with `layer`; `embed`, `pos_embed`, `ln_final`, `unembed`. */
  @property({ attribute: 'map-part', hasChanged: () => true }) mapPart: string | undefined;
  /** Blocks of a tall model to draw in full besides the first and the last: "3 7". The middle one where it is left out. */
  @property() layers: string | undefined;
  /** Numbers to colour the parts with: `{ 'blocks.2.attn': 0.3, 'blocks.2.mlp': -0.1, heads: [[...], ...] }`, heads as [layer][head]. */
  @property({ attribute: false }) values: MapValues | undefined;
  /** What the numbers are, for the legend. */
  @property({ attribute: 'values-label' }) valuesLabel: string | undefined;
  /** The number, of either sign, that the strongest colour stands for; the largest of them where it is left out. */
  @property({ type: Number, attribute: 'max-value' }) maxValue: number | undefined;

  protected override readonly pictures = pictures;

  protected override get needsPrompt(): boolean {
    return false;
  }

  protected override get takesPrompt(): boolean {
    return false;
  }

  protected override renderWaiting(width: number): TemplateResult {
    return html`<div .style=${`block-size: ${reservedHeight(width)}px`}></div>
      <div class="caption"></div>
      <div class="controls"></div>
      <div class="detail" .style=${`--lines: ${detailOf(width)?.lines}`}></div>
      <div class="summary-space"></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'model-map': ModelMapElement;
  }
}
