// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { oneOf } from '../shared/attribute-value.js';
import { GridController } from '../shared/grid-controller.js';
import { legendSlot } from '../shared/legend.js';
import type { TableOptions } from '../shared/core.js';
import type { LiveRequest } from '../shared/live-model.js';
import { numberUnder } from '../shared/number-under.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { tokenStyles, tokenTemplate } from '../shared/token-view.js';
import { barsTemplate } from './bars.js';
import { alongDepth, beamCaption, beamOrder, beamSentence, beamsTemplate } from './beams.js';
import { narrowPx } from './layout.js';
import { candidateSentence, captionTemplate, takenSentence } from './caption.js';
import { legendTemplate, manyTokens, settingsTemplate, stepsTemplate } from './controls.js';
import type { Candidate } from './decoding.js';
import { massTemplate } from './mass-bar.js';
import { traceOfLogProbs, type TokenLogProbs } from './log-probs.js';
import { nextFromTrace, type NextData } from './next-data.js';
import type { NextTokenElement } from './next-token.js';
import { nextTokenStyles } from './next-token.styles.js';
import { nextScene, type NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';
import { beamsText, nextText } from './text.js';
import { scrollText, textLine } from './text-line.js';

export const styles: readonly CSSResult[] = [tokenStyles, nextTokenStyles];

export function create(element: NextTokenElement): Picture<NextData> {
  return new NextTokenPicture(element);
}

/** A candidate, or a node of the beam search, that is pointed at or locked. */
interface Held {
  id: number;
  locked: boolean;
}

/** Decodes the logits of a step, shows what that cuts, and goes on with the token that is drawn. */
class NextTokenPicture extends PictureIn<NextTokenElement> implements Picture<NextData> {
  /** The candidate, or the node of the beam search, that is pointed at or locked. */
  #at: Held | undefined;
  /** Why nothing was added, said beside the buttons. */
  #hint = '';
  /** How many more tokens are drawn by themselves. */
  #more = 0;

  readonly #grid = new GridController(this.element, {
    rowCount: () => (this.#showsBeams() ? this.#order.length : (this.#scene?.listed.length ?? 0)),
    columnCount: () => 1,
    onMove: (place) => this.#point(place && this.#idOfRow(place.row)),
    onLock: ({ row }) => this.#lock(this.#idOfRow(row)),
    onRelease: () => this.#release(),
  });
  readonly #strip = new GridController(this.element, {
    rowCount: () => 1,
    columnCount: () => this.element.figure?.chosen.length ?? 0,
    onMove: (place) => this.#preview(place?.column),
    onLock: ({ column }) => this.#goTo(column),
    onRelease: () => this.#release(),
  });
  readonly #pointing = new Pointing<Candidate>(this.element.tooltip, {
    hit: (event) => this.#scene?.listed[numberUnder(event, 'row') ?? -1],
    sentence: (candidate) => candidateSentence(this.#scene!, candidate),
    point: (candidate) => this.#point(candidate?.id),
    isPointedAt: ({ id }) => this.#pointed?.id === id,
    press: ({ id }, firstTouch) => this.#press(id, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #nodePointing = new Pointing<number>(this.element.tooltip, {
    hit: (event) => numberUnder(event, 'node'),
    sentence: (node) => beamSentence(this.element.figure!, node),
    point: (node) => this.#point(node),
    isPointedAt: (node) => this.#pointed?.id === node,
    press: (node, firstTouch) => this.#press(node, firstTouch),
    isHeld: () => this.#grid.focused,
  });
  readonly #textPointing = new Pointing<number>(this.element.tooltip, {
    hit: (event) => numberUnder(event, 'index'),
    sentence: (index) => takenSentence(this.#scene!, index),
    point: (index) => this.#preview(index),
    isPointedAt: (index) => this.#previewed() === index,
    press: (index, firstTouch) => (firstTouch ? this.#preview(index) : this.#goTo(index)),
    isHeld: () => this.#strip.focused,
  });
  #scene: NextScene | undefined;
  #order: number[] = [];
  /** Ids that a live run goes on from, and the prompt that they follow. */
  #appended: { prompt: string; ids: number[] } = { prompt: '', ids: [] };
  /** The run that is on its way adds a token. */
  #adds = false;

  get #pointed(): Held | undefined {
    return this.#at;
  }
  set #pointed(pointed: Held | undefined) {
    this.#at = pointed;
    this.element.requestUpdate();
  }

  update(changed: PropertyValues<NextTokenElement>): void {
    if (changed.has('view') || changed.has('step')) this.#at = undefined;
    // What was said about one draw is not about another.
    if (changed.size > 0) this.#hint = '';
  }

  // --- the data

  traceOf(value: unknown): unknown {
    return (value as TokenLogProbs).topKLogProbs ? traceOfLogProbs(value as TokenLogProbs) : value;
  }

  read(trace: unknown): NextData {
    return nextFromTrace(trace);
  }

  tableOptions(): TableOptions {
    return this.#showsBeams() ? { table: 'beams' } : {};
  }

  promptOf(figure: NextData): string {
    return figure.prompt;
  }

  sourceOf(figure: NextData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest {
    if (prompt !== this.#appended.prompt) {
      this.#appended = { prompt, ids: this.#idsOf(prompt) };
      this.#adds = false;
      this.#more = 0;
    }
    const beams = this.#shown() === 'beams' ? { beams: { width: this.element.beamWidth, depth: this.element.beamDepth } } : {};
    return { kind: 'next-token', options: { prompt, appended: this.#appended.ids, ...beams } };
  }

  /** What was recorded after the prompt, where the model is the one of the recording: its ids mean the same there. */
  #idsOf(prompt: string): number[] {
    const { figure, live } = this.element;
    const isSame = figure?.prompt === prompt && figure.source === live.provider?.engine?.name;
    return isSame ? [...figure.chosen] : [];
  }

  onFigure(figure: NextData): void {
    this.#pointed = undefined;
    this.#hint = '';
    this.#order = beamOrder(figure);
    const last = figure.stepCount - 1;
    const added = this.#adds;
    this.#adds = false;
    this.element.step = added ? last : Math.min(Math.max(0, this.element.step), last);
    if (added) this.#goOn();
  }

  // --- the picture

  render(figure: NextData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate();
    this.#strip.hostUpdate();
    if (this.#showsBeams()) return this.#renderBeams(figure);
    const missing = this.#shown() === 'beams' ? html`<p class="quiet">${words.beamsMissing}</p>` : nothing;
    const buttons = { running: this.#isDrawing(), live: this.#isReady(), hint: this.#hint };
    return html`${missing}${textLine(scene, this.#textPointing)}${massTemplate(scene)}
      ${barsTemplate(scene, this.#pointing, this.element.label)}
      <div class="caption" part="caption">${captionTemplate(scene)}</div>
      ${legendSlot(legendTemplate(scene))}
      <div part="controls">
        ${stepsTemplate(scene, buttons, {
          goTo: (step) => this.#goTo(step),
          add: () => this.#draw(1),
          many: () => this.#draw(manyTokens),
          stop: () => this.#stop(),
        })}
        ${settingsTemplate(scene, (name, value) => (this.element[name] = value))}
      </div>`;
  }

  #renderBeams(figure: NextData): TemplateResult {
    const pointed = this.#pointed;
    const { sequential: ramp } = this.element.theme.current;
    const scene = {
      figure,
      order: this.#order,
      pointed: pointed?.id,
      locked: pointed?.locked ?? false,
      grid: this.#grid,
      ramp,
      width: this.element.width,
    };
    return html`<div class="text-line" part="text">${figure.tokens.map((token) => tokenTemplate(token))}</div>
      ${beamsTemplate(scene, this.#nodePointing, { label: this.element.label, onKey: this.#alongBeams })}
      <div class="caption" part="caption">${beamCaption(scene)}</div>
      ${legendSlot(html`<div class="keys quiet" part="legend">${words.beamLegend}</div>`)}`;
  }

  text(figure: NextData): TemplateResult {
    return this.#showsBeams() ? beamsText(figure) : nextText(this.#scene!);
  }

  #shown(): 'tokens' | 'beams' {
    return oneOf(this.element.localName, 'view', this.element.view, ['tokens', 'beams'] as const);
  }

  #showsBeams(): boolean {
    return this.#shown() === 'beams' && this.element.figure?.beams !== undefined;
  }

  #sceneOf(figure: NextData): NextScene {
    const { temperature, topK, topP, minP, repetitionPenalty, seed } = this.element;
    const previewed = this.#previewed();
    const passing = previewed !== undefined && !this.element.links.state.locked;
    return nextScene(figure, {
      decoding: { temperature, topK, topP, minP, repetitionPenalty: repetitionPenalty > 0 ? repetitionPenalty : 1 },
      at: this.element.step,
      previewed,
      rows: this.element.candidates,
      seed,
      // A token of the text that is pointed at comes before a candidate that is locked.
      pointed: passing && this.#pointed?.locked ? undefined : this.#pointed,
      theme: this.element.theme.current,
      grid: this.#grid,
      strip: this.#strip,
      narrow: this.element.width < narrowPx,
    });
  }

  updated(): void {
    const line = this.element.renderRoot.querySelector<HTMLElement>('.text-line');
    if (line) scrollText(line);
  }

  // --- what the reader does

  #idOfRow(row: number): number | undefined {
    return this.#showsBeams() ? this.#order[row] : this.#scene?.listed[row]?.id;
  }

  #point(id: number | undefined): void {
    if (!this.#pointed?.locked) this.#pointed = id === undefined ? undefined : { id, locked: false };
  }

  #press(id: number, firstTouch: boolean): void {
    const row = this.#showsBeams() ? this.#order.indexOf(id) : this.#scene!.listed.findIndex((candidate) => candidate.id === id);
    this.#grid.moveTo({ row, column: 0 });
    if (firstTouch) this.#point(id);
    else this.#lock(id);
  }

  /** Left and right go along a sequence; what they lead to is not for the grid, in which all nodes are below each other. */
  readonly #alongBeams = (event: KeyboardEvent): void => {
    const node = this.#idOfRow(this.#grid.active.row);
    const next = node === undefined || event.altKey || event.metaKey ? undefined : alongDepth(this.element.figure!, node, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.#grid.moveTo({ row: this.#order.indexOf(next), column: 0 });
    this.#point(next);
  };

  #lock(id: number | undefined): void {
    if (id === undefined) return;
    const again = this.#pointed?.locked && this.#pointed.id === id;
    this.#pointed = again ? undefined : { id, locked: true };
    if (again) return;
    const candidate = this.#scene?.decoded.candidates.find((one) => one.id === id);
    announce(
      strings.selectionLocked(this.#showsBeams() ? beamSentence(this.element.figure!, id) : candidateSentence(this.#scene!, candidate!)),
    );
  }

  #release(): boolean {
    const held = this.#pointed !== undefined;
    this.#pointed = undefined;
    this.element.tooltip.hide();
    return this.element.links.release() || held;
  }

  /** Shows what else could have stood where an added token stands. */
  #preview(index: number | undefined): void {
    const first = this.element.figure?.tokens.length ?? 0;
    this.element.selection.preview(index === undefined ? undefined : { query: first + index }, this.element);
  }

  /** The added token that is pointed at, here or in a linked figure, by its place among them. */
  #previewed(): number | undefined {
    const { figure } = this.element;
    const index = (this.element.links.state.query ?? -1) - (figure?.tokens.length ?? 0);
    return figure && index >= 0 && index < figure.chosen.length ? index : undefined;
  }

  /** Goes to a place of the text, so many tokens added, and draws no more by itself than it is told. */
  #goTo(step: number, more = 0): void {
    this.#more = more;
    this.element.step = Math.min(step, (this.element.figure?.stepCount ?? 1) - 1);
    this.#pointed = undefined;
    this.#hint = '';
    this.element.links.release();
  }

  #isReady(): boolean {
    return this.element.live.provider?.status === 'ready';
  }

  /** Whether tokens come one after the other; a run that failed or was given up ends that. */
  #isDrawing(): boolean {
    const { status } = this.element.live;
    return this.#more > 0 && (status === 'waiting' || status === 'running' || status === 'live');
  }

  /** Draws so many tokens, one after the other. */
  #draw(count: number): void {
    this.#more = count;
    this.#addNext();
  }

  #stop(): void {
    this.#more = 0;
    this.#adds = false;
    this.element.live.cancel();
  }

  /** A token has come: the next one, where more are wanted, is drawn once this one is seen. */
  #goOn(): void {
    this.#more = Math.max(0, this.#more - 1);
    this.element.requestUpdate();
    if (this.#more > 0) void this.element.updateComplete.then(() => this.#more > 0 && this.#addNext());
  }

  /** Goes on, from the place that is shown, with the token that the reader holds; else with the likeliest one or the one that the seed draws. */
  #addNext(): void {
    const { figure, decoding, decoded, draw, locked, chosen, step } = this.#sceneOf(this.element.figure!);
    const next = locked ? chosen : decoding.temperature === 0 ? decoded.candidates[0] : draw;
    if (!next) this.#refuse(words.notRecorded);
    else if (figure.chosen[step] === next.id && step + 1 < figure.stepCount) {
      this.#goTo(step + 1, this.#more);
      this.#goOn();
    } else if (!this.#isReady()) this.#refuse(words.needsModel(figure.tokenOf(next.id).quoted));
    else {
      this.element.links.release();
      this.#appended = { prompt: this.element.live.text, ids: [...figure.chosen.slice(0, step), next.id] };
      this.#adds = true;
      void this.element.live.press();
    }
  }

  #refuse(why: string): void {
    this.#more = 0;
    this.#hint = why;
    this.element.requestUpdate();
  }
}
