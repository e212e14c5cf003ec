// SPDX-License-Identifier: MIT
/**
 * Opening a model and running its first prompt: time and peak memory of a fresh process, for transformers.js and for Vitrine in turn.
 *
 *   npx tsx bench/open.ts FOLDER [TOKENS]
 *
 * Prints the median of the rounds in seconds and MB, and Vitrine's ratios.
 */
import { spawnSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [, script, folderArgument = 'models/storyteller', lengthArgument = '64', side] = process.argv;
const folder = resolve(folderArgument);
const length = Number(lengthArgument);
const ids = Array.from({ length }, (_, position) => (position * 7919 + 13) % 2000);

async function measure(): Promise<void> {
  const imported = await import('@huggingface/transformers');
  const vitrine = side === 'vitrine' ? await import('../src/core/index.js') : undefined;
  const start = performance.now();
  let opened = 0;
  if (vitrine) {
    const model = await vitrine.HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' });
    opened = performance.now() - start;
    await model.run(ids);
  } else {
    imported.env.localModelPath = dirname(folder);
    imported.env.allowRemoteModels = false;
    const model = await imported.AutoModelForCausalLM.from_pretrained(basename(folder), {
      dtype: 'fp32',
      session_options: { intraOpNumThreads: 1 },
    } as never);
    opened = performance.now() - start;
    const tensor = (values: number[]) => new imported.Tensor('int64', BigInt64Array.from(values, BigInt), [1, length]);
    await model({ input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) });
  }
  const first = performance.now() - start;
  console.log(JSON.stringify({ opened, first, peak: process.resourceUsage().maxRSS / 1024 }));
}

if (side) await measure();
else {
  const rounds = Number(process.env['ROUNDS'] ?? 3);
  const results: Record<string, { opened: number; first: number; peak: number }[]> = { 'transformers.js': [], vitrine: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(results)) {
      const child = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), folder, String(length), name], {
        encoding: 'utf8',
      });
      const line = child.stdout.trim().split('\n').at(-1);
      if (child.status !== 0 || !line) throw new Error(`${script} failed for ${name}: ${child.stderr}`);
      results[name]!.push(JSON.parse(line) as never);
    }
  }
  const median = (name: string, key: 'opened' | 'first' | 'peak'): number =>
    results[name]!.map((result) => result[key]).toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!;
  for (const [key, unit] of [
    ['opened', 'ms to open'],
    ['first', 'ms to the first logits'],
    ['peak', 'MB at the peak'],
  ] as const) {
    const [plain, ours] = [median('transformers.js', key), median('vitrine', key)];
    console.log(
      `${unit.padEnd(26)} transformers.js ${plain.toFixed(0).padStart(7)}   vitrine ${ours.toFixed(0).padStart(7)}   ratio ${(ours / plain).toFixed(2)}`,
    );
  }
}
