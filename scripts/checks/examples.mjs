// SPDX-License-Identifier: MIT
// The examples of docs/examples as an author takes them: copied, set up and built by their own commands, with the package as published.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from '../lib/exec.mjs';
import { installInto } from '../lib/pack.mjs';
import { closeBrowser, openPage } from '../lib/page.mjs';
import { serve } from '../lib/serve.mjs';

/** Inside the repository, so that everything but Vitrine is found in its node_modules. */
const place = '.cache/examples';
const waitMs = 60_000;

/** A copy of an example with the package and its command. */
async function copied(name) {
  const folder = join(root, place, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'docs/examples', name), folder, { recursive: true });
  await installInto(folder);
  mkdirSync(join(folder, 'node_modules/.bin'));
  symlinkSync('../vitrine/dist/cli/main.js', join(folder, 'node_modules/.bin/vitrine'));
  return folder;
}

/** Runs a script of the example's package.json. @throws Error with what it says */
async function script(name, cwd) {
  const { status, output } = await npm(['run', name], { quiet: true, cwd });
  if (status !== 0) throw new Error(`npm run ${name}:\n${output}`);
}

/** Fails where the README names a command that there is not. */
function readmeHolds(folder) {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const said = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^npm (?:run )?(setup|start)|`npm run (build)`/gm)];
  const names = said.map(([, line, word]) => line ?? word);
  for (const name of ['setup', 'start', 'build']) {
    if (!names.includes(name) || !scripts[name]) throw new Error(`README.md and package.json must both have the script "${name}".`);
  }
}

/** Opens the built example, without network, and hands it to `use`; fails on errors, warnings and requests to other servers. */
async function withExample(name, use) {
  const folder = join(root, place, name, 'dist');
  if (!existsSync(folder)) throw new Error('It was not built: see the check above.');
  const site = await serve({ root: folder, folders: ['.'], port: 0 });
  const { page, errors, warnings, foreign, close } = await openPage(`http://localhost:${site.port}/`);
  try {
    await use(page);
    const faults = [...errors, ...warnings, ...foreign.map((address) => `it asked for ${address}`)];
    if (faults.length) throw new Error(faults.join('\n'));
  } finally {
    await close();
    await site.close();
  }
}

/** Waits until a condition, a piece of the page's script, holds; `what` says which. */
async function until(page, what, condition) {
  await page.waitForFunction(condition, { timeout: waitMs }).catch(async () => {
    throw new Error(`${what} did not come. The page says:\n${await page.evaluate('document.body.innerText')}`);
  });
}

const figure = (tag) => `document.querySelector('${tag}')`;
const ready = (tag) => `${figure(tag)}?.matches(':state(ready)')`;
const caption = (tag) => `${figure(tag)}.shadowRoot.querySelector('[part~=caption]').textContent`;

/** The middle of an element inside a figure, in view. */
function middleOf(page, tag, selector) {
  return page.evaluate(
    (host, path) => {
      const element = document.querySelector(host).shadowRoot.querySelector(path);
      element.scrollIntoView({ block: 'center' });
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    },
    tag,
    selector,
  );
}

async function recordedFigures(page) {
  await until(page, 'The recorded figures', `${ready('model-map')} && ${ready('attention-view')}`);
  const given = await page.evaluate(`({
    properties: ${figure('attention-view')}.maxValue === 0.8 && typeof ${figure('model-map')}.data === 'object',
    selection: ${figure('model-map')}.selection === ${figure('attention-view')}.selection,
    heads: ${figure('model-map')}.shadowRoot.querySelectorAll('[data-head]').length,
  })`);
  if (!given.properties) throw new Error('A property did not reach its element.');
  if (!given.selection) throw new Error('The figures do not share one selection.');
  if (given.heads < 32) throw new Error(`The map should draw 4 layers of 8 heads, and draws ${given.heads} heads.`);

  await page.click('button');
  await until(
    page,
    'Head 2.5 in both figures',
    `${caption('attention-view')}.includes('ayer 2, head 5') && ${caption('model-map')}.includes('2.5')`,
  );

  await page.mouse.click(...(await middleOf(page, 'model-map', '[data-part="blocks.1.attn"] [data-head="3"] .shape')));
  await until(page, 'The event of a press on head 1.3', `document.querySelector('#said').textContent === 'Chosen: head 1.3'`);
  await until(page, 'Head 1.3 in the linked figure', `${caption('attention-view')}.includes('ayer 1, head 3')`);
}

async function liveFigure(page) {
  await page.mouse.click(...(await middleOf(page, 'logit-lens', '[part~=live] button')));
  await until(page, 'The event of the live run', `/^The run took \\d+ ms\\.$/.test(document.querySelector('#ran')?.textContent)`);
  const { thread, said } = await page.evaluate(`({ thread: ${figure('vitrine-model')}.engine.thread, said: ${caption('logit-lens')} })`);
  if (thread !== 'worker') throw new Error(`The model should run in a worker, and runs in the ${thread}.`);
  if (!said.includes('Paris')) throw new Error(`After "The capital of France is" the lens says: ${said}`);
}

export const checks = ['react', 'svelte'].flatMap((name) => [
  {
    name: `examples: ${name} is set up, type-checked and built by the commands of its README`,
    async run() {
      const folder = await copied(name);
      readmeHolds(folder);
      await script('setup', folder);
      await script('build', folder);
    },
  },
  {
    name: `examples: ${name} draws recorded figures, links them, hears their events, and runs one live`,
    run: () =>
      withExample(name, async (page) => {
        await recordedFigures(page);
        await liveFigure(page);
      }),
  },
]);

/** After all of them. */
export async function finish() {
  await closeBrowser();
  rmSync(join(root, place), { recursive: true, force: true });
}
