// SPDX-License-Identifier: MIT

/**
 * The refusal direction (Arditi et al. 2024, arXiv:2406.11717): one direction of the stream that a behaviour goes through. Found there for
 * refusing; the method asks only for prompts that trigger a behaviour, prompts that do not, and a metric that is high where it shows.
 *
 * Candidates are the differences of the mean block inputs, triggering minus neutral, at every layer and at the last positions (those of
 * the chat template behind the instruction). Each is tested for what a direction that carries the behaviour must do: ablated everywhere,
 * the behaviour goes; added at its own layer, it comes on neutral prompts; and ablated on neutral prompts, it changes little else
 * (KL). Of the candidates that pass, the one whose ablation leaves least of the behaviour is chosen. Layers of the last fifth are left
 * out, as directions there are about the words of the answer.
 *
 * Ablation is at every write, because each block reads the stream and may write the direction anew: taken out in one place, it comes
 * back. Projecting block inputs, attention outputs and MLP outputs is the same as making every matrix that writes to the stream
 * orthogonal to it.
 *
 * Pitfalls. The sets must differ in the behaviour alone: a difference in topic or length gives a direction of its own. Without
 * `validation`, effects are measured on the prompts that the means came from, and come out too good. One metric sees one way of showing
 * the behaviour.
 */
import { throwIfAborted, VitrineError } from '../errors.js';
import { edit, type Edit, type Vector } from '../model/edits/edit.js';
import type { Selection } from '../model/edits/selection.js';
import type { HookedModel, RunOptions } from '../model/hooked-model.js';
import type { ModelInput } from '../model/model-input.js';
import { Tensor } from '../model/tensor.js';
import { meanActivations } from './mean-activation.js';
import { klDivergence } from './metrics/divergence.js';
import { evaluate, meanOf, measureRun, prepareMetric, type Metric } from './metrics/metric.js';
import { norm } from './numerics/linear-algebra.js';
import { batchesOf, type PromptSet, type PromptSetOptions } from './prompt-set.js';
import { layersOf, requireHook } from './where.js';

/** Two sets of prompts: with and without what triggers a behaviour. */
export interface ContrastPrompts {
  triggering: readonly string[] | readonly (readonly number[])[];
  neutral: readonly string[] | readonly (readonly number[])[];
}

export interface RefusalDirectionOptions extends ContrastPrompts, PromptSetOptions {
  /** How much of the behaviour a run shows, such as {@link logOdds} of the tokens that it begins with. Read at the last position by default. */
  metric: Metric;
  /** Prompts to test candidates on. @defaultValue those that they are found with */
  validation?: ContrastPrompts;
  /** Blocks whose input is tried. @defaultValue those of the first four fifths */
  layers?: readonly number[];
  /** Positions from the end whose means are tried. @defaultValue [-1] */
  positions?: readonly number[];
  /** Largest mean KL, in nats, that ablation may cause at the last position of neutral prompts. @defaultValue 0.1 */
  klBound?: number;
  /** Smallest metric that adding the direction must reach on neutral prompts. @defaultValue 0, where log-odds are even */
  inducedBound?: number;
  /** How prompts are tokenised and run; its edits and hooks apply to every run. */
  run?: RunOptions;
}

/** One direction that was tried. */
export interface DirectionCandidate {
  layer: number;
  /** Position from the end. */
  position: number;
  /** Mean of triggering minus mean of neutral, [d_model]; not normalised. */
  direction: Tensor;
  /** Mean metric on triggering prompts with the direction ablated everywhere. */
  ablated: number;
  /** Mean metric on neutral prompts with the direction added at its layer. */
  induced: number;
  /** Mean KL(base || ablated) on neutral prompts, in nats. */
  kl: number;
  /** Whether it meets both bounds. */
  passes: boolean;
}

/** What {@link refusalDirection} finds. */
export interface RefusalDirectionResult {
  metric: string;
  /** Mean metric without any change. */
  base: { triggering: number; neutral: number };
  /** All that were tried, by layer, then position; places where the two means are equal have none. */
  candidates: DirectionCandidate[];
  /** The one that passes and leaves least of the behaviour when ablated; undefined where none passes. */
  best: DirectionCandidate | undefined;
}

/**
 * Looks for the one direction behind a behaviour.
 *
 * @throws VitrineError `empty-input` for an empty set, `invalid-option` for layers or positions out of range, and what a run throws
 * @example
 * const found = await refusalDirection(model, { triggering: harmful, neutral: harmless, metric: logOdds(['I', 'Sorry']), positions: [-1, -2, -3] });
 * if (found.best) await model.generateText(prompt, { edits: refusalEdits(model, found.best.direction) });
 */
export async function refusalDirection(model: HookedModel, options: RefusalDirectionOptions): Promise<RefusalDirectionResult> {
  const { metric, klBound = 0.1, inducedBound = 0, run = {}, validation = options } = options;
  const plain = { ...run };
  delete plain.onProgress;
  const triggering = wholeSet(validation.triggering, 'triggering');
  const neutral = wholeSet(validation.neutral, 'neutral');
  const directions = await differencesOfMeans(model, options, plain);
  const under = (edits: readonly Edit[]): RunOptions => ({ ...plain, edits: [...(plain.edits ?? []), ...edits] });

  const base = { triggering: await evaluate(model, metric, triggering, plain), neutral: await evaluate(model, metric, neutral, plain) };
  const unchanged = await model.run(neutral, plain);
  const divergence = await prepareMetric(model, klDivergence(unchanged), unchanged);
  const candidates: DirectionCandidate[] = [];
  for (const [index, { layer, position, direction }] of directions.entries()) {
    throwIfAborted(run.signal);
    const ablation = refusalEdits(model, direction);
    const addition = edit.add(requireHook(model, 'resid_pre', layer).name, direction);
    const { mean: ablated } = await evaluate(model, metric, triggering, under(ablation));
    const { mean: induced } = await evaluate(model, metric, neutral, under([addition]));
    const kl = meanOf(await measureRun(model, divergence, neutral, under(ablation)));
    candidates.push({ layer, position, direction, ablated, induced, kl, passes: kl <= klBound && induced >= inducedBound });
    run.onProgress?.({ phase: 'run', loaded: index + 1, total: directions.length, item: `layer ${layer}, position ${position}` });
  }
  const passing = candidates.filter(({ passes }) => passes).sort((a, b) => a.ablated - b.ablated);
  return { metric: metric.name, base: { triggering: base.triggering.mean, neutral: base.neutral.mean }, candidates, best: passing[0] };
}

/**
 * The edits that keep a direction out of the stream: projected out of every block's input and of all that attention and MLP write.
 *
 * @param direction - [d_model]; its length does not matter
 * @param select - positions, rows or steps of generation. @defaultValue everywhere
 * @throws VitrineError `invalid-input` for a zero direction, `unknown-hook` for a model whose stream was not found
 * @example
 * await model.run(prompt, { edits: refusalEdits(model, found.best.direction) });
 */
export function refusalEdits(model: HookedModel, direction: Vector, select: Pick<Selection, 'positions' | 'rows' | 'steps'> = {}): Edit[] {
  const editable = (name: string): boolean => model.hooks.sites.get(name)?.editable === true;
  const writesOf = (layer: number): string[] => ['attn_out', 'mlp_out'].map((name) => `blocks.${layer}.hook_${name}`).filter(editable);
  return layersOf(model, undefined).flatMap((layer) => {
    const writes = writesOf(layer);
    // Where a write cannot be changed on its own, the stream behind it is.
    const behind = writes.length === 2 ? [] : ['mid', 'post'].map((place) => `blocks.${layer}.hook_resid_${place}`).filter(editable);
    // A sum made inside one node with its norm cannot be changed; it needs no change where all that is added up in it is.
    const input = requireHook(model, 'resid_pre', layer).name;
    const isSum = layer > 0 && !editable(input) && writesOf(layer - 1).length === 2;
    return [...(isSum ? [] : [input]), ...writes, ...behind].map((hook) => edit.project(hook, direction, select));
  });
}

async function differencesOfMeans(
  model: HookedModel,
  options: RefusalDirectionOptions,
  run: RunOptions,
): Promise<{ layer: number; position: number; direction: Tensor }[]> {
  const { nLayer } = model.hooks.architecture;
  const { positions = [-1], batchSize } = options;
  if (positions.length === 0 || !positions.every((position) => Number.isInteger(position) && position < 0)) {
    throw new VitrineError(
      'invalid-option',
      `positions must be whole numbers below 0, counted from the end; got [${positions.join(', ')}].`,
    );
  }
  const fourFifths = Array.from({ length: Math.max(1, Math.floor(nLayer * 0.8)) }, (_, layer) => layer);
  const layers = layersOf(model, options.layers ?? fourFifths);
  const hooks = layers.map((layer) => requireHook(model, 'resid_pre', layer).name);
  const how = { ...run, positions, perPosition: true, ...(batchSize === undefined ? {} : { batchSize }) };
  const [present, absent] = [
    await meanActivations(model, options.triggering, hooks, how),
    await meanActivations(model, options.neutral, hooks, how),
  ];
  const found = layers.flatMap((layer, index) =>
    positions.flatMap((position, place) => {
      const [from, less] = [present, absent].map((means) => means.get(hooks[index]!)!.select('pos', place).data) as [
        Float32Array,
        Float32Array,
      ];
      const direction = from.map((value, at) => value - less[at]!);
      // What is left of equal means, as those of one token's embedding, is rounding.
      if (norm(direction) <= 1e-6 * norm(from)) return [];
      return [{ layer, position, direction: new Tensor(direction, [direction.length], ['d_model']) }];
    }),
  );
  if (found.length > 0) return found;
  throw new VitrineError(
    'invalid-input',
    `The two sets have the same means at the positions ${positions.join(', ')} of the layers ${layers.join(', ')}, so there is no direction ` +
      'between them. Give sets that differ, or later layers.',
  );
}

/** A set as one batch, so that a metric with one answer per prompt fits it. */
function wholeSet(prompts: PromptSet, what: string): ModelInput {
  return batchesOf(prompts, Math.max(1, prompts?.length ?? 1), what)[0]!;
}
