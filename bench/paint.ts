// SPDX-License-Identifier: MIT
/**
 * How long an <attention-view> takes to paint and to follow the pointer, in the installed Chromium, on the built bundle.
 *
 *   npm run build && npx tsx bench/paint.ts        (CHROME_PATH=... for a browser elsewhere than /usr/bin/chromium)
 *
 * Prints medians; `paint` is a change of layer (all thumbnails and the large head), `first` is from setting the data to the next frame,
 * `hover` is a pointer move to the drawn overlay, which must draw on no canvas.
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import puppeteer from 'puppeteer-core';

interface Row {
  heads: number;
  tokens: number;
  first: number;
  paint: number;
  hover: number;
  nodes: number;
  drawsOnHover: number;
}

const bundle = new URL('../dist/cdn/vitrine.min.js', import.meta.url);
const server = createServer((request, response) => {
  const script = request.url === '/vitrine.min.js';
  response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
  const page = '<!doctype html><meta charset="utf-8"><body><script type="module" src="/vitrine.min.js"></script>';
  void (script ? readFile(bundle) : Promise.resolve(page)).then((body) => response.end(body));
}).listen(0);

/** Runs in the page. */
async function measure(heads: number, tokens: number): Promise<Row> {
  const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const data = new Float32Array(2 * heads * tokens * tokens);
  for (let row = 0; row < 2 * heads * tokens; row++) {
    const query = row % tokens;
    for (let key = 0; key <= query; key++) data[row * tokens + key] = ((row * 31 + key * 17) % 97) / 97;
  }
  const view = document.createElement('attention-view');
  view.tokens = Array.from({ length: tokens }, (_, position) => ` word${position}`);
  document.body.append(view);
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  let start = performance.now();
  view.attention = { data, dims: [2, heads, tokens, tokens] };
  await view.updateComplete;
  view.shadowRoot!.querySelector('canvas')!.getBoundingClientRect();
  const first = performance.now() - start;
  const paints: number[] = [];
  for (let round = 0; round < 31; round++) {
    await frame();
    start = performance.now();
    view.layer = (round + 1) % 2;
    await view.updateComplete;
    paints.push(performance.now() - start);
  }
  let drawsOnHover = 0;
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...rest: never[]) {
    drawsOnHover++;
    return (drawImage as (...all: never[]) => void).apply(this, rest);
  } as typeof drawImage;
  const grid = view.shadowRoot!.querySelector('[role=grid]')!;
  const box = grid.getBoundingClientRect();
  const hovers: number[] = [];
  for (let step = 0; step < 100; step++) {
    await frame();
    start = performance.now();
    const where = { clientX: box.x + box.width * 0.2, clientY: box.y + box.height * (0.3 + step * 0.006), bubbles: true };
    grid.dispatchEvent(new PointerEvent('pointermove', where));
    await view.updateComplete;
    hovers.push(performance.now() - start);
  }
  CanvasRenderingContext2D.prototype.drawImage = drawImage;
  const nodes = view.shadowRoot!.querySelectorAll('*').length;
  view.remove();
  return { heads, tokens, first, paint: median(paints), hover: median(hovers), nodes, drawsOnHover };
}

const browser = await puppeteer.launch({ executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as { port: number }).port}/`);
  await page.waitForFunction(() => customElements.get('attention-view') !== undefined);
  await page.evaluate('globalThis.__name = (value) => value'); // tsx names functions with this helper
  const rows: Row[] = [];
  for (const [heads, tokens] of [
    [12, 32],
    [12, 128],
    [12, 256],
    [12, 512],
    [32, 128],
  ] as const) {
    rows.push(await page.evaluate(measure, heads, tokens));
  }
  const short = (value: number): string => value.toFixed(1);
  console.table(rows.map((row) => ({ ...row, first: short(row.first), paint: short(row.paint), hover: short(row.hover) })));
  console.log('Milliseconds. Goal: paint of 12 heads of 128 tokens under 8, no draws on hover.');
} finally {
  await browser.close();
  server.close();
}
