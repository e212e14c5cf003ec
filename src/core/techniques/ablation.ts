// SPDX-License-Identifier: MIT

/**
 * Ablation: take a component's contribution away and see what the model can no longer do.
 *
 * What is put in its place decides what the number means (Zhang and Nanda 2023, arXiv:2309.16042, compare). `zero` asks what happens
 * without any output, and moves the stream to where training never was; `mean` keeps what the component adds to every prompt
 * alike and takes away what it says of this one (Wang et al. 2022, arXiv:2211.00593); `resample` puts in its value on another prompt,
 * which stays in distribution (Chan et al. 2022, causal scrubbing).
 *
 * Pitfalls. Other heads make up for a missing one (backup name movers), so small effects do not prove that it was unused. Heads are
 * ablated at hook_z, before the output projection: on a graph as exported, zero also takes away the head's value bias, which
 * TransformerLens folds into b_O before it ablates; mean ablation is free of this difference.
 */
import { VitrineError } from '../errors.js';
import { edit, type Edit } from '../model/edits/edit.js';
import type { Selection } from '../model/edits/selection.js';
import type { HookedModel, RunOptions } from '../model/hooked-model.js';
import type { ModelInput } from '../model/model-input.js';
import type { RunResult } from '../model/run-result.js';
import type { Tensor } from '../model/tensor.js';
import { meanActivations } from './mean-activation.js';
import { measureLogits, measureRun, meanOf, prepareMetric, type Metric } from './metrics/metric.js';
import type { PromptSet, PromptSetOptions } from './prompt-set.js';
import { headOf, indexIn, layerOf, requireHook } from './where.js';

/** What to ablate; all that is named. Negative numbers count from the last. */
export interface AblationTargets {
  /** Attention heads, at hook_z. */
  heads?: readonly (readonly [layer: number, head: number])[];
  /** Neurons of an MLP, at mlp.hook_post. */
  neurons?: readonly (readonly [layer: number, neuron: number])[];
  /** Attention of whole blocks, at hook_attn_out. */
  attention?: readonly number[];
  /** MLPs of whole blocks, at hook_mlp_out. */
  mlps?: readonly number[];
  /** Whole blocks: attention and MLP, so that the stream passes them unchanged (zero) or shifted (mean). */
  layers?: readonly number[];
  /** Any other hooks, whole, by full name. */
  hooks?: readonly string[];
}

/** What comes in the place of what is ablated. */
export interface AblationOptions extends PromptSetOptions {
  /** See the head of this module. @defaultValue 'zero' */
  baseline?: 'zero' | 'mean' | 'resample';
  /** For `mean`: the prompts to average over. For `resample`: one other prompt, or one per row, with as many tokens as the prompts. */
  reference?: PromptSet;
  /** For `mean`: one mean per position. @defaultValue false */
  perPosition?: boolean;
  /** Restrict the ablation to positions, rows or steps of generation. */
  select?: Pick<Selection, 'positions' | 'rows' | 'steps'>;
  /** How the reference is tokenised and run. */
  run?: RunOptions;
}

/** One ablated component and its edits. */
interface Component {
  label: string;
  places: { hook: string; select: Selection }[];
}

/**
 * The edits that ablate components, for `run`, `runWithCache` and `generate`.
 *
 * @throws VitrineError `invalid-option` for layers, heads or neurons out of range (with the range) or a baseline without its reference;
 *   `unknown-hook` with the reason where the model lacks the place
 * @example
 * const edits = await ablationEdits(model, { heads: [[9, 9], [9, 6]] }, { baseline: 'mean', reference: prompts });
 * const { logits } = await model.run(prompt, { edits });
 */
export async function ablationEdits(model: HookedModel, targets: AblationTargets, options: AblationOptions = {}): Promise<Edit[]> {
  const components = componentsOf(model, targets);
  const baselines = await baselinesOf(model, components, options);
  return components.flatMap((component) => editsOf(component, baselines, options));
}

/** Runs the model without the named components. Parameters as in {@link ablationEdits}. */
export async function ablate(
  model: HookedModel,
  input: ModelInput,
  targets: AblationTargets,
  options: AblationOptions = {},
): Promise<RunResult> {
  const { edits = [], ...run } = options.run ?? {};
  return model.run(input, { ...run, edits: [...edits, ...(await ablationEdits(model, targets, options))] });
}

/** What {@link measureAblation} finds. */
export interface AblationReport {
  metric: string;
  /** Mean of the metric over the prompts without any ablation. */
  base: number;
  /** One entry per component, in the order given. */
  components: AblationEffect[];
}

export interface AblationEffect {
  /** "head 9.9", "neuron 3.120", "attention 4", "MLP 4", "layer 4", or the hook's name. */
  label: string;
  /** Mean of the metric over the prompts without this component. */
  value: number;
  /** value - base: negative where the component helps. */
  change: number;
  /** The metric for every prompt. */
  values: Float64Array;
}

/**
 * A metric with and without each component, one at a time.
 *
 * @throws VitrineError as {@link ablationEdits}, and what the metric and a run throw
 * @example
 * const { base, components } = await measureAblation(model, prompts, logitDiff(' Mary', ' John'), { heads: [[9, 9], [9, 6], [10, 0]] });
 */
export async function measureAblation(
  model: HookedModel,
  input: ModelInput,
  metric: Metric,
  targets: AblationTargets,
  options: AblationOptions = {},
): Promise<AblationReport> {
  const components = componentsOf(model, targets);
  const { edits = [], ...run } = options.run ?? {};
  const baseline = await model.run(input, { ...run, edits });
  const prepared = await prepareMetric(model, metric, baseline);
  const base = meanOf(measureLogits(prepared, baseline.logits));
  const baselines = await baselinesOf(model, components, options);
  const effects: AblationEffect[] = [];
  for (const component of components) {
    const values = await measureRun(model, prepared, input, { ...run, edits: [...edits, ...editsOf(component, baselines, options)] });
    effects.push({ label: component.label, value: meanOf(values), change: meanOf(values) - base, values });
    run.onProgress?.({ phase: 'run', loaded: effects.length, total: components.length, item: component.label });
  }
  return { metric: metric.name, base, components: effects };
}

function componentsOf(model: HookedModel, targets: AblationTargets): Component[] {
  const whole = (name: string, layer: number): Component['places'] => [{ hook: requireHook(model, name, layer).name, select: {} }];
  const components: Component[] = [];
  for (const [givenLayer, givenHead] of targets.heads ?? []) {
    const layer = layerOf(model, givenLayer, 'the layer of a head');
    const head = headOf(model, givenHead);
    components.push({ label: `head ${layer}.${head}`, places: [{ hook: requireHook(model, 'z', layer).name, select: { heads: head } }] });
  }
  for (const [givenLayer, givenNeuron] of targets.neurons ?? []) {
    const layer = layerOf(model, givenLayer, 'the layer of a neuron');
    const site = requireHook(model, 'post', layer);
    const neuron = indexIn(site.dims.at(-1)!, givenNeuron, 'neuron', `neurons in ${site.name}`);
    components.push({ label: `neuron ${layer}.${neuron}`, places: [{ hook: site.name, select: { neurons: neuron } }] });
  }
  for (const given of targets.attention ?? []) {
    const layer = layerOf(model, given, 'attention');
    components.push({ label: `attention ${layer}`, places: whole('attn_out', layer) });
  }
  for (const given of targets.mlps ?? []) {
    const layer = layerOf(model, given, 'mlps');
    components.push({ label: `MLP ${layer}`, places: whole('mlp_out', layer) });
  }
  for (const given of targets.layers ?? []) {
    const layer = layerOf(model, given, 'layers');
    components.push({ label: `layer ${layer}`, places: [...whole('attn_out', layer), ...whole('mlp_out', layer)] });
  }
  for (const hook of targets.hooks ?? []) components.push({ label: hook, places: [{ hook: requireHook(model, hook).name, select: {} }] });
  if (components.length > 0) return components;
  throw new VitrineError('invalid-option', 'An ablation needs at least one of heads, neurons, attention, mlps, layers or hooks; got none.');
}

/** By hook name, the values that come in the place of an ablated activation; nothing for `zero`. */
async function baselinesOf(
  model: HookedModel,
  components: readonly Component[],
  options: AblationOptions,
): Promise<ReadonlyMap<string, Tensor>> {
  const { baseline = 'zero', reference, perPosition, batchSize } = options;
  if (!['zero', 'mean', 'resample'].includes(baseline))
    throw new VitrineError('invalid-option', `baseline must be 'zero', 'mean' or 'resample'; got ${JSON.stringify(baseline)}.`);
  if (baseline === 'zero') return new Map();
  if (!reference) {
    const what = baseline === 'mean' ? 'prompts to average over' : 'another prompt of the same length';
    throw new VitrineError('invalid-option', `The baseline '${baseline}' needs \`reference\`: ${what}.`);
  }
  const names = [...new Set(components.flatMap(({ places }) => places.map(({ hook }) => hook)))];
  const run = withoutChanges(options.run);
  if (baseline === 'mean') {
    return meanActivations(model, reference, names, {
      ...run,
      ...(perPosition === undefined ? {} : { perPosition }),
      ...(batchSize === undefined ? {} : { batchSize }),
    });
  }
  const { cache } = await model.runWithCache(reference as ModelInput, { ...run, names, logits: false });
  return new Map(names.map((name) => [name, cache.get(name)]));
}

function editsOf(component: Component, baselines: ReadonlyMap<string, Tensor>, options: AblationOptions): Edit[] {
  return component.places.map(({ hook, select }) => {
    const both = { ...options.select, ...select };
    const value = baselines.get(hook);
    return value ? edit.patch(hook, value, both) : edit.zero(hook, both);
  });
}

/** A reference is read from the model as it is. */
function withoutChanges(options: RunOptions = {}): RunOptions {
  const plain = { ...options };
  delete plain.edits;
  delete plain.hooks;
  delete plain.onProgress;
  return plain;
}
