// SPDX-License-Identifier: MIT
import { html, nothing, type CSSResult, type TemplateResult } from 'lit';
import { announce } from '../shared/announce.js';
import { cssColour, rampRgb } from '../shared/colour.js';
import { formatNumber, formatPercent } from '../shared/format.js';
import { GridController } from '../shared/grid-controller.js';
import type { LiveRequest } from '../shared/live-model.js';
import { PictureIn, type Picture } from '../shared/picture.js';
import { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenStyles, tokenTemplate } from '../shared/token-view.js';
import { oneOf } from '../shared/attribute-value.js';
import { barsTemplate } from './bars.js';
import { beamsTemplate, bestBeam } from './beams.js';
import { slidersTemplate } from './controls.js';
import { decode, drawn, uniformOf, type Candidate, type Decoding } from './decoding.js';
import { nextFromTrace, stepLogits, type NextData } from './next-data.js';
import type { NextTokenElement } from './next-token.js';
import { nextTokenStyles } from './next-token.styles.js';
import { candidateSentence, fullProbability, type NextScene } from './scene.js';
import { nextTokenStrings as words } from './strings.js';
import { textLine } from './text-line.js';

export const styles: readonly CSSResult[] = [tokenStyles, nextTokenStyles];

export function create(element: NextTokenElement): Picture<NextData> {
  return new NextTokenPicture(element);
}

/** Draws the candidates of one step, decodes them, and goes on with the one that the reader takes. */
class NextTokenPicture extends PictureIn<NextTokenElement> implements Picture<NextData> {
  readonly #grid = new GridController(this.element, {
    rowCount: () => this.#rowCount(),
    columnCount: () => 1,
    onMove: (place) => this.#point(place && this.#scene?.candidates[place.row]),
    onLock: ({ row }) => this.#lock(this.#scene!.candidates[row]!),
    onRelease: () => {
      const held = this.#pointed !== undefined;
      this.#hold(undefined);
      this.element.tooltip.hide();
      return held;
    },
  });
  readonly #pointing = new Pointing<Candidate>(this.element.tooltip, {
    hit: (event) => {
      const row = event
        .composedPath()
        .find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['row'] !== undefined);
      return row && this.#scene?.candidates[Number(row.dataset['row'])];
    },
    sentence: (candidate) => candidateSentence(this.#scene!, candidate),
    point: (candidate) => this.#point(candidate),
    isPointedAt: ({ id }) => this.#pointed?.id === id,
    press: (candidate, firstTouch) => {
      this.#grid.moveTo({ row: this.#scene!.candidates.indexOf(candidate), column: 0 });
      if (firstTouch) this.#point(candidate);
      else this.#lock(candidate);
    },
    isHeld: () => this.#grid.focused,
  });
  /** The candidate that is pointed at or locked. */
  #pointed: { id: number; locked: boolean } | undefined;
  #scene: NextScene | undefined;
  /** Ids that a live run goes on from, and the prompt that they follow. */
  #appended: { prompt: string; ids: number[] } = { prompt: '', ids: [] };
  /** Said beside the buttons. */
  #hint: string | undefined;

  read(value: unknown): NextData {
    return nextFromTrace(value);
  }

  promptOf(figure: NextData): string {
    return figure.prompt;
  }

  sourceOf(figure: NextData): string {
    return figure.source;
  }

  liveRequest(prompt: string): LiveRequest {
    if (prompt !== this.#appended.prompt) this.#appended = { prompt, ids: [] };
    const beams = this.#shown() === 'beams' ? { beams: { width: this.element.beamWidth, depth: 4 } } : {};
    return { kind: 'next-token', options: { prompt, appended: this.#appended.ids, ...beams } };
  }

  onFigure(figure: NextData): void {
    this.#pointed = undefined;
    this.#hint = undefined;
    if (figure.prompt === this.#appended.prompt && this.#appended.ids.length > 0) this.element.step = figure.stepCount - 1;
    else this.element.step = Math.min(Math.max(0, this.element.step), figure.stepCount - 1);
  }

  render(figure: NextData): TemplateResult {
    const scene = (this.#scene = this.#sceneOf(figure));
    this.#grid.hostUpdate();
    if (this.#shown() === 'beams' && figure.beams) return this.#renderBeams(figure);
    return html`${textLine(scene, this.#goTo)} ${barsTemplate(scene, this.#pointing, this.element.label)}
      <div class="caption" part="caption">
        <div>${candidateSentence(scene, scene.chosen)}${scene.locked ? html` <span class="quiet">(${strings.locked})</span>` : ''}.</div>
        <div class="quiet">${this.#summary(scene)}.</div>
      </div>
      <div part="controls">
        <div class="steps">
          <button type="button" ?disabled=${scene.step === 0} @click=${() => this.#goTo(scene.step - 1)}>${words.stepBack}</button>
          <button type="button" @click=${() => this.#add(scene.chosen.id)}>${words.stepOn(figure.tokenOf(scene.chosen.id).quoted)}</button>
          <button type="button" @click=${() => this.#draw()}>${words.stepDraw}</button>
          <label
            >${words.seed}
            <input
              class="seed"
              type="number"
              .value=${String(this.element.seed)}
              @change=${(event: Event) => (this.element.seed = (event.target as HTMLInputElement).valueAsNumber || 0)}
          /></label>
          ${this.#hint === undefined ? nothing : html`<span class="quiet" role="status">${this.#hint}</span>`}
        </div>
        ${slidersTemplate(scene.decoding, (name, value) => (this.element[name] = value))} ${this.#legend(scene)}
      </div>`;
  }

  #renderBeams(figure: NextData): TemplateResult {
    const best = bestBeam(figure);
    return html`<div class="text-line" part="text">${figure.tokens.map((token) => tokenTemplate(token))}</div>
      ${beamsTemplate(figure)}
      <div class="caption" part="caption">
        <div>${words.beamCaption(figure.beams!.width)}.</div>
        ${best ? html`<div class="quiet">${words.beamSentence(`"${best.text}"`, formatNumber(best.logProbability), true)}.</div>` : nothing}
      </div>`;
  }

  text(): TemplateResult {
    const { figure, candidates } = this.#scene!;
    return textAlternative({
      heads: [words.nextColumns[0]!, `${words.nextColumns[1]}, ${words.nextColumns[2]!.toLowerCase()}`],
      rows: candidates.slice(0, 30).map((candidate) => ({
        head: tokenTemplate(figure.tokenOf(candidate.id)),
        cell: `${formatPercent(candidate.raw)}, ${candidate.cutBy ? words.nextRules[candidate.cutBy] : formatPercent(candidate.probability)}`,
      })),
    });
  }

  #legend({ theme, full }: NextScene): TemplateResult {
    const colour = cssColour(rampRgb(theme.sequential, 190));
    return html`<div class="keys quiet" part="legend">
      <span><span class="swatch"></span>${words.rawLegend}</span>
      <span><span class="swatch" .style=${`background: ${colour}; outline: 0`}></span>${words.drawnLegend}</span>
      <span>${words.fullLength(formatPercent(full))}</span>
    </div>`;
  }

  #summary({ candidates, figure, decoding }: NextScene): string {
    const kept = candidates.filter(({ cutBy }) => !cutBy);
    const all = kept.length === figure.count && decoding.temperature !== 0;
    if (all && (decoding.topP < 1 || decoding.minP > 0)) return words.nextBeyond(figure.count);
    const sum = all ? 1 : kept.reduce((total, { raw }) => total + raw, 0);
    return words.nextCaption(all ? words.nextMany : words.nextKept(kept.length), formatPercent(sum));
  }

  #shown(): 'tokens' | 'beams' {
    return oneOf(this.element.localName, 'view', this.element.view, ['tokens', 'beams'] as const);
  }

  #rowCount(): number {
    return this.element.figure ? Math.min(Math.max(1, this.element.candidates), this.element.figure.count) : 0;
  }

  #sceneOf(figure: NextData): NextScene {
    const { temperature, topK, topP, minP, repetitionPenalty } = this.element;
    const decoding: Decoding = { temperature, topK, topP, minP, repetitionPenalty };
    const step = Math.min(Math.max(0, this.element.step), figure.stepCount - 1);
    const before = new Set([...figure.tokens.map(({ id }) => id), ...figure.chosen.slice(0, step)]);
    const candidates = decode(stepLogits(figure, step), decoding, before);
    const chosen = candidates.find(({ id }) => id === this.#pointed?.id) ?? candidates[0]!;
    const { current: theme } = this.element.theme;
    const rows = this.#rowCount();
    return {
      figure,
      step,
      decoding,
      candidates,
      rows,
      full: fullProbability(candidates.slice(0, rows)),
      chosen,
      locked: this.#pointed?.locked ?? false,
      theme,
      grid: this.#grid,
    };
  }

  // --- what the reader does

  #hold(pointed: { id: number; locked: boolean } | undefined): void {
    this.#pointed = pointed;
    this.element.requestUpdate();
  }

  #point(candidate: Candidate | undefined): void {
    if (!this.#pointed?.locked) this.#hold(candidate && { id: candidate.id, locked: false });
  }

  #lock(candidate: Candidate): void {
    const again = this.#pointed?.locked && this.#pointed.id === candidate.id;
    this.#hold(again ? undefined : { id: candidate.id, locked: true });
    if (!again) announce(strings.selectionLocked(candidateSentence(this.#scene!, candidate)));
  }

  readonly #goTo = (step: number): void => {
    this.element.step = step;
    this.#hint = undefined;
    this.#hold(undefined);
  };

  /** Takes the token that the seed draws. */
  #draw(): void {
    const { candidates, step } = this.#scene!;
    this.#add(drawn(candidates, uniformOf(this.element.seed, step)).id);
  }

  /** Goes on with a token: along the recording where it is the recorded one, else by the live model. */
  #add(id: number): void {
    const { figure, step } = this.#scene!;
    if (figure.chosen[step] === id) {
      this.#goTo(step + 1);
      return;
    }
    if (!this.element.live.provider) {
      this.#hint = words.needsModel;
      this.element.requestUpdate();
      return;
    }
    this.#appended = { prompt: this.element.live.text, ids: [...figure.chosen.slice(0, step), id] };
    void this.element.live.press();
  }
}
