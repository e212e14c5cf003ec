// SPDX-License-Identifier: MIT
import { type NumericArray, typeName, zeros } from '../runtime/element-types.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { Chain } from '../stages/chain.js';
import type { RunnerInput, RunnerTensor, StageRunner } from '../transformers/session.js';
import { inputsOf } from './feeds.js';
import type { OpenedModel } from './open.js';

/**
 * The model as transformers.js sees a session: named inputs in, logits and cache out. A merged file of version 2 has two graphs behind
 * one set of inputs; `use_cache_branch` says which one a call is for.
 */
export function stageRunner(opened: OpenedModel): StageRunner {
  const { prompt, step, backend } = opened;
  const inputs = describe(step ?? prompt);
  if (step) for (const input of describe(prompt)) if (!inputs.some(({ name }) => name === input.name)) inputs.push(input);
  if (step) inputs.push({ name: 'use_cache_branch', type: 'bool', shape: [1] });
  return {
    inputs,
    outputs: prompt.graph.outputNames,
    async run(feeds) {
      const chain = step && cached(feeds) ? step : prompt;
      const known = new Map<string, RuntimeTensor>();
      for (const info of inputsOf(chain.graph)) {
        const feed = feeds[info.name];
        if (feed)
          known.set(
            info.name,
            feed.gpuBuffer
              ? (feed as unknown as RuntimeTensor)
              : backend.tensor(feed.type, (feed.data as NumericArray | undefined) ?? zeros(feed.type, 0), feed.dims),
          );
      }
      const made = await chain.run({ known, from: 0, to: chain.graph.stageCount - 1, wanted: new Set(chain.graph.outputNames) });
      return Object.fromEntries(chain.graph.outputNames.map((name) => [name, made.get(name) as unknown as RunnerTensor]));
    },
    release: async () => {
      // The sessions belong to the HookedModel, which outlives the library's object.
    },
  };
}

function cached(feeds: Record<string, RunnerTensor>): boolean {
  const values = feeds['use_cache_branch']?.data as ArrayLike<number> | undefined;
  return Boolean(values?.[0]);
}

function describe(chain: Chain): RunnerInput[] {
  return inputsOf(chain.graph).map((info) => ({
    name: info.name,
    type: typeName(info.elementType),
    shape: (info.dims ?? []).map((length, axis) => length ?? `dim_${axis}`),
  }));
}
