// SPDX-License-Identifier: MIT
// node --import tsx bench/paint.ts, after npm run build: how soon after its script a recorded attention figure is painted, and what each
// view costs to draw, to change and to follow the pointer, in the installed Chromium.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AttentionTrace } from '../src/core/index.js';
import { rawArray } from '../src/core/trace/arrays.js';
import { storable } from '../src/core/trace/store.js';
// @ts-expect-error: a script without types
import { closeBrowser, openPage } from '../scripts/lib/page.mjs';

type View = 'matrix' | 'tokens' | 'arcs' | 'overview';

const rounds = 7;
const frameMs = 1000 / 60;
/** tsx names functions with a helper that pages do not have. */
const named = 'globalThis.__name = (value) => value';
const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
const round = (ms: number): string => ms.toFixed(1);

/** Rows that sum to one, with a few strong weights each. */
function trace(layers: number, heads: number, count: number): AttentionTrace {
  const pattern = new Float32Array(layers * heads * count * count);
  for (let row = 0; row < layers * heads * count; row++) {
    const query = row % count;
    let sum = 0;
    for (let key = 0; key <= query; key++) sum += pattern[row * count + key] = (((row * 31 + key * 17) % 97) / 97) ** 4 + 1e-4;
    for (let key = 0; key <= query; key++) pattern[row * count + key]! /= sum;
  }
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'attention',
    provenance: { model: 'bench', vitrine: '0.0.0' },
    prompt: '',
    tokens: Array.from({ length: count }, (_, id) => ({ id, text: ` word${id}` })),
    causal: true,
    layers: Array.from({ length: layers }, (_, layer) => layer),
    pattern: rawArray(pattern, [layers, heads, count, count], { dtype: 'uint16', packing: 'causal' }), // as `vitrine record` writes it
  };
}

const json = (layers: number, heads: number, count: number): string => JSON.stringify(storable(trace(layers, heads, count)));
const script = '<script type="module" src="/vitrine.min.js"></script>';
const head = '<!doctype html><meta charset="utf-8"><style>main { inline-size: 704px }</style>';
const preload = '<link rel="modulepreload" href="/vitrine-attention-view.min.js">';
const figure = `<main><attention-view><script type="application/json">${json(1, 12, 128)}</script></attention-view></main>`;
const pages: Record<string, string> = {
  '/': `${head}${script}<main></main>`,
  '/figure': `${head}${script}${figure}`,
  '/preloaded': `${head}${preload}${script}${figure}`,
};
const server = createServer((request, response) => {
  const path = request.url!;
  response.setHeader('content-type', pages[path] === undefined ? 'text/javascript' : 'text/html');
  const body = pages[path] === undefined ? readFile(new URL(`../dist/cdn${path}`, import.meta.url)) : Promise.resolve(pages[path]);
  body.then(
    (text) => response.end(text),
    () => response.writeHead(404).end(),
  );
}).listen(0);
const site = `http://localhost:${(server.address() as AddressInfo).port}`;

/** Runs before the scripts of the page: when the first figure was on the screen. */
function watch(): void {
  const page = globalThis as unknown as { painted: Promise<number> };
  page.painted = new Promise((resolve) => {
    const look = (): void => {
      if (!document.querySelector('attention-view')?.matches(':state(ready)')) return void requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now()); // the first task after this frame has been drawn
      requestAnimationFrame(() => port2.postMessage(0));
    };
    look();
  });
}

/** From the arrival of the bundle to the figure on the screen. */
async function firstPaint(path: string): Promise<number> {
  const { page, close } = await openPage(`${site}${path}`, { before: `${named}; (${watch})()`, width: 1100 });
  const ms = await page.evaluate(async () => {
    const painted = await (globalThis as unknown as { painted: Promise<number> }).painted;
    const bundle = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/vitrine.min.js'));
    return painted - (bundle as PerformanceResourceTiming).responseEnd;
  });
  await close();
  return ms;
}

interface Costs {
  drawMs: number;
  layerMs: number;
  hoverMs: number;
  slowestHoverMs: number;
  drawsPerHover: number;
  nodes: number;
}

/** Runs in the page: what a view costs, each time from its cause to the end of the frame that shows it. */
async function measure(view: View, data: unknown): Promise<Costs> {
  const middle = (times: number[]): number => [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)]!;
  const element = Object.assign(document.createElement('attention-view'), { view });
  const shown = (change: () => void): Promise<number> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const start = performance.now();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - start);
        change();
        void element.updateComplete.then(() => port2.postMessage(0));
      });
    });
  // Its module is there, and its code has run once.
  const warm = Object.assign(document.createElement('attention-view'), { view, data });
  document.querySelector('main')!.replaceChildren(warm);
  await warm.updateComplete;
  await new Promise((resolve) => setTimeout(resolve, 300));
  warm.remove();

  document.querySelector('main')!.append(element);
  await element.updateComplete;
  const drawMs = await shown(() => (element.data = data));
  const layers: number[] = [];
  for (let at = 0; at < 15; at++) layers.push(await shown(() => (element.layer = (at + 1) % 2)));

  let draws = 0;
  const prototype = CanvasRenderingContext2D.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['drawImage', 'putImageData', 'stroke', 'fillRect']) {
    const original = prototype[name]!;
    prototype[name] = function (this: unknown, ...args: unknown[]) {
      draws++;
      return original.apply(this, args);
    };
  }
  const root = element.shadowRoot!;
  const canvas = root.querySelector('canvas.large, canvas.tiles, canvas.lines');
  const pieces = [...root.querySelectorAll('.token')].filter((token) => token.getClientRects().length > 0);
  const hovers: number[] = [];
  for (let at = 0; at < 60; at++) {
    const target = canvas ?? pieces[Math.floor((pieces.length * (at + 1)) / 62)]!;
    const { x, y, width, height } = target.getBoundingClientRect();
    const [right, down] = canvas ? [view === 'overview' ? 0.1 + at * 0.013 : 0.15, 0.3 + at * 0.01] : [0.5, 0.5];
    const where = { clientX: x + width * right, clientY: y + height * down, pointerType: 'mouse', bubbles: true, composed: true };
    hovers.push(await shown(() => target.dispatchEvent(new PointerEvent('pointermove', where))));
  }
  if (element.selection === undefined) throw new Error(`The pointer has chosen nothing in view="${view}".`);
  const nodes = root.querySelectorAll('*').length;
  element.remove();
  return {
    drawMs,
    layerMs: middle(layers),
    hoverMs: middle(hovers),
    slowestHoverMs: Math.max(...hovers),
    drawsPerHover: draws / hovers.length,
    nodes,
  };
}

try {
  for (const [path, words] of [
    ['/figure', 'one script tag'],
    ['/preloaded', 'and <link rel="modulepreload"> for what draws it'],
  ] as const) {
    const times: number[] = [];
    for (let at = 0; at < rounds; at++) times.push(await firstPaint(path));
    console.log(
      `12 heads, 128 tokens, recorded, ${words}: on the screen ${round(median(times))} ms after the script has arrived (${round(Math.min(...times))} to ${round(Math.max(...times))}; goal: at most 100)`,
    );
  }

  const rows: object[] = [];
  for (const [view, heads, count, layers] of [
    ['matrix', 12, 32, 2],
    ['matrix', 12, 128, 2],
    ['matrix', 32, 128, 2],
    ['matrix', 12, 512, 2],
    ['tokens', 12, 512, 2],
    ['arcs', 12, 512, 2],
    ['overview', 12, 64, 12],
  ] as const) {
    const { page, close } = await openPage(`${site}/`, { width: 1100 });
    await page.evaluate(named);
    await page.waitForFunction(() => customElements.get('attention-view') !== undefined);
    const costs = (await page.evaluate(measure, view, JSON.parse(json(layers, heads, count)))) as Costs;
    rows.push({
      view,
      heads: layers === 2 ? heads : `${layers} × ${heads}`,
      tokens: count,
      'draw ms': round(costs.drawMs),
      'layer ms': round(costs.layerMs),
      'hover ms': round(costs.hoverMs),
      'slowest ms': round(costs.slowestHoverMs),
      'draws per hover': costs.drawsPerHover.toFixed(1),
      nodes: costs.nodes,
    });
    await close();
  }
  console.table(rows);
  console.log(`Goals: a hover under one frame (${round(frameMs)} ms) at 512 tokens; the overview of 12 × 12 heads drawn under 50 ms.`);
} finally {
  await closeBrowser();
  server.close();
}
