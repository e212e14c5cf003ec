// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { edit, type Edit } from '../model/edits/edit.js';
import type { HookedModel } from '../model/hooked-model.js';
import type { RunResult } from '../model/run-result.js';
import type { Tensor } from '../model/tensor.js';
import { evaluate } from '../techniques/metrics/metric.js';
import { metricOf, type MetricSpec } from '../techniques/metrics/metric-spec.js';
import { hookOfSite, patchable, patchSites } from '../techniques/patching/patch-sites.js';
import { requireHook } from '../techniques/where.js';
import type { PatchedRunOutput, RunOutput, StatePlace } from '../trace/kinds/patching.js';
import { techniqueOptions, type FigureContext, type FigureKind } from './types.js';

/** The two prompts of a patching figure, and what is measured on them. */
export interface PatchingPair {
  /** The prompt that shows the behaviour. */
  clean: string;
  /** The prompt that does not, with as many tokens. */
  corrupted: string;
  /** The right answer: one token, with its leading space. */
  answer?: string;
  /** The wrong one; the metric is then the difference of their logits, else the probability of the answer. */
  wrong?: string;
  /** Another metric, in place of the one that follows from the answers. */
  metric?: MetricSpec;
  /** `denoise`: clean states into the corrupted run; `noise`: the other way. @defaultValue 'denoise' */
  direction?: 'denoise' | 'noise';
}

/** What is asked when a reader moves a state from one run into the other. */
export interface PatchedOutputOptions extends PatchingPair {
  /** The kind of state: a site of `activationPatching` that is no bundle. */
  site: string;
  /** Where the state is taken. */
  from: StatePlace;
  /** Where it is put; it names the same axes as `from`. */
  to: StatePlace;
  /** Tokens to tell of each run. @defaultValue 5 */
  top?: number;
}

/** What the model says of the two prompts, and of the one with a state of the other. */
export interface PatchedOutput {
  /** Name of the metric that `value` is. */
  metric: string;
  clean: RunOutput;
  corrupted: RunOutput;
  patched: PatchedRunOutput;
}

export type PatchedOutputFigure = FigureKind<PatchedOutputOptions, PatchedOutput>;

/**
 * Puts one state of a run into the other, at any layer, head and position, and reads what comes next.
 *
 * @throws VitrineError `invalid-option` for a bundle of sites, for places outside the model or the prompt, or that name different axes
 */
export async function recordPatchedOutput(
  model: HookedModel,
  { from, to, ...options }: PatchedOutputOptions,
  context: FigureContext,
): Promise<PatchedOutput> {
  const reader = await OutputReader.open(model, options, [from.layer, to.layer], context);
  const { metric, clean, corrupted } = reader;
  return { metric, clean, corrupted, patched: await reader.patched(from, to) };
}

/** The metric of a figure: the one given, else what its answers say. @throws VitrineError `invalid-option` */
export function metricSpecOf({ metric, answer, wrong }: Pick<PatchingPair, 'metric' | 'answer' | 'wrong'>): MetricSpec {
  if (metric) return metric;
  if (answer === undefined) {
    throw new VitrineError(
      'invalid-option',
      'A sweep needs something to measure: give `answer`, one token with its leading space, or `metric`.',
    );
  }
  return wrong === undefined ? { kind: 'probability', answer } : { kind: 'logitDiff', answer, wrong };
}

/** The two runs of a pair, and what patched runs between them say. Holds the site's activations of some layers. */
export class OutputReader {
  readonly metric: string;
  readonly clean: RunOutput;
  readonly corrupted: RunOutput;
  readonly #patched: (from: StatePlace, to: StatePlace) => Promise<RunOutput>;

  private constructor(parts: Pick<OutputReader, 'metric' | 'clean' | 'corrupted'>, patched: OutputReader['patched']) {
    this.metric = parts.metric;
    this.clean = parts.clean;
    this.corrupted = parts.corrupted;
    this.#patched = patched;
  }

  /** Runs both prompts. */
  static async open(
    model: HookedModel,
    options: Omit<PatchedOutputOptions, 'from' | 'to'>,
    layers: readonly number[],
    context: FigureContext<never>,
  ): Promise<OutputReader> {
    const { clean, corrupted, site, direction = 'denoise', top = 5 } = options;
    const hook = hookOfSite(site);
    if (hook === undefined) {
      const single = patchSites.filter((name) => hookOfSite(name) !== undefined).join(', ');
      throw new VitrineError('invalid-option', `\`site\` must be one kind of state: ${single}; got ${JSON.stringify(site)}.`);
    }
    const metric = metricOf(metricSpecOf(options));
    const run = techniqueOptions({ ...(context.signal && { signal: context.signal }) });
    const names = [...new Set(layers)].map((layer) => requireHook(model, hook, layer).name);
    const say = async (result: RunResult): Promise<RunOutput> => ({
      top: model
        .topTokens(result.logits, top)
        .map(({ id, text, probability }) => ({ id, text, probability: Number(probability.toPrecision(6)) })),
      value: (await evaluate(model, metric, result)).mean,
    });
    const [cleanRun, corruptedRun] = [
      await model.runWithCache(clean, { names, ...run }),
      await model.runWithCache(corrupted, { names, ...run }),
    ];
    const [base, source] = direction === 'denoise' ? [corruptedRun, cleanRun] : [cleanRun, corruptedRun];
    const patched = async (from: StatePlace, to: StatePlace): Promise<RunOutput> => {
      requireSameAxes(from, to);
      const target = patchable(model, requireHook(model, hook, to.layer));
      const state = stateAt(source.cache.get(requireHook(model, hook, from.layer).name), from);
      const select = {
        ...(to.position !== undefined && { positions: to.position }),
        ...(to.head !== undefined && { heads: to.head }),
        ...(to.key !== undefined && { keys: to.key }),
      };
      const before = target.editable ? undefined : stateAt(base.cache.get(target.name), to);
      const change: Edit = before
        ? edit.add(
            target.name,
            state.map((value, index) => value - before.data[index]!),
            select,
          ) // a fused stream is replaced by adding
        : edit.patch(target.name, state, select);
      return say(await model.run(direction === 'denoise' ? corrupted : clean, { edits: [change], ...run }));
    };
    const parts = { metric: metric.name, clean: await say(cleanRun.result), corrupted: await say(corruptedRun.result) };
    return new OutputReader(parts, async (from, to) => ({ from, to, ...(await patched(from, to)) }));
  }

  /** What the model says with the state `from` put at `to`. @throws VitrineError `invalid-option` */
  async patched(from: StatePlace, to: StatePlace): Promise<PatchedRunOutput> {
    return { ...(await this.#patched(from, to)), from, to };
  }
}

function requireSameAxes(from: StatePlace, to: StatePlace): void {
  for (const axis of ['head', 'position', 'key'] as const) {
    if ((from[axis] === undefined) === (to[axis] === undefined)) continue;
    const which = from[axis] === undefined ? 'to' : 'from';
    throw new VitrineError('invalid-option', `Only \`${which}\` names a ${axis}. Give it in both places, or in neither to take the whole.`);
  }
}

/** The part of an activation that a place names, without the axes that it names. @throws VitrineError `invalid-option` */
function stateAt(activation: Tensor, place: StatePlace): Tensor {
  let state = activation.select('batch', 0);
  for (const [name, axis] of [
    ['position', activation.axes.includes('query') ? 'query' : 'pos'],
    ['head', 'head'],
    ['key', 'key'],
  ] as const) {
    const index = place[name];
    if (index === undefined) continue;
    const at = state.axes.indexOf(axis);
    if (at < 0) throw new VitrineError('invalid-option', `This site has no ${name}, so ${name} ${index} means nothing. Leave it out.`);
    if (!Number.isInteger(index) || index < 0 || index >= state.dims[at]!) {
      throw new VitrineError('invalid-option', `There is no ${name} ${index} here. Choose one from 0 to ${state.dims[at]! - 1}.`);
    }
    state = state.select(axis, index);
  }
  return state;
}
