// SPDX-License-Identifier: MIT

/**
 * Linear probes (Alain and Bengio 2016, arXiv:1610.01644): is something that is true of the input written in an activation, so that a
 * linear map can read it? And where: layer by layer, or in how few neurons (Gurnee et al. 2023, arXiv:2305.01610).
 *
 * A probe is valid on examples that it has not seen, so a part of every class is held out before anything is fitted, standardised or
 * selected, and the accuracy there stands beside what guessing the most frequent class would reach, with its standard error.
 *
 * Pitfalls. A probe shows what can be read, not what the model uses: project the direction out, or patch it, to learn that (Belinkov 2022,
 * arXiv:2102.12452). With more features than examples, almost any labelling of the training part is separable: read `heldOut`, and
 * compare with a probe of shuffled labels (Hewitt and Liang 2019, arXiv:1909.03368). Examples that are nearly the same leak across the split:
 * build them so that the held-out ones differ in more than the label. A word that gives the label away is all that the probe will find.
 * The logistic direction separates best, but the difference of means is the better one to steer by (Marks and Tegmark 2023,
 * arXiv:2310.06824); the probabilities of a mean-difference probe are not calibrated.
 */
import type { HookedModel } from '../model/hooked-model.js';
import { readExamples, type ProbeExample, type ProbeReadOptions } from './probes/examples.js';
import { fitProbe, type ProbeOptions } from './probes/fit.js';
import type { Probe } from './probes/probe.js';
import { layersOf, requireHook } from './where.js';

export interface TrainProbeOptions extends ProbeOptions, ProbeReadOptions {
  /** Full name, or short name with `layer`: `'resid_post'`, `'mlp_post'` (neurons), `'z'`. It must have positions. */
  hook: string;
  layer?: number;
}

export interface ProbeLayersOptions extends Omit<TrainProbeOptions, 'layer'> {
  /** Which blocks. @defaultValue all */
  layers?: readonly number[];
}

/**
 * Trains a linear probe on an activation and tests it on held-out examples.
 *
 * @returns weights [class, feature]; accuracy in training and held out, with its standard error; `predict`, `direction`
 * @throws VitrineError `empty-input`, `unknown-hook`, `invalid-input` for fewer than two classes, for a class with one example, for a
 *   position outside an input and for activations that are not finite; `invalid-option`; and all that a run throws
 * @example
 * const probe = await trainProbe(model, [
 *   { input: 'What a wonderful day', label: 'happy' },
 *   { input: 'What a terrible day', label: 'sad' },
 *   { input: 'She was so glad', label: 'happy' },
 *   { input: 'She was so sorry', label: 'sad' },              // better fifty of each
 * ], { hook: 'resid_post', layer: 2 });
 * probe.accuracy.heldOut                                            // beside probe.baseline
 * await model.run(prompt, { edits: [edit.project('blocks.*.hook_resid_post', probe.direction)] });
 */
export async function trainProbe(model: HookedModel, examples: readonly ProbeExample[], options: TrainProbeOptions): Promise<Probe> {
  const { name } = requireHook(model, options.hook, options.layer);
  const [probe] = await probesOf(model, examples, [name], options);
  return probe!;
}

/**
 * Trains the same probe on every layer, from one pass over the inputs and with one split.
 *
 * @param options - `hook` is a short name: `'resid_post'`
 * @returns a probe per layer, in the order of the layers
 * @throws VitrineError as {@link trainProbe}
 * @example
 * const probes = await probeLayers(model, examples, { hook: 'resid_post' });
 * probes.map(({ layer, probe }) => `${layer}: ${probe.accuracy.heldOut.toFixed(2)} ± ${probe.accuracy.standardError.toFixed(2)}`)
 */
export async function probeLayers(
  model: HookedModel,
  examples: readonly ProbeExample[],
  options: ProbeLayersOptions,
): Promise<{ layer: number; probe: Probe }[]> {
  const layers = layersOf(model, options.layers);
  const names = layers.map((layer) => requireHook(model, options.hook, layer).name);
  const probes = await probesOf(model, examples, names, options);
  return layers.map((layer, index) => ({ layer, probe: probes[index]! }));
}

async function probesOf(
  model: HookedModel,
  examples: readonly ProbeExample[],
  names: readonly string[],
  options: ProbeOptions & ProbeReadOptions,
): Promise<Probe[]> {
  const { kind, k, l2, heldOut, seed, tolerance, maxIterations, ...reading } = options;
  const fitting = { kind, k, l2, heldOut, seed, tolerance, maxIterations };
  const given = Object.fromEntries(Object.entries(fitting).filter(([, value]) => value !== undefined)) as ProbeOptions;
  const activations = await readExamples(
    model,
    examples,
    names.map((name) => model.hooks.sites.get(name)!),
    reading,
  );
  const labels = examples.map(({ label }) => label);
  return names.map((name) => fitProbe({ activations: activations.get(name)!, labels }, given, name));
}
