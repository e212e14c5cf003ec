// SPDX-License-Identifier: MIT
// The pages of the elements are tests: each draws from the bundle alone, at every width, and nothing on it moves or scrolls sideways.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/exec.mjs';
import { closeBrowser, openPage } from '../lib/page.mjs';
import { serve } from '../lib/serve.mjs';

const folder = 'docs/elements';
const widths = [280, 343, 704, 1100];
const pages = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((file) => file.endsWith('.html')) : [];

/** Cumulative layout shift of a page that no reader has caused; Web Vitals call 0.1 good, a page of figures in an article keeps ten times as still. */
const mostShift = 0.01;

/** The same of a figure that runs live, where all that may change is what it says. */
const mostShiftLive = 0.001;

/**
 * What a strict site allows: no eval, Trusted Types, no inline style, and of inline scripts only those of the page itself, by their hashes.
 */
function strict(file) {
  const html = readFileSync(join(root, folder, file), 'utf8');
  const inline = [...html.matchAll(/<script type="module">([^]*?)<\/script>/g)].map(([, code]) => code);
  const hashes = inline.map((code) => ` 'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  return {
    'Content-Security-Policy': `default-src 'none'; script-src 'self'${hashes.join('')}; style-src 'self'; connect-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'`,
  };
}
const strictLive = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; require-trusted-types-for 'script'",
};

async function withSite(headers, use) {
  const site = await serve({ root, folders: ['docs', 'dist', 'models'], port: 0, headers });
  try {
    return await use(`http://localhost:${site.port}`);
  } finally {
    await site.close();
  }
}

/** Sums layout shifts that no reader caused, and tells what moved. */
function watchShifts() {
  globalThis.shift = 0;
  globalThis.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      globalThis.shift += entry.value;
      for (const { node, previousRect, currentRect } of entry.sources) {
        const host = node?.getRootNode().host?.localName ?? 'page';
        globalThis.moved.push(`${host} ${node?.localName ?? ''}.${node?.className ?? ''} ${previousRect.y} to ${currentRect.y} px`);
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Every figure with data on the page has drawn them; else the tags of those that have not. */
const missing = `[...document.querySelectorAll('*')]
  .filter((element) => element.localName.includes('-') && 'toJSON' in element && (element.src || element.data || element.querySelector('script')))
  .filter((element) => !element.matches(':state(ready)')).map((element) => element.localName + ' ' + (element.src ?? '')).join(', ')`;

async function scrollThrough(page) {
  // Data are fetched within one screen of the view.
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 400) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });
}

async function checkPage(site, file, width) {
  const opened = await openPage(`${site}/${folder}/${file}`, { width, before: watchShifts });
  try {
    await scrollThrough(opened.page);
    await opened.page.waitForFunction(`(${missing}) === ''`, { timeout: 20_000 }).catch(async () => {
      opened.errors.push(`not drawn: ${await opened.page.evaluate(missing)}`);
    });
    // What comes after the picture, such as the curves of a lens, counts too.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { shift, moved, wide } = await opened.page.evaluate(() => ({
      shift: globalThis.shift,
      moved: globalThis.moved.slice(0, 6),
      wide: document.documentElement.scrollWidth,
    }));
    const faults = [...opened.errors, ...opened.warnings, ...opened.foreign.map((url) => `it asked for ${url}`)];
    if (wide > width) faults.push(`it scrolls sideways: ${wide} px`);
    if (shift > mostShift) faults.push(`its layout shifts by ${shift.toFixed(3)}, more than ${mostShift}. What moved: ${moved.join('; ')}`);
    return { faults: faults.map((fault) => `${file} at ${width} px: ${fault}`), shift };
  } finally {
    await opened.close();
  }
}

/** Runs in the page: presses the first "Run live" of a figure and waits until what it gives is drawn. */
async function runLive() {
  const figures = [...document.querySelectorAll('*')].filter((element) => 'toJSON' in element);
  const buttonOf = ({ shadowRoot }) =>
    [...shadowRoot.querySelectorAll('button')].find((button) => /^Run live/.test(button.textContent.trim()));
  const figure = figures.find(buttonOf);
  if (!figure) return 'no figure offers to run live';
  figure.scrollIntoView();
  const drawn = new Promise((resolve) => figure.addEventListener('vitrine-run', () => resolve(undefined), { once: true }));
  await new Promise((resolve) => setTimeout(resolve, 300));
  buttonOf(figure).click(); // not a reader's press, after which shifts would not count for a while
  const late = new Promise((resolve) => setTimeout(() => resolve('nothing was drawn within 40 s'), 40_000));
  const fault = await Promise.race([drawn, late]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return fault;
}

const livePages = pages.filter((file) => !['index.html', 'linked.html', 'vitrine-model.html'].includes(file));

export const checks = [
  ...pages.map((file) => ({
    name: `elements: ${file} draws under a strict policy at ${widths.join(', ')} px`,
    async run() {
      return withSite(strict(file), async (site) => {
        const faults = [];
        const shifts = [];
        for (const width of widths) {
          const found = await checkPage(site, file, width);
          faults.push(...found.faults);
          shifts.push(found.shift.toFixed(3));
        }
        if (faults.length) throw new Error(faults.join('\n'));
        return `layout shift ${shifts.join(', ')}`;
      });
    },
  })),
  ...livePages.map((file) => ({
    name: `elements: ${file} stays where it is while a figure runs live`,
    async run() {
      return withSite({}, async (site) => {
        const { page, errors, close } = await openPage(`${site}/${folder}/${file}`, { width: 1100, before: watchShifts });
        try {
          await scrollThrough(page);
          await page.waitForFunction(`(${missing}) === ''`, { timeout: 20_000 });
          const fault = await page.evaluate(runLive);
          const { shift, moved } = await page.evaluate(() => ({ shift: globalThis.shift, moved: globalThis.moved.slice(0, 6) }));
          const faults = [...errors, ...(fault ? [fault] : [])];
          if (shift > mostShiftLive)
            faults.push(`it shifts by ${shift.toFixed(4)}, more than ${mostShiftLive}. What moved: ${moved.join('; ')}`);
          if (faults.length) throw new Error(faults.join('\n'));
          return `layout shift ${shift.toFixed(4)}`;
        } finally {
          await close();
        }
      });
    },
  })),
  {
    name: 'elements: a saved page draws by itself, with no server',
    async run() {
      await withSite({}, async (site) => {
        const { page, close } = await openPage(`${site}/${folder}/attention-view.html`);
        const figure = 'document.querySelector("attention-view")';
        await page.waitForFunction(`${figure}.matches(':state(ready)')`, { timeout: 20_000 });
        const state = `(({ layer, head, query }) => [layer, head, query].join('.'))(${figure}.getState())`;
        const before = await page.evaluate(state);
        const saved = await page.evaluate(`${figure}.toHTML()`);
        await close();
        const alone = await openPage('about:blank');
        try {
          await alone.page.setContent(saved, { waitUntil: 'load' });
          await alone.page.waitForFunction(`${figure}.matches(':state(ready)')`, { timeout: 20_000 });
          const faults = [...alone.errors, ...alone.warnings, ...alone.requests.filter((url) => /^https?:/.test(url))];
          if (faults.length) throw new Error(faults.join('\n'));
          const after = await alone.page.evaluate(state);
          if (after !== before) throw new Error(`It should open on layer.head.query ${before}, and opens on ${after}.`);
        } finally {
          await alone.close();
        }
      });
    },
  },
  {
    name: 'elements: a live figure runs in a worker under a strict policy with Trusted Types',
    async run() {
      await withSite(strictLive, async (site) => {
        const { page, errors, warnings, foreign, close } = await openPage(`${site}/${folder}/vitrine-model.html`);
        try {
          await page.evaluate(`document.querySelector('vitrine-model').load()`);
          await page.waitForFunction(`document.querySelector('attention-view').matches(':state(live)')`, { timeout: 60_000 }).catch(() => {
            errors.push('the figure did not become live');
          });
          const thread = await page.evaluate(`document.querySelector('vitrine-model').engine?.thread`);
          const faults = [...errors, ...warnings, ...foreign];
          if (faults.length) throw new Error(faults.join('\n'));
          if (thread !== 'worker') throw new Error(`The model should run in a worker; it runs in: ${thread}.`);
        } finally {
          await close();
        }
      });
    },
  },
];

export async function finish() {
  await closeBrowser();
}
