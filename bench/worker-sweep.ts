// SPDX-License-Identifier: MIT
/**
 * How long a sweep over the embedded model holds up a page of Chromium, on the page itself and in a worker: the longest task that the
 * browser reports, and the longest gap between two turns of the page. On the built bundles.
 *
 *   npm run build && npx tsx bench/worker-sweep.ts        (CHROME_PATH=... for a browser elsewhere than /usr/bin/chromium)
 */
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import type * as Vitrine from '../src/core/index.js';
import type * as VitrineWorker from '../src/worker/index.js';
// @ts-expect-error: a script without types
import { serve } from '../scripts/lib/serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { port, close } = await (serve as (options: object) => Promise<{ port: number; close(): Promise<void> }>)({
  root,
  folders: ['dist', 'models', 'bench'],
  port: 0,
});

interface Measured {
  cells: number;
  ms: number;
  /** Tasks over 50 ms. */
  long: number;
  /** ms; 0 where no task took over 50. */
  longest: number;
  /** ms between two turns of the page. */
  gap: number;
}

/** Runs in the page. */
async function measure(origin: string): Promise<Record<string, Measured>> {
  document.head.append(Object.assign(document.createElement('meta'), { name: 'vitrine:vendor', content: `${origin}/dist/cdn/vendor/` }));
  const load = (path: string): Promise<unknown> => import(`${origin}${path}`);
  const { HookedModel, activationPatching, logitDiff } = (await load('/dist/cdn/vitrine-techniques.min.js')) as typeof Vitrine;
  const { createWorkerModel } = (await load('/dist/cdn/vitrine-worker.min.js')) as typeof VitrineWorker;
  const here = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
  const there = await createWorkerModel('vitrine/storyteller', { device: 'wasm' });
  const options = {
    clean: '<|endoftext|>When Mary and John went to the store, John gave a drink to',
    corrupted: '<|endoftext|>When Mary and John went to the store, Mary gave a drink to',
    metric: logitDiff(' Mary', ' John'),
    site: 'head_out_by_pos',
  } as const;
  const results: Record<string, Measured> = {};
  for (const [name, start] of Object.entries({
    'on the page': () => activationPatching(here, options),
    'in a worker': () => there.activationPatching(options),
  })) {
    await start(); // once before, so that nothing is compiled within the measurement
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    await new Promise((resolve) => setTimeout(resolve, 500));
    observer.observe({ entryTypes: ['longtask'] });
    let [gap, last, cells] = [0, performance.now(), 0];
    const turn = (): void => {
      gap = Math.max(gap, performance.now() - last);
      last = performance.now();
    };
    const turns = setInterval(turn, 0);
    const from = last;
    for await (const cell of start()) if (cell) cells++;
    const ms = performance.now() - from;
    await new Promise((resolve) => setTimeout(resolve, 500)); // entries come late
    clearInterval(turns);
    observer.disconnect();
    results[name] = { cells, ms, long: tasks.length, longest: Math.max(0, ...tasks), gap };
  }
  await there.dispose();
  await here.dispose();
  return results;
}

const browser = await puppeteer.launch({
  executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage();
const origin = `http://127.0.0.1:${port}`;
await page.goto(`${origin}/bench/browser.html`);
// Helper that esbuild puts around named functions; the page has none.
await page.evaluate('globalThis.__name = (value) => value');
const results = await page.evaluate(measure, origin);
await browser.close();
await close();

console.log('activation patching of the storyteller in Chromium, WebAssembly, 15 tokens');
for (const [name, { cells, ms, long, longest, gap }] of Object.entries(results)) {
  const tasks = long === 0 ? 'no task over 50 ms' : `${long} tasks over 50 ms, the longest ${longest.toFixed(0)} ms`;
  console.log(`  ${name}: ${cells} cells in ${ms.toFixed(0)} ms; ${tasks}; longest gap between two turns ${gap.toFixed(0)} ms`);
}
