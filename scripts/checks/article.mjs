// SPDX-License-Identifier: MIT
// The article "A first look" as a reader meets it: the built bundle, a browser without network.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/exec.mjs';
import { closeBrowser, openPage } from '../lib/page.mjs';
import { serve } from '../lib/serve.mjs';

const path = 'docs/articles/first-look.html';
const figures = ['names', 'habits', 'capital', 'names-lens'];
const widths = [343, 704, 1100];

/** Runs `use` with the article in a browser of this width and theme; fails on errors, warnings and requests to other servers. */
async function withArticle({ width, theme = 'light' }, use) {
  if (!existsSync(join(root, 'dist/cdn/vitrine.min.js'))) throw new Error('dist/ is not built. Run `npm run build`.');
  const site = await serve({ root, folders: ['docs', 'dist', 'models'], port: 0 });
  const { page, errors, warnings, foreign, close } = await openPage('about:blank');
  try {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
    await page.evaluateOnNewDocument(() => {
      globalThis.shifts = [];
      const place = ({ node, previousRect, currentRect }) =>
        `${node?.localName ?? 'something in a figure'} from ${Math.round(previousRect.y)} to ${Math.round(currentRect.y)}`;
      new PerformanceObserver((list) =>
        list.getEntries().forEach(({ value, sources }) => globalThis.shifts.push({ value, what: sources.map(place).join(', ') })),
      ).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(`http://localhost:${site.port}/${path}`);
    await ready(page, figures);
    await use(page);
    const faults = [...errors, ...warnings, ...foreign.map((address) => `it asked for ${address}`)];
    if (faults.length) throw new Error([...new Set(faults)].join('\n'));
  } finally {
    await close();
    await site.close();
  }
}

/** Scrolls down to each figure, in steps as a reader does, and waits until it is drawn. */
async function ready(page, ids, state = 'ready') {
  await page.evaluate(() => scrollTo(0, 0));
  for (const id of ids) {
    await page.evaluate(async (name) => {
      const figure = document.getElementById(name);
      const middle = () => figure.getBoundingClientRect().top + figure.offsetHeight / 2 - innerHeight / 2;
      for (let before = Infinity; middle() > 0 && middle() < before;) {
        before = middle();
        scrollBy(0, Math.min(300, middle()));
        await new Promise((done) => setTimeout(done, 80));
      }
    }, id);
    await page.waitForFunction(
      (name, wanted) => document.getElementById(name).matches(`:state(${wanted})`),
      { timeout: 120_000 },
      id,
      state,
    );
  }
}

const caption = (page, id) =>
  page.evaluate(
    (name) => document.getElementById(name).shadowRoot.querySelector('[part~=caption]').textContent.replace(/\s+/g, ' ').trim(),
    id,
  );

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

export const checks = [
  ...widths.map((width) => ({
    name: `article: at ${width} px four figures stand still and nothing reaches beyond the page`,
    run: () =>
      withArticle({ width }, async (page) => {
        const { shifts, page: wide } = await page.evaluate(() => ({
          shifts: globalThis.shifts,
          page: document.documentElement.scrollWidth,
        }));
        const sum = shifts.reduce((total, { value }) => total + value, 0);
        expect(sum < 0.02, `the layout shifted by ${sum.toFixed(3)}: ${shifts.map(({ what }) => what).join('; ')}`);
        expect(wide <= width, `the page is ${wide} px wide`);
      }),
  })),
  ...['light', 'dark'].map((theme) => ({
    name: `article: accessible by axe, ${theme}`,
    run: () =>
      withArticle({ width: 1100, theme }, async (page) => {
        await page.addScriptTag({ content: readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8') });
        const faults = await page.evaluate(async () =>
          (await globalThis.axe.run()).violations.map(
            ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.flat().join(' ')).join(', ')})`,
          ),
        );
        expect(faults.length === 0, faults.join('\n'));
      }),
  })),
  {
    name: 'article: a head named in the text is shown by its link, by keyboard too, and the button changes the theme',
    run: () =>
      withArticle({ width: 1100 }, async (page) => {
        const link = 'a[data-fact="names.again.head"]';
        const { layer, head } = await page.$eval(link, (element) => ({ ...element.dataset }));
        await page.focus(link);
        await page.keyboard.press('Enter');
        await page.waitForFunction(
          (wanted) => document.getElementById('names').shadowRoot.querySelector('[part~=caption]').textContent.includes(wanted),
          { timeout: 5000 },
          `ayer ${layer}, head ${head}`,
        );
        const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const before = await paper();
        await page.click('#theme');
        expect(before !== (await paper()), 'the background is the same after the press');
      }),
  },
  {
    name: 'article: what runs live is what was recorded, and a retyped prompt is read',
    run: () =>
      withArticle({ width: 1100 }, async (page) => {
        const recorded = await caption(page, 'capital');
        await page.evaluate(() => {
          const buttons = [...document.getElementById('capital').shadowRoot.querySelectorAll('[part~=live] button')];
          buttons.find(({ textContent }) => /Run live/.test(textContent)).click();
        });
        await ready(page, ['capital'], 'live');
        const live = await caption(page, 'capital');
        expect(live === recorded, `recorded: ${recorded}\nlive: ${live}`);

        const field = await page.evaluateHandle(() => document.getElementById('capital').shadowRoot.querySelector('textarea'));
        await field.evaluate((element) => element.select());
        await field.type('<|endoftext|>The capital of Spain is');
        await page.waitForFunction(() => document.getElementById('capital').shadowRoot.textContent.includes('Spain'), { timeout: 60_000 });
        // The other figures run on the same model as they come into view.
        await ready(page, figures, 'live');
      }),
  },
];

/** After all of them. */
export const finish = closeBrowser;
