// SPDX-License-Identifier: MIT
// Traces and helpers of the tests of <attention-view>.
import type { AttentionTrace, TraceToken } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { rampIndex, rampRgb, sequentialRamp } from '../../../src/components/shared/colour.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import { attentionTrace, part, random, settled } from './support.js';

export const allViews = ['matrix', 'overview', 'tokens', 'arcs'] as const;

/** Rows that sum to one, over all keys: [layer, head, query, key]. */
export function densePattern(layers: number, heads: number, queries: number, keys: number): Float32Array {
  const next = random(23);
  const pattern = new Float32Array(layers * heads * queries * keys);
  for (let row = 0; row < layers * heads * queries; row++) {
    const weights = Array.from({ length: keys }, () => next() ** 3 + 1e-3);
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, key) => (pattern[row * keys + key] = weight / sum));
  }
  return pattern;
}

const tokensOf = (texts: readonly string[]): TraceToken[] => texts.map((text, id) => ({ id, text }));

export const french = ['le', ' chat', ' dort'];
export const english = ['the', ' cat', ' is', ' asleep', '.'];

/** A decoder that looks at another text: three queries, five keys (or the other way round), two layers of four heads. */
export function crossTrace(queries = french, keys = english): AttentionTrace {
  const pattern = densePattern(2, 4, queries.length, keys.length);
  const trace = attentionTrace({ tokens: tokensOf(queries) });
  return {
    ...trace,
    causal: false,
    keyTokens: tokensOf(keys),
    pattern: encodeArray(pattern, [2, 4, queries.length, keys.length]),
  };
}

export const pairWords = ['[CLS]', 'how', 'are', 'you', '[SEP]', 'fine', 'thanks', '[SEP]'];

/** A pair of sentences, as BERT is given one; every token looks at every other. */
export function pairTrace(): AttentionTrace {
  const tokens = pairWords.map((text, id) => ({ id, text, ...(text.startsWith('[') && { special: true }) }));
  return {
    ...attentionTrace({ tokens }),
    causal: false,
    pattern: encodeArray(densePattern(2, 4, 8, 8), [2, 4, 8, 8]),
    segments: [
      { name: 'A', start: 0, end: 5 },
      { name: 'B', start: 5, end: 8 },
    ],
  };
}

/** Tokens of nasty kinds: blanks, markup, other scripts, control characters, a split character, nothing at all. */
export const nastyTokens: TraceToken[] = [
  { id: 0, text: '<|endoftext|>', special: true },
  { id: 1, text: '<|endoftext|>' },
  { id: 2, text: ' the' },
  { id: 3, text: '\n\n' },
  { id: 4, text: '\t' },
  { id: 5, text: '    ' },
  { id: 6, text: '<b>' },
  { id: 7, text: '&nbsp;' },
  { id: 8, text: '\uFFFD', bytes: [0xf0, 0x9f] },
  { id: 9, text: '\uFFFD', bytes: [0x98, 0x80] },
  { id: 10, text: ' سلام' },
  { id: 11, text: 'नमस्ते' },
  { id: 12, text: '\u0301a' },
  { id: 13, text: '\u200B' },
  { id: 14, text: '\u202Eevil' },
  { id: 15, text: '\uFFFD', bytes: [0xff] },
  { id: 16, text: '' },
  { id: 17, text: '\r\n' },
  { id: 18, text: ' Donaudampfschifffahrtsgesellschaft' },
];

const ramp = sequentialRamp([255, 255, 255], false);

/** The colour of a weight on the white paper of these tests, as red, green and blue. */
export function shadeOf(weight: number, max = 1): number[] {
  return [...rampRgb(ramp, rampIndex(weight, max))];
}

/** Red, green, blue and alpha of a canvas at a share of its width and height. */
export function pixelAt(canvas: HTMLCanvasElement, across: number, down: number): number[] {
  const [x, y] = [Math.floor(across * canvas.width), Math.floor(down * canvas.height)];
  return [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data];
}

/** The cell of the large matrix: its colour in the middle. */
export function cellPixel(view: Element, query: number, key: number, queries: number, keys = queries): number[] {
  return pixelAt(part<HTMLCanvasElement>(view, 'canvas.large'), (key + 0.5) / keys, (query + 0.5) / queries);
}

/** The colour inside the frame of a small head, at a share of its width and height: read from the canvas of all heads, under the frame. */
export function thumbnailPixel(view: Element, head: number, across: number, down: number): number[] {
  const canvas = part<HTMLCanvasElement>(view, 'canvas.thumbnails');
  const all = canvas.getBoundingClientRect();
  const frame = view.shadowRoot!.querySelectorAll('.thumbnail')[head]!.getBoundingClientRect();
  const [x, y] = [frame.left - all.left + across * frame.width, frame.top - all.top + down * frame.height];
  return pixelAt(canvas, x / all.width, y / all.height);
}

/** Sends a pointer event to the middle of an element, or to shares of its width and height. */
export function pointer(target: Element, type = 'pointermove', { pointerType = 'mouse', across = 0.5, down = 0.5, ...keys } = {}): void {
  const { left, top, width, height } = target.getBoundingClientRect();
  const where = { clientX: left + across * width, clientY: top + down * height };
  target.dispatchEvent(new PointerEvent(type, { ...where, ...keys, pointerType, bubbles: true, composed: true, cancelable: true }));
}

/** A press of the mouse on an element. */
export function press(target: Element, where: { across?: number; down?: number; ctrlKey?: boolean } = {}): void {
  for (const type of ['pointerdown', 'click']) pointer(target, type, where);
}

/** A finger's touch on an element, as a browser reports it. */
export function touch(target: Element, where: { across?: number; down?: number } = {}): void {
  for (const type of ['pointerdown', 'pointerleave', 'click']) pointer(target, type, { ...where, pointerType: 'touch' });
}

/** Runs `action` and returns how often something was painted on a canvas meanwhile. */
export async function draws(action: () => Promise<void> | void): Promise<number> {
  const kept = CanvasRenderingContext2D.prototype;
  const { drawImage, putImageData } = kept;
  let count = 0;
  const counted = <F extends (...all: never[]) => void>(draw: F) =>
    function (this: CanvasRenderingContext2D, ...rest: never[]) {
      count++;
      draw.apply(this, rest);
    };
  Object.assign(kept, { drawImage: counted(drawImage), putImageData: counted(putImageData) });
  try {
    await action();
  } finally {
    Object.assign(kept, { drawImage, putImageData });
  }
  return count;
}

/** What one stroke on a canvas looked like. */
export interface Stroke {
  from: number;
  to: number;
  width: number;
  colour: string;
  alpha: number;
}

/** Runs `action` and returns the lines that were drawn meanwhile, by the heights of their ends in CSS pixels. */
export async function strokes(action: () => Promise<void> | void): Promise<Stroke[]> {
  const kept = CanvasRenderingContext2D.prototype;
  const { beginPath, moveTo, bezierCurveTo } = kept;
  const stroke = kept.stroke as () => void;
  const found: Stroke[] = [];
  let ends: { from: number; to: number }[] = [];
  let start = 0;
  Object.assign(kept, {
    beginPath(this: CanvasRenderingContext2D) {
      ends = [];
      beginPath.call(this);
    },
    moveTo(this: CanvasRenderingContext2D, x: number, y: number) {
      start = y;
      moveTo.call(this, x, y);
    },
    bezierCurveTo(this: CanvasRenderingContext2D, ...all: [number, number, number, number, number, number]) {
      ends.push({ from: start, to: all[5] });
      bezierCurveTo.apply(this, all);
    },
    stroke(this: CanvasRenderingContext2D) {
      for (const end of ends) found.push({ ...end, width: this.lineWidth, colour: String(this.strokeStyle), alpha: this.globalAlpha });
      stroke.call(this);
    },
  });
  try {
    await action();
  } finally {
    Object.assign(kept, { beginPath, moveTo, bezierCurveTo, stroke });
  }
  return found;
}

/** Elements of the shadow tree that reach beyond the host, sideways, and are seen. */
export function overflowing(view: HTMLElement): string[] {
  const { left, right } = view.getBoundingClientRect();
  return [...view.shadowRoot!.querySelectorAll('.figure *')]
    .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .tooltip'))
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.left < left - 4 || box.right > right + 4) && !cutOff(element, left, right);
    })
    .map((element) => `${element.localName}.${element.className} ${Math.round(element.getBoundingClientRect().right - right)}`);
}

/** An ancestor hides what reaches beyond it, as ellipses do. */
function cutOff(element: Element, left: number, right: number): boolean {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const box = at.getBoundingClientRect();
    if (getComputedStyle(at).overflowX !== 'visible' && box.right <= right + 4 && box.left >= left - 4) return true;
  }
  return false;
}

/** Height of the figure, CSS pixels. */
export const heightOf = (view: Element): number => view.getBoundingClientRect().height;

/** The view is loaded and drawn. */
export async function drawn(view: AttentionViewElement): Promise<void> {
  await settled(view);
  await settled(view);
}
