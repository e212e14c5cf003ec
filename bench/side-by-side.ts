// SPDX-License-Identifier: MIT
/** What the benchmarks against transformers.js in Node share: both libraries opened on one folder, and cases timed in turn. */
import { basename, dirname } from 'node:path';
import * as transformers from '@huggingface/transformers';
import { HookedModel } from '../src/core/index.js';

/** A model of transformers.js as the benchmarks call it. */
export interface PlainModel {
  (inputs: object): Promise<{ logits: { data: Float32Array } }>;
  generate(inputs: object): Promise<unknown>;
}

/** The model of a folder in both libraries, one thread each. */
export async function openBoth(folder: string): Promise<{ plain: PlainModel; model: HookedModel }> {
  transformers.env.localModelPath = dirname(folder);
  transformers.env.allowRemoteModels = false;
  const options = { dtype: 'fp32', session_options: { intraOpNumThreads: 1 } };
  const plain = await transformers.AutoModelForCausalLM.from_pretrained(basename(folder), options as never);
  return { plain: plain as unknown as PlainModel, model: await HookedModel.fromPretrained(folder, { threads: 1, device: 'cpu' }) };
}

/** Ids that any vocabulary of 2,000 holds. */
export function someIds(length: number): number[] {
  return Array.from({ length }, (_, position) => (position * 7919 + 13) % 2000);
}

/** The inputs that transformers.js takes for these ids. */
export function plainInputs(ids: readonly number[]): object {
  const tensor = (values: readonly number[]): transformers.Tensor =>
    new transformers.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  return { input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)) };
}

/** Runs each case once, then all of them in turn, and prints medians in ms with their ratio to the first case. */
export async function race(cases: Record<string, () => Promise<unknown>>, rounds: number): Promise<void> {
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (const run of Object.values(cases)) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      await run();
      times.get(name)!.push(performance.now() - start);
    }
  }
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const [base] = times.values();
  for (const [name, values] of times) {
    const ratios = `${(median(values) / median(base!)).toFixed(3)} x (of minima ${(Math.min(...values) / Math.min(...base!)).toFixed(3)})`;
    console.log(`  ${name.padEnd(40)}${median(values).toFixed(1)} ms  ${ratios}`);
  }
}
