// SPDX-License-Identifier: MIT
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { oneOf } from '../shared/attribute-value.js';
import { FigureElement } from '../shared/figure-element.js';
import { Lazy } from '../shared/lazy.js';
import { LinkedFigure } from '../shared/linked-figure.js';
import { fieldsTemplate, type SweepFields } from './fields.js';
import type { PatchingData, PlainGrid } from './patching-data.js';
import { patchingStyles } from './patching-grid.styles.js';
import { patchingStrings as words } from './strings.js';
import { waitingTemplate } from './waiting.js';

const tag = 'patching-grid';
const techniques = ['patching', 'ablation', 'tracing'] as const;
const pictures = new Lazy(() => import('./picture/patching-picture.js'));

/**
 * A sweep as a grid: what a metric says when one part of the model at a time is patched, ablated or restored. Rows are layers, the last on
 * top; columns positions or heads, the prompts along them. Live sweeps are painted as their cells come. A state of one run can be dragged
 * into any cell of the other, while what it can still reach is shaded; the figure says what the model then answers.
 *
 * @summary Which states carry a behaviour, by moving them from one prompt to another.
 *
 * @example
 * ```html
 * <patching-grid src="names-resid.json" layer="2" position="10"></patching-grid>
 * <patching-grid model="m" clean="When Mary and John went to the store, John gave a drink to"
 *   corrupted="When Mary and John went to the store, Mary gave a drink to" answer=" Mary" wrong=" John"></patching-grid>
 * ```
 *
 * @attr {string} src - URL of recorded data
 * @attr {string} model - id of a `<vitrine-model>`
 * @attr {string} prompt - the same as `clean`
 * @attr {boolean} editable - show prompts and answers in fields
 * @attr {string} label - name for assistive technology
 * @attr {number} reserve - height in CSS pixels to keep free until data arrive; `reserve-for` knows it for every width
 *
 * @slot - shown until the figure is drawn and when it cannot be. A child `<script type="application/json">` holds recorded data.
 * @slot error - in place of the message about what failed
 * @slot legend - in place of the legend
 * @slot actions - in place of the ways to save the figure
 *
 * @csspart figure - everything inside the element
 * @csspart strip - a prompt, along the columns or as text
 * @csspart cells - the canvas of the grid
 * @csspart axis - the labels of one axis
 * @csspart outputs - the likeliest tokens after a state was moved
 * @csspart caption - the sentence under the picture
 * @csspart controls - what is shown of larger sweeps, and the legend
 * @csspart legend - the colour scale
 * @csspart tooltip - the sentence beside the pointer
 * @csspart foot - the text alternative and the ways to save the figure
 * @csspart live - prompt field and status of a live figure
 * @csspart prompt - a prompt field
 * @csspart waiting - the place kept free while data are on their way
 * @csspart error - a message about what failed
 * @csspart fallback - holds the author's own content
 *
 * @cssprop [--vitrine-accent] - colour of the reader's selection
 * @cssprop [--vitrine-font-size=0.82em] - size of labels and captions
 * @cssprop [--vitrine-ramp] - colours of amounts: `viridis` or `cividis`; from the page's paper to blue where it is left out
 *
 * @cssstate loading - data are on their way
 * @cssstate error - data could not be had
 * @cssstate ready - data are drawn
 * @cssstate live - what is drawn was computed on the reader's device
 *
 * @fires {SelectionChangeEvent} vitrine-selection-change - the reader points at, locks or lets go of a cell; `query` is the position
 * @fires {RunEvent} vitrine-run - a live sweep has ended
 * @fires {FigureLoadEvent} load - data have been drawn
 * @fires {FigureErrorEvent} error - data could not be had; `code` and `message` say why
 */
export class PatchingGridElement extends LinkedFigure<PatchingData> {
  /** @internal */
  static override readonly tag = tag;
  /** @internal */
  static override styles: CSSResult[] = [...FigureElement.styles, patchingStyles];

  /** The prompt that shows the behaviour; the only one of `ablation` and `tracing`. */
  @property() clean: string | undefined;
  /** The prompt that does not, with as many tokens. */
  @property() corrupted: string | undefined;
  /** The right answer: one token, with its leading space. */
  @property() answer: string | undefined;
  /** The wrong answer; the metric is then the difference of their logits, else the probability of the answer. */
  @property() wrong: string | undefined;
  /** What a live sweep does: `patching`, `ablation` or `tracing`. */
  @property() technique: 'patching' | 'ablation' | 'tracing' | undefined;
  /** What a live sweep changes: `resid_pre`, `mlp_out`, `head_out`, `head_every`...; for `tracing` `state`, `mlp` or `attn`. */
  @property() site: string | undefined;
  /** Of `patching`: `denoise` puts clean states into the corrupted run, `noise` the other way. */
  @property() direction: 'denoise' | 'noise' | undefined;
  /** Of `patching`: the metric itself, not the share of the difference. */
  @property({ type: Boolean }) raw = false;
  /** Of `tracing`: positions of the subject, such as "3,4". */
  @property() subject: string | undefined;
  /** Layer of the cell to lock at the start. */
  @property({ type: Number, hasChanged: () => true }) layer: number | undefined;
  /** Position of that cell (of a pattern, the query); negative numbers count from the end. */
  @property({ type: Number, hasChanged: () => true }) position: number | undefined;
  /** Head of that cell. */
  @property({ type: Number, hasChanged: () => true }) head: number | undefined;
  /** Of a pattern, the key of that cell; negative numbers count from the end. */
  @property({ type: Number, hasChanged: () => true }) key: number | undefined;
  /** Of heads by positions: `positions` draws every head at every position, `heads` all heads at one position. */
  @property() show: 'positions' | 'heads' = 'positions';
  /** The distance from no effect that the strongest colour stands for; from the data where it is left out. */
  @property({ type: Number, attribute: 'max-value' }) maxValue: number | undefined;
  /** Numbers of another tool in place of a sweep: `values` by rows, `rowLabels`, `columnLabels`, `title`. */
  @property({ attribute: false }) grid: PlainGrid | undefined;

  /**
   * How many layers, heads and positions the data to come have, such as "4 8 15", so that their place is kept exactly; of heads as a whole
   * "4 8". `site` says what is swept.
   */
  @property({ attribute: 'reserve-for' }) reserveFor: string | undefined;

  /** What the reader has typed. */
  @state() private typed: Partial<SweepFields> = {};

  protected override readonly pictures = pictures;

  /** @internal What a live sweep does. */
  get sweeps(): (typeof techniques)[number] {
    return oneOf(tag, 'technique', this.technique ?? this.figure?.technique, techniques);
  }

  /** @internal The fields as they stand: typed, else by the author, else of the recorded data. */
  get fields(): SweepFields {
    const { figure, typed } = this;
    return {
      corrupted: typed.corrupted ?? this.corrupted ?? figure?.pair.corrupted ?? '',
      answer: typed.answer ?? this.answer ?? figure?.answer ?? '',
      wrong: typed.wrong ?? this.wrong ?? figure?.wrong ?? '',
      site: typed.site ?? this.site ?? (figure?.site || (this.sweeps === 'tracing' ? 'state' : 'resid_pre')),
    };
  }

  protected override get runsOnPressOnly(): boolean {
    return true;
  }

  protected override get needsPrompt(): boolean {
    return false;
  }

  protected override get promptLabel(): string | undefined {
    return this.sweeps === 'patching' ? words.cleanField : undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('clean')) this.live.offer(this.clean);
    if (this.hasUpdated && changed.has('grid')) this.refreshData();
  }

  protected override dataProperty(): unknown {
    return this.data ?? this.grid;
  }

  protected override renderWaiting(width: number): TemplateResult {
    const { site, reserveFor, show, layer, sweeps, clean = this.prompt } = this;
    const patching = sweeps === 'patching';
    const prompts = patching ? [clean, this.corrupted ?? clean] : [clean];
    return waitingTemplate(width, { site, reserveFor, show, prompts, withOutputs: layer !== undefined && patching });
  }

  protected override renderLiveFields(): TemplateResult {
    return fieldsTemplate({
      technique: this.sweeps,
      late: (this.typed.corrupted ?? this.corrupted) === undefined,
      ...this.fields,
      change: (name, value) => (this.typed = { ...this.typed, [name]: value }),
      run: () => void this.live.press(),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'patching-grid': PatchingGridElement;
  }
}
