// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { embedSnippet } from '../lib/embed-snippet.mjs';
import { node, root } from '../lib/exec.mjs';
import { closeBrowser, openPage } from '../lib/page.mjs';
import { serve } from '../lib/serve.mjs';
import { pinnedUrls } from '../lib/vendor.mjs';

const folder = '.cache/pages';
const bundle = '../../dist/cdn/vitrine.min.js';
const core = '../../dist/cdn/vitrine-core.min.js';
const techniques = '../../dist/cdn/vitrine-techniques.min.js';

/** A page of the test site with this head and body; its address. */
function writePage(name, head, body = '') {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, folder, name),
    `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">${head}<body>${body}`,
  );
  return `/${folder}/${name}`;
}

/** Runs `use` with a server of this repository; `headers` go with every answer. */
async function withSite(use, headers = {}) {
  const site = await serve({ root, folders: ['dist', 'models', folder], port: 0, headers });
  try {
    return await use(`http://localhost:${site.port}`);
  } finally {
    await site.close();
  }
}

/** Opens the page and waits until it has set `result`; fails on errors, warnings, and addresses that are not allowed. */
async function result(url, { standIn = false, allowed = [] } = {}) {
  const { page, errors, warnings, foreign, requests, close } = await openPage(url, { standIn });
  try {
    await page.waitForFunction('globalThis.result !== undefined', { timeout: 120_000 }).catch(() => errors.push('the page gave no result'));
    const strange = foreign.filter((address) => !allowed.some((prefix) => address.startsWith(prefix)));
    const faults = [...errors, ...warnings, ...strange.map((address) => `it asked for ${address}`)];
    if (faults.length) throw new Error([...new Set(faults)].join('\n'));
    return { value: await page.evaluate('globalThis.result'), requests };
  } finally {
    await close();
  }
}

const runModel = (from, call) => `<script type="module">
  import { ${call} } from '${from}';
  const open = ${call === 'HookedModel' ? 'HookedModel.fromPretrained' : call};
  const model = await open('vitrine/storyteller', { device: 'wasm' });
  const { cache } = await model.runWithCache('Once upon a time', { names: 'pattern' });
  globalThis.result = cache.stack('pattern').axes.join(' ');
  await model.dispose();
</script>`;
const patternAxes = 'layer batch head query key';

function expectEqual(actual, expected) {
  if (actual !== expected) throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

/** Recorded figures of the embedded model, made by the command line that the package ships. */
async function record() {
  mkdirSync(join(root, folder), { recursive: true });
  for (const [kind, file] of [
    ['attention', 'attention.json'],
    ['lens', 'lens.json'],
  ]) {
    const args = ['record', kind, 'vitrine/storyteller', 'Once upon a time', '--out', `${folder}/${file}`];
    const { status, output } = await node('dist/cli/main.js', args, { quiet: true });
    if (status !== 0) throw new Error(output);
  }
}

const figures = `<attention-view src="attention.json"></attention-view><logit-lens src="lens.json"></logit-lens>`;
const whenDrawn = `
  const drawn = [...document.querySelectorAll('attention-view, logit-lens')].map((figure) => new Promise((resolve, reject) => {
    const check = () => figure.matches(':state(ready)') && resolve();
    figure.addEventListener('load', resolve, { once: true });
    figure.addEventListener('error', (event) => reject(event.message), { once: true });
    check();
  }));
  Promise.all(drawn).then(() => (globalThis.result = 'drawn'), (why) => (globalThis.result = String(why)));`;

export const checks = [
  {
    name: 'page: the lines of cdn/embed.html load files with these hashes and no others',
    async run() {
      await record();
      const published = readFileSync(join(root, 'dist/cdn/embed.html'), 'utf8');
      if (published !== embedSnippet())
        throw new Error('dist/cdn/embed.html does not hold the hashes of the files beside it: build again.');
      await withSite(async (site) => {
        const snippet = embedSnippet(`${site}/dist/cdn/`);
        const whole = writePage('embedded.html', snippet, `${figures}<script type="module">${whenDrawn}</script>`);
        expectEqual((await result(site + whole)).value, 'drawn');
        const lens = /(vitrine-logit-lens\.min\.js": "sha384-)..../;
        if (!lens.test(snippet)) throw new Error('The lines hold no hash of vitrine-logit-lens.min.js.');
        const other = writePage('embedded-other.html', snippet.replace(lens, '$1AAAA'), figures);
        const { page, close } = await openPage(site + other);
        try {
          await page.waitForFunction(`document.querySelector('attention-view').matches(':state(ready)')`, { timeout: 20_000 });
          await page.waitForFunction(`document.querySelector('logit-lens').matches(':state(error)')`, { timeout: 20_000 });
        } finally {
          await close();
        }
      });
    },
  },
  {
    name: 'page: recorded figures draw from the bundle alone, under a strict content security policy',
    async run() {
      await record();
      writeFileSync(join(root, folder, 'when-drawn.js'), whenDrawn);
      const page = writePage(
        'static.html',
        `<script type="module" src="${bundle}"></script>`,
        `${figures}<script type="module" src="when-drawn.js"></script>`,
      );
      const policy = {
        'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:",
      };
      await withSite(async (site) => {
        const { value, requests } = await result(site + page);
        expectEqual(value, 'drawn');
        const heavy = requests.filter((url) => /\.(wasm|onnx)$|transformers|ort\.|vitrine-(core|live|worker|page)/.test(url));
        if (heavy.length) throw new Error(`Recorded figures need no model, and yet the page asked for ${heavy.join(', ')}`);
      }, policy);
    },
  },
  {
    name: 'page: two copies of the bundle on one page are silent',
    async run() {
      await record();
      const head = `<script type="module" src="${bundle}"></script><script type="module" src="${bundle}?copy"></script>`;
      const page = writePage('twice.html', head, `${figures}<script type="module">${whenDrawn}</script>`);
      await withSite(async (site) => expectEqual((await result(site + page)).value, 'drawn'));
    },
  },
  {
    name: 'page: a live model from files beside the page asks no other server',
    async run() {
      const page = writePage(
        'vendor.html',
        `<meta name="vitrine:vendor" content="../../dist/cdn/vendor/">${runModel(core, 'HookedModel')}`,
      );
      const policy = {
        'Content-Security-Policy':
          "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; connect-src 'self'; worker-src 'self' blob:",
      };
      await withSite(async (site) => expectEqual((await result(site + page)).value, patternAxes), policy);
    },
  },
  {
    name: 'page: the core loads what opens a model and what computes a figure when they are needed, and the techniques share it',
    async run() {
      const script = `<script type="module">
        import { HookedModel, recordFigure } from '${core}';
        const parts = () => performance.getEntriesByType('resource').flatMap(({ name }) => /vitrine-(core-[\\w-]+|techniques)/.exec(name)?.[1] ?? []).sort().join(' ');
        const seen = [parts()];
        const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
        seen.push(parts());
        await recordFigure(model, 'next-token', { prompt: 'Once upon a time' });
        seen.push(parts());
        const all = await import('${techniques}');
        await all.logitLens(model, 'Once upon a time', { topK: 1 });
        seen.push(model instanceof all.HookedModel);
        await model.dispose();
        globalThis.result = seen.join(' | ');
      </script>`;
      const page = writePage('parts.html', `<meta name="vitrine:vendor" content="../../dist/cdn/vendor/">${script}`);
      await withSite(async (site) =>
        expectEqual((await result(site + page)).value, ' | core-machinery | core-machinery core-next-token | true'),
      );
    },
  },
  {
    name: 'page: without settings, libraries come from their pinned addresses (played by the installed packages) and the model from beside the bundle',
    async run() {
      const page = writePage('pinned.html', runModel(core, 'HookedModel'));
      const allowed = Object.values(pinnedUrls()).map((url) => url.replace(/[^/]*$/, ''));
      await withSite(async (site) => expectEqual((await result(site + page, { standIn: true, allowed })).value, patternAxes));
    },
  },
  {
    name: 'page: bundle and worker from another origin, as from a content network',
    async run() {
      await withSite(
        async (network) => {
          const head = `<meta name="vitrine:vendor" content="${network}/dist/cdn/vendor/">${runModel(`${network}/dist/cdn/vitrine-worker.min.js`, 'createWorkerModel')}`;
          const page = writePage('network.html', head);
          await withSite(async (site) => expectEqual((await result(site + page)).value, patternAxes));
        },
        { 'Access-Control-Allow-Origin': '*' },
      );
    },
  },
  {
    name: 'npm start: prints an address that works without any other server, and ends at SIGINT',
    async run() {
      if (!existsSync(join(root, 'docs/articles/first-look.html'))) return { skip: 'the article is not written yet' };
      const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: root, env: { ...process.env, PORT: '0' } });
      try {
        const address = await new Promise((resolve, reject) => {
          let said = '';
          child.stdout.on('data', (text) => {
            said += text;
            const found = /http:\/\/\S+/.exec(said);
            if (found) resolve(found[0]);
          });
          child.on('exit', () => reject(new Error(`npm start ended:\n${said}`)));
        });
        const { errors, warnings, foreign, close } = await openPage(address);
        await close();
        const faults = [...errors, ...warnings, ...foreign.map((url) => `it asked for ${url}`)];
        if (faults.length) throw new Error(faults.join('\n'));
        child.kill('SIGINT');
        const code = await new Promise((resolve) => child.once('exit', resolve));
        expectEqual(code, 0);
      } finally {
        child.kill('SIGKILL');
      }
    },
  },
];

/** After all of them. */
export async function finish() {
  await closeBrowser();
  rmSync(join(root, folder), { recursive: true, force: true });
}
