// SPDX-License-Identifier: MIT
// A steering vector as a figure shows it: for every layer, with the prompts that it was found from along it.
import { VitrineError } from '../errors.js';
import { Tensor } from '../model/tensor.js';
import type { HookedModel } from '../model/hooked-model.js';
import { SteeringVector, type PromptPair, type SteeringMethod } from '../techniques/steering.js';
import { readPairs } from '../techniques/steering/read-pairs.js';
import { pairsAlong, pairStep } from '../techniques/steering/separation.js';
import { decodeArray, rawArray } from '../trace/arrays.js';
import type { SteeringVectorTrace } from '../trace/kinds/steering.js';
import type { RawArray } from '../trace/types.js';
import { techniqueOptions, type FigureContext } from './types.js';

/** Prompts that a steering vector is found from. */
export interface SteeringPrompts {
  /** Prompts with the trait. */
  positive: readonly string[];
  /** The other prompt of each pair, in the same order. */
  negative: readonly string[];
  /** @defaultValue 'mean-difference' */
  method?: SteeringMethod;
}

/**
 * Finds a direction for every layer, and where the prompts lie along each.
 *
 * Directions of the methods that give them length 1 are scaled so that strength 1 is a usual step from one prompt of a pair to the other
 * (root mean square over the pairs), as it is for a mean difference by itself: so strengths can be compared.
 *
 * @throws VitrineError `empty-input` without prompts; `invalid-input` for lists of unequal lengths, prompts that are the same, and pairs that
 *   determine no direction
 */
export async function trainSteeringVector(
  model: HookedModel,
  { positive, negative, method = 'mean-difference' }: SteeringPrompts,
  { prependBos }: { prependBos: boolean },
  context: FigureContext<never> | FigureContext<unknown>,
): Promise<SteeringVectorTrace> {
  const pairs = pairsOf(positive, negative);
  const place = method === 'actadd' ? 'resid_pre' : 'resid_post';
  const layers = Array.from({ length: model.hooks.architecture.nLayer }, (_, layer) => layer).filter((layer) =>
    model.hooks.sites.has(`blocks.${layer}.hook_${place}`),
  );
  const run = { prependBos, ...techniqueOptions(context) };
  const vector = await SteeringVector.train(model, pairs, { method, layers, ...run });
  const hooks = layers.map((layer) => `blocks.${layer}.hook_${place}`);
  const rows = await readPairs(model, pairs, hooks, run);
  // The prompts are read at their last token; a direction with positions is taken there too.
  const last = (direction: Tensor): Tensor => (direction.dims.length === 2 ? direction.select('pos', -1) : direction);
  const along = layers.map((layer, index) =>
    pairsAlong(
      method === 'actadd' ? 'mean-difference' : method,
      rows.get(hooks[index]!)!,
      last(vector.direction(layer)).data,
      hooks[index]!,
    ),
  );
  const natural = method === 'mean-difference' || method === 'actadd';
  const directions = layers.map((layer, index) => {
    const { data } = vector.direction(layer);
    const step = natural ? 1 : pairStep(rows.get(hooks[index]!)!, data);
    return data.map((value) => value * step);
  });
  const heldOut = along.map((layer) => layer.heldOut);
  return {
    place,
    method,
    layers,
    directions: stacked(directions, vector.direction(layers[0]!).dims),
    positive: [...positive],
    negative: [...negative],
    pairs: {
      positive: stacked(
        along.map((layer) => layer.positive),
        [pairs.length],
      ),
      negative: stacked(
        along.map((layer) => layer.negative),
        [pairs.length],
      ),
      ...(heldOut.every((count) => count !== undefined) && { heldOut }),
    },
  };
}

/** The vector that a trace holds, to be added or written to a file. */
export function vectorOfTrace(trace: SteeringVectorTrace, model?: string): SteeringVector {
  const { data, shape } = decodeArray(trace.directions);
  const dims = shape.slice(1);
  const size = dims.reduce((product, length) => product * length, 1);
  const axes = dims.length === 2 ? ['pos', 'd_model'] : ['d_model'];
  const directions = trace.layers.map((layer, index): [number, Tensor] => [
    layer,
    new Tensor(Float32Array.from(data.subarray(index * size, (index + 1) * size)), dims, axes),
  ]);
  return new SteeringVector({
    place: trace.place,
    directions: new Map(directions),
    ...(trace.method && { method: trace.method }),
    ...(model !== undefined && { model }),
  });
}

/** A vector without the prompts that it came from, as a file holds it, for the options and the trace of a figure. */
export function traceOfVector({ place, method, layers, directions }: SteeringVector): SteeringVectorTrace {
  const all = [...directions.values()];
  const longest = all.reduce((most, direction) => (direction.size > most.size ? direction : most), all[0]!);
  const padded = all.map(({ data }) => {
    const whole = new Float32Array(longest.size);
    whole.set(data);
    return whole;
  });
  return { place, ...(method && { method }), layers, directions: stacked(padded, longest.dims), positive: [], negative: [] };
}

function pairsOf(positive: readonly string[], negative: readonly string[]): PromptPair[] {
  if (positive.length === 0 || negative.length === 0) {
    throw new VitrineError('empty-input', 'A steering vector needs prompts on both sides, one a line. Write at least one pair.');
  }
  if (positive.length !== negative.length) {
    throw new VitrineError(
      'invalid-input',
      `Prompts are paired line by line, so both sides need as many: ${positive.length} are positive and ${negative.length} negative. Add or remove lines.`,
    );
  }
  const same = positive.findIndex((text, index) => text === negative[index]);
  if (same >= 0) {
    throw new VitrineError(
      'invalid-input',
      `The prompts of pair ${same + 1} are the same, ${JSON.stringify(positive[same])}. Change one of them.`,
    );
  }
  return positive.map((text, index) => [text, negative[index]!]);
}

/** Rows of equal length as one array, [row, ...dims]. */
function stacked(rows: readonly ArrayLike<number>[], dims: readonly number[]): RawArray {
  const size = dims.reduce((product, length) => product * length, 1);
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, index) => values.set(row, index * size));
  return rawArray(values, [rows.length, ...dims]);
}
