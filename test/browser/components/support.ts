// SPDX-License-Identifier: MIT
import 'axe-core/axe.min.js';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { AttentionTrace, LogitLensTrace, TraceToken } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';

const provenance = { model: 'test', vitrine: '0.0.0' };
export const words = ['When', ' Mary', ' and', ' John', ' went', ' to', ' the', ' store'];

/** A small generator, so that every run draws the same numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Causal rows that sum to one: [layer, head, query, key]. */
export function causalPattern(layers: number, heads: number, count: number): Float32Array {
  const next = random(7);
  const pattern = new Float32Array(layers * heads * count * count);
  for (let row = 0; row < layers * heads * count; row++) {
    const query = row % count;
    const weights = Array.from({ length: query + 1 }, () => next() ** 4 + 1e-3);
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, key) => (pattern[row * count + key] = weight / sum));
  }
  return pattern;
}

export function attentionTrace({
  tokens = words.map((text, id): TraceToken => ({ id, text })),
  layers = 2,
  heads = 4,
  pattern = causalPattern(layers, heads, tokens.length),
} = {}): AttentionTrace {
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'attention',
    provenance,
    prompt: tokens.map(({ text }) => text).join(''),
    tokens,
    causal: true,
    layers: Array.from({ length: layers }, (_, layer) => layer),
    pattern: encodeArray(pattern, [layers, heads, tokens.length, tokens.length], { packing: 'causal' }),
  };
}

export function lensTrace({
  tokens = words.map((text, id): TraceToken => ({ id, text })),
  candidates = [' Mary', ' John', ' the'],
  labels = ['0_pre', '0_mid', '1_pre', '1_mid', 'final_post'],
} = {}): LogitLensTrace {
  const k = candidates.length;
  const grid = [labels.length, tokens.length];
  const cells = labels.length * tokens.length;
  const next = random(11);
  const top = Array.from({ length: cells }, () => 0.4 + 0.5 * next());
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'logit-lens',
    provenance,
    prompt: tokens.map(({ text }) => text).join(''),
    tokens,
    norm: 'recompute',
    points: labels.map((label) => `point ${label}`),
    labels,
    topIds: encodeArray(
      Array.from({ length: cells * k }, (_, index) => (Math.floor(index / k) + (index % k)) % k),
      [...grid, k],
      { dtype: 'int32' },
    ),
    topProbabilities: encodeArray(
      Array.from({ length: cells * k }, (_, index) => top[Math.floor(index / k)]! / 2 ** (index % k)),
      [...grid, k],
    ),
    vocabulary: Object.fromEntries(candidates.map((text, id) => [id, text])),
    entropy: encodeArray(new Float32Array(cells).fill(1.5), grid),
    klToFinal: encodeArray(new Float32Array(cells).fill(0.25), grid),
    target: {
      id: 0,
      probability: encodeArray(new Float32Array(cells).fill(0.3), grid),
      rank: encodeArray(new Int32Array(cells), grid, { dtype: 'int32' }),
    },
  };
}

const mounted: Element[] = [];

/** Puts an element on the page, in a box of the given width; `cleanUp` takes it away. */
export function mount<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Omit<HTMLElementTagNameMap[K], 'style'>> & Record<string, unknown> = {},
  { width = 704, inner = [] as Node[] } = {},
): HTMLElementTagNameMap[K] {
  const box = document.createElement('div');
  box.style.cssText = `inline-size: ${width}px; font: 18px/1.5 serif`;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) (element as unknown as Record<string, unknown>)[name] = value;
    else element.setAttribute(name, String(value));
  }
  element.append(...inner);
  box.append(element);
  document.body.append(box);
  mounted.push(box);
  return element;
}

export function cleanUp(): void {
  for (const element of mounted.splice(0)) element.remove();
  document.body.removeAttribute('style');
  document.documentElement.removeAttribute('style');
}

/** A `<script type="application/json">` with some data. */
export function script(data: unknown): HTMLScriptElement {
  const element = document.createElement('script');
  element.type = 'application/json';
  element.textContent = typeof data === 'string' ? data : JSON.stringify(data);
  return element;
}

export async function until(condition: () => boolean, what: string, limitMs = 5000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The element has drawn what it knows. */
export async function settled(element: HTMLElement & { updateComplete: Promise<boolean> }): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => resolve(undefined)));
  await element.updateComplete;
}

/** No violation of axe-core's rules in `element`, shadow tree included. */
export async function expectAccessible(element: Element): Promise<void> {
  const { axe } = globalThis as unknown as { axe: { run(context: Element, options: object): Promise<AxeResults> } };
  const { violations } = await axe.run(element, { resultTypes: ['violations'] });
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect(found, found.join('\n')).to.deep.equal([]);
}

/** The first element in the shadow tree that matches. */
export function part<E extends Element = HTMLElement>(element: Element, selector: string): E {
  const found = element.shadowRoot!.querySelector<E>(selector);
  if (!found) throw new Error(`<${element.localName}> has no ${selector}`);
  return found;
}

export function text(element: Element, selector: string): string {
  return part(element, selector).textContent!.replace(/\s+/g, ' ').trim();
}

/** Sends a pointer event to the middle of a cell of the large matrix. */
export function pointAt(view: Element, query: number, key: number, count: number, type = 'pointermove', pointerType = 'mouse'): void {
  const canvas = part(view, 'canvas.large');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const where = { clientX: left + ((key + 0.5) / count) * width, clientY: top + ((query + 0.5) / count) * height };
  part(view, '[role=grid]').dispatchEvent(new PointerEvent(type, { ...where, pointerType, bubbles: true, composed: true }));
}
