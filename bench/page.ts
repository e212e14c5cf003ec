// SPDX-License-Identifier: MIT
// node --import tsx bench/page.ts, after npm run build: what twenty recorded figures hold in memory, how long after the script the first of
// them is painted, and how long a live figure whose model runs in a worker holds up the page.
import { fileURLToPath } from 'node:url';
// @ts-expect-error: a script without types
import { closeBrowser, openPage } from '../scripts/lib/page.mjs';
// @ts-expect-error: a script without types
import { serve } from '../scripts/lib/serve.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const rounds = 5;

/** Runs before the scripts of the page. */
function watch(): void {
  const page = globalThis as unknown as { longest: number; shift: number };
  page.longest = 0;
  page.shift = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) page.longest = Math.max(page.longest, duration);
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) page.shift += (entry as unknown as { value: number }).value;
  }).observe({ type: 'layout-shift', buffered: true });
}

const site = await serve({ root, folders: ['docs', 'dist', 'models'], port: 0 });
const elements = `http://localhost:${site.port}/docs/elements`;
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

try {
  const heaps: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { page, close } = await openPage(`${elements}/attention-view.html`);
    await page.evaluate(async () => {
      const data = (await (await fetch('data/attention-view.json')).json()) as unknown;
      document
        .querySelector('main')!
        .replaceChildren(
          ...Array.from({ length: 20 }, () => Object.assign(document.createElement('attention-view'), { data: structuredClone(data) })),
        );
      await new Promise((resolve) => setTimeout(resolve, 1500));
    });
    const session = await page.createCDPSession();
    await session.send('HeapProfiler.collectGarbage');
    heaps.push((await page.metrics()).JSHeapUsedSize! / 1e6);
    await close();
  }
  console.log(`twenty recorded figures: ${median(heaps).toFixed(1)} MB of JavaScript heap (goal: at most 60)`);

  const longest: number[] = [];
  const afterScript: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { page, close } = await openPage(`${elements}/vitrine-model.html`, { before: watch });
    const painted = await page.evaluate(async () => {
      const figure = document.querySelector('attention-view')!;
      while (!figure.matches(':state(ready)')) await new Promise((resolve) => requestAnimationFrame(resolve));
      const script = performance
        .getEntriesByType('resource')
        .find(({ name }) => name.endsWith('vitrine.min.js')) as PerformanceResourceTiming;
      return performance.now() - script.responseEnd;
    });
    afterScript.push(painted);
    const task = await page.evaluate(async () => {
      const watched = globalThis as unknown as { longest: number };
      watched.longest = 0; // what came before is the page's own loading
      const figure = document.querySelector('attention-view')!;
      void document.querySelector('vitrine-model')!.load();
      while (!figure.matches(':state(live)')) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return watched.longest;
    });
    longest.push(task);
    await close();
  }
  console.log(`first figure ready ${median(afterScript).toFixed(0)} ms after the script has arrived, its data fetched in between`);
  console.log(`live model in a worker: longest task on the page ${median(longest).toFixed(0)} ms, 0 for none over 50 (goal: at most 50)`);
} finally {
  await closeBrowser();
  await site.close();
}
