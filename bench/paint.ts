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
/** A new window keeps a processor busy with the browser's own parts for so long. */
const windowMs = 1200;
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
const figure = `<main><attention-view><script type="application/json">${json(1, 12, 128)}</script></attention-view></main>`;

/** The floor: the same numbers on twelve small canvases and a large one, by the least script that can do it. No text, no keyboard, no theme. */
function plain(): void {
  const { shape, data, min, max } = (JSON.parse(document.querySelector('#data')!.textContent!) as AttentionTrace).pattern as never as {
    shape: number[];
    data: string;
    min: number;
    max: number;
  };
  const [, heads, count] = shape as [number, number, number];
  const codes = new Uint16Array(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)).buffer);
  let at = 0;
  for (let head = 0; head < heads; head++) {
    const image = new ImageData(count, count);
    const pixels = new Uint32Array(image.data.buffer);
    for (let query = 0; query < count; query++) {
      for (let key = 0; key <= query; key++) {
        const shade = 255 - Math.round(255 * (min + ((max - min) * codes[at++]!) / 65535));
        pixels[query * count + key] = 0xff000000 | (shade << 16) | (shade << 8) | shade;
      }
    }
    const canvas = document.body.appendChild(document.createElement('canvas'));
    canvas.width = canvas.height = count;
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    if (head > 0) continue;
    const large = document.body.appendChild(document.createElement('canvas'));
    large.width = large.height = 512;
    const context = large.getContext('2d')!;
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, 512, 512);
  }
  document.documentElement.dataset['drawn'] = '';
}

const pages: Record<string, string> = {
  '/blank': head,
  '/floor': `${head}<script type="application/json" id="data">${json(1, 12, 128)}</script><script type="module" src="/plain.js"></script>`,
  '/': `${head}${script}<main></main>`,
  '/figure': `${head}${script}${figure}`,
};

/** The first thing that a script does. */
const marked = "performance.mark('run');";

async function bundled(path: string): Promise<string> {
  const text = await readFile(new URL(`../dist/cdn${path}`, import.meta.url), 'utf8');
  // What a bundle says to the engine holds on its first line only.
  return path === '/vitrine.min.js' ? text.replace(/^(\/\/#.*\n)?/, `$1${marked}`) : text;
}

const server = createServer((request, response) => {
  const path = request.url!;
  response.setHeader('content-type', pages[path] === undefined ? 'text/javascript' : 'text/html');
  const known = path === '/plain.js' ? `${marked}(${plain})()` : pages[path];
  const body = known === undefined ? bundled(path) : Promise.resolve(known);
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
      if (!document.querySelector('[data-drawn], attention-view:state(ready)')) return void requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now()); // the first task after this frame has been drawn
      port2.postMessage(0);
    };
    requestAnimationFrame(look);
  });
}

interface FirstPaint {
  fromRunMs: number;
  fromArrivalMs: number;
}

/** From the script's run, and from its arrival, to the figure on the screen. */
async function firstPaint(path: string): Promise<FirstPaint> {
  const { page, close } = await openPage(`${site}/blank`, { before: `${named}; (${watch})()`, width: 1100 });
  await new Promise((resolve) => setTimeout(resolve, windowMs));
  await page.goto(`${site}${path}`);
  const times = await page.evaluate(async () => {
    const painted = await (globalThis as unknown as { painted: Promise<number> }).painted;
    const bundle = performance.getEntriesByType('resource').find(({ name }) => /\/(vitrine\.min|plain)\.js$/.test(name));
    const [run] = performance.getEntriesByName('run');
    return { fromRunMs: painted - run!.startTime, fromArrivalMs: painted - (bundle as PerformanceResourceTiming).responseEnd };
  });
  await close();
  return times;
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

/** How fast this machine is just now: a core that nobody else uses takes about 100 ms. */
function additionsMs(): number {
  const start = performance.now();
  let sum = 0;
  for (let at = 0; at < 1e8; at++) sum += at;
  return sum > 0 ? performance.now() - start : NaN;
}

try {
  additionsMs();
  console.log(`1e8 additions: ${round(additionsMs())} ms on this machine just now (about 100 on an idle core; times below go with it)`);
  const times = new Map<string, FirstPaint[]>();
  const paths = { '/floor': 'by hand', '/figure': 'with one script tag' };
  for (let at = 0; at < rounds; at++)
    for (const path of Object.keys(paths)) times.set(path, [...(times.get(path) ?? []), await firstPaint(path)]);
  for (const [since, words] of Object.entries({ fromRunMs: 'runs (goal: at most 100 ms)', fromArrivalMs: 'has arrived' })) {
    const taken = (path: string): number[] => times.get(path)!.map((ms) => ms[since as keyof FirstPaint]);
    const floor = median(taken('/floor'));
    console.log(`12 heads of 128 tokens, recorded: on the screen after the script ${words}`);
    for (const [path, how] of Object.entries(paths)) {
      const range = `${round(Math.min(...taken(path)))} to ${round(Math.max(...taken(path)))}`;
      console.log(
        `  ${round(median(taken(path))).padStart(6)} ms, ${(median(taken(path)) / floor).toFixed(1)} × the floor (${range}): ${how}`,
      );
    }
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
