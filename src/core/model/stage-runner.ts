// SPDX-License-Identifier: MIT
import type { NameSelector } from '../hooks/names.js';
import { type NumericArray, typeName, zeros } from '../runtime/element-types.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { Chain } from '../stages/chain.js';
import type { RunnerInput, RunnerTensor, StageRunner } from '../transformers/session.js';
import type { ActivationCache } from './activation-cache.js';
import { Capture } from './capture.js';
import type { Edit } from './edits/edit.js';
import { EditPlan, type HookFunctions } from './edits/plan.js';
import type { Pass } from './edits/selection.js';
import { PassTracker, passWithoutTokens } from './generation/passes.js';
import { inputShape } from './input-shape.js';
import type { OpenedModel } from './open.js';
import type { WeightReader } from './weights.js';

/** What happens in the passes of a model that transformers.js drives. */
export interface RunnerOptions {
  edits?: readonly Edit[];
  hooks?: HookFunctions;
  /** Hooks to keep in every pass. */
  capture?: NameSelector;
  /** Called after every pass with what was kept. */
  onPass?: (step: number, cache: ActivationCache) => void;
  text?: (id: number) => string;
  signal?: AbortSignal;
}

/** A chain with what is to be done in each of its passes. */
interface Phase {
  chain: Chain;
  plan: EditPlan;
  capture: Capture | undefined;
}

/**
 * The model as transformers.js sees a session: named inputs in, logits and cache out. A merged file of version 2 has two graphs behind
 * one set of inputs; `use_cache_branch` says which one a call is for. One runner serves one generation at a time, and any number after each other.
 */
export function stageRunner(opened: OpenedModel, weights: WeightReader, options: RunnerOptions = {}): StageRunner {
  const { backend } = opened;
  const phaseOf = (chain: Chain): Phase => ({
    chain,
    plan: new EditPlan(chain.graph, options.edits, options.hooks),
    capture: options.capture === undefined ? undefined : new Capture(chain.graph, weights, options.capture),
  });
  const prompt = phaseOf(opened.prompt);
  const step = opened.step && phaseOf(opened.step);
  const tracker = new PassTracker(options.text);
  const outputs = opened.prompt.graph.outputNames;
  return {
    inputs: describeInputs(opened),
    outputs: [...outputs],
    async run(feeds) {
      const phase = step && readsCache(feeds) ? step : prompt;
      const { chain, plan, capture } = phase;
      const known = feedsOf(phase, feeds);
      const changed = !plan.isEmpty || capture !== undefined;
      const passOf = async (): Promise<Pass> =>
        feeds['input_ids'] ? tracker.next(feeds) : passWithoutTokens(await inputShape(chain, known, options.signal));
      const pass = changed ? await passOf() : undefined;
      const made = await chain.run({
        ...(pass && !plan.isEmpty ? plan.changes(pass, backend) : {}),
        known,
        from: 0,
        to: chain.graph.table.cuts.length,
        wanted: new Set([...chain.graph.outputNames, ...(capture?.tensors() ?? [])]),
        ...(options.signal ? { signal: options.signal } : {}),
      });
      if (pass && capture)
        options.onPass?.(pass.step, await capture.cache(new Map([...known, ...made]), { batch: pass.batch, pos: pass.count }, 'cpu'));
      return Object.fromEntries(chain.graph.outputNames.map((name) => [name, made.get(name) as unknown as RunnerTensor]));
    },
    release() {
      // The sessions belong to the HookedModel, which outlives the library's object.
    },
  };

  function feedsOf({ chain }: Phase, feeds: Readonly<Record<string, RunnerTensor>>): Map<string, RuntimeTensor> {
    const known = new Map<string, RuntimeTensor>();
    for (const info of chain.graph.inputs) {
      const feed = feeds[info.name];
      if (!feed) continue;
      const onGpu = feed.location === 'gpu-buffer';
      const data = (feed.data as NumericArray | undefined) ?? zeros(feed.type, 0);
      known.set(info.name, onGpu ? (feed as unknown as RuntimeTensor) : backend.tensor(feed.type, data, feed.dims));
    }
    return known;
  }
}

function readsCache(feeds: Readonly<Record<string, RunnerTensor>>): boolean {
  const values = feeds['use_cache_branch']?.data as ArrayLike<number> | undefined;
  return Boolean(values?.[0]);
}

function describeInputs({ prompt, step }: OpenedModel): RunnerInput[] {
  const inputs = describe(step ?? prompt);
  if (!step) return inputs;
  for (const input of describe(prompt)) if (!inputs.some(({ name }) => name === input.name)) inputs.push(input);
  return [...inputs, { name: 'use_cache_branch', type: 'bool', shape: [1] }];
}

function describe(chain: Chain): RunnerInput[] {
  return chain.graph.inputs.map((info) => ({
    name: info.name,
    type: typeName(info.elementType),
    shape: (info.dims ?? []).map((length, axis) => length ?? `dim_${axis}`),
  }));
}
