// SPDX-License-Identifier: MIT
/**
 * The embedded model in Chromium on WebAssembly, side by side with transformers.js in one page: forward passes with and without capture,
 * edited runs, generation. On the built bundle and the files that it serves itself.
 *
 *   npm run build && npx tsx bench/browser.ts [TOKENS]        (CHROME_PATH=... for a browser elsewhere than /usr/bin/chromium)
 *
 * Prints medians in ms and the ratio to plain transformers.js, of medians and of minima.
 */
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import type * as Vitrine from '../src/core/index.js';
// @ts-expect-error: a script without types
import { serve } from '../scripts/lib/serve.mjs';

const length = Number(process.argv[2] ?? 64);
const root = fileURLToPath(new URL('..', import.meta.url));
const { port, close } = await (serve as (options: object) => Promise<{ port: number; close(): Promise<void> }>)({
  root,
  folders: ['dist', 'models', 'bench'],
  port: 0,
});

interface Library {
  env: {
    localModelPath: string;
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    backends: { onnx: { wasm: { wasmPaths: string } } };
  };
  AutoModelForCausalLM: { from_pretrained(name: string, options: object): Promise<Generator> };
  Tensor: new (type: string, data: BigInt64Array, dims: number[]) => object;
}
interface Generator {
  (inputs: object): Promise<{ logits: { data: Float32Array } }>;
  generate(inputs: object): Promise<unknown>;
}

/** Runs in the page. */
async function measure(origin: string, tokens: number): Promise<Record<string, { median: number; least: number }>> {
  const load = (path: string): Promise<unknown> => import(`${origin}${path}`);
  const { HookedModel, configure, edit } = (await load('/dist/cdn/vitrine-core.min.js')) as typeof Vitrine;
  const library = (await load('/dist/cdn/vendor/transformers.min.js')) as Library;
  configure({ vendor: `${origin}/dist/cdn/vendor/`, transformers: library });
  library.env.localModelPath = `${origin}/models/`;
  library.env.allowLocalModels = true;
  library.env.allowRemoteModels = false;
  library.env.backends.onnx.wasm.wasmPaths = `${origin}/dist/cdn/vendor/ort/`;
  const plain = await library.AutoModelForCausalLM.from_pretrained('storyteller', { dtype: 'fp32', device: 'wasm' });
  const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
  const { dModel, nLayer, nHead } = model.hooks.architecture;

  const ids = Array.from({ length: tokens }, (_, position) => (position * 7919 + 13) % 2000);
  const tensor = (values: number[]): object => new library.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const inputs = { input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) };
  const prompt = ids.slice(0, 15);
  const short = { input_ids: tensor(prompt), attention_mask: tensor(prompt.map(() => 1)) };
  const vector = Float32Array.from({ length: dModel }, (_, index) => Math.sin(index));
  const middle = 'blocks.2.hook_resid_pre';
  const twelve = Array.from({ length: 12 }, (_, index) =>
    edit.zero(`blocks.${index % nLayer}.attn.hook_z`, { heads: index % nHead, positions: index }),
  );
  const count = 20;
  const settings = { maxNewTokens: count, eosTokenId: -1 };
  const cases: Record<string, () => Promise<unknown>> = {
    'forward: transformers.js': () => plain(inputs),
    'forward: run': () => model.run(ids),
    'forward: patterns and residuals': () => model.runWithCache(ids, { names: /hook_pattern|hook_resid/ }),
    'forward: every hook': () => model.runWithCache(ids),
    'forward: 12 edits': () => model.run(ids, { edits: twelve }),
    'generate: transformers.js': () => plain.generate({ ...short, max_new_tokens: count, do_sample: false, eos_token_id: -1 }),
    'generate: no edit': () => model.generateText(prompt, settings),
    'generate: idle edit': () => model.generateText(prompt, { ...settings, edits: [edit.add(middle, vector, { scale: 0 })] }),
    'generate: steering': () => model.generateText(prompt, { ...settings, edits: [edit.add(middle, vector, { scale: 2 })] }),
  };
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (let round = -2; round < 21; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      await run();
      if (round >= 0) times.get(name)!.push(performance.now() - start);
    }
  }
  const summary = (values: number[]): { median: number; least: number } => {
    const sorted = values.sort((a, b) => a - b);
    return { median: sorted[Math.floor(sorted.length / 2)]!, least: sorted[0]! };
  };
  return Object.fromEntries([...times].map(([name, values]) => [name, summary(values)]));
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
const results = await page.evaluate(measure, origin, length);
await browser.close();
await close();

console.log(`storyteller in Chromium, WebAssembly, ${length} tokens; generation of 20 tokens from 15`);
for (const [name, { median, least }] of Object.entries(results)) {
  const base = results[`${name.split(':')[0]}: transformers.js`]!;
  console.log(
    `  ${name.padEnd(34)}${median.toFixed(1).padStart(7)} ms  ${(median / base.median).toFixed(2)} x (of minima ${(least / base.least).toFixed(2)})`,
  );
}
