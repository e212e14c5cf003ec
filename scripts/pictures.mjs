// SPDX-License-Identifier: MIT
// node scripts/pictures.mjs: the pictures of the README, taken from the article in a browser, after `npm run build` and `npm run figures`.
import { mkdirSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { browserArguments, ensureBrowser } from './lib/browser.mjs';
import { root } from './lib/exec.mjs';
import { serve } from './lib/serve.mjs';

/** Two figures of the article, one under the other, with what stands under them in an article but not in a picture left out. */
const only = `
  body { padding: 20px 16px 8px; }
  header, footer, main > :not(#fig-names, #fig-capital), figcaption { display: none !important; }
  figure { margin-block: 0 28px !important; }
  ::part(live), ::part(foot) { display: none; }`;

const { port, close } = await serve({ root, folders: ['docs', 'dist', 'models'], port: 0 });
const browser = await puppeteer.launch({ executablePath: await ensureBrowser(), args: browserArguments(), headless: true });
try {
  mkdirSync(`${root}docs/images`, { recursive: true });
  for (const theme of ['light', 'dark']) {
    const page = await browser.newPage();
    await page.setViewport({ width: 736, height: 1200, deviceScaleFactor: 2 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
    await page.goto(`http://localhost:${port}/docs/articles/first-look.html`);
    await page.addStyleTag({ content: only });
    await page.waitForFunction(() => ['names', 'capital'].every((id) => document.getElementById(id).matches(':state(ready)')));
    await new Promise((done) => setTimeout(done, 300));
    const height = await page.evaluate(() => Math.ceil(document.querySelector('main').getBoundingClientRect().bottom));
    await page.screenshot({ path: `${root}docs/images/first-look-${theme}.png`, clip: { x: 0, y: 0, width: 736, height } });
    await page.close();
  }
} finally {
  await browser.close();
  await close();
}
