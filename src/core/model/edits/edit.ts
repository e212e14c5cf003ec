// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { actName } from '../../hooks/names.js';
import type { ActivationCache } from '../activation-cache.js';
import { Tensor } from '../tensor.js';
import type { Selection } from './selection.js';

/**
 * A change of one activation, as data: it can be stored, sent to a worker and shown in a figure. `hook` is a name or a pattern with `*`.
 */
export type Edit = { readonly hook: string; readonly select: Selection } & EditOperation;

/** What an edit does to the selected values x. Vectors run along the last axis of the activation. */
export type EditOperation =
  /** x <- value (patching, ablation by a mean or by another run). Axes that `value` lacks, or has at length 1, are broadcast. */
  | { readonly op: 'set'; readonly value: Tensor }
  /** x <- x + scale * value; with `keepNorm`, the sum then gets the length of x along the last axis */
  | { readonly op: 'add'; readonly value: Tensor; readonly scale: number; readonly keepNorm?: boolean }
  /** x <- factor * x */
  | { readonly op: 'scale'; readonly factor: number }
  /** x <- x + (x . read) write */
  | { readonly op: 'rank-one'; readonly read: Float32Array; readonly write: Float32Array }
  /** x <- x + (clamp(x . direction, low, high) - x . direction) direction */
  | { readonly op: 'clamp'; readonly direction: Float32Array; readonly low: number; readonly high: number }
  /** x <- x + sigma * N(0, 1), the same numbers for the same seed, row and position */
  | { readonly op: 'noise'; readonly sigma: number; readonly seed: number };

/** A vector along an activation's last axis, such as a steering direction in the stream. */
export type Vector = Float32Array | readonly number[] | Tensor;

/**
 * Makes edits. Every function takes a hook name (or a pattern such as `blocks.*.hook_resid_pre`) first and a selection last.
 *
 * @example
 * await model.run(prompt, {
 *   edits: [
 *     edit.patch('blocks.9.attn.hook_z', clean.cache, { heads: 9, positions: -1 }),
 *     edit.zero('blocks.7.mlp.hook_post', { neurons: [12, 40] }),
 *     edit.add('blocks.6.hook_resid_pre', vector, { scale: 4 }),
 *     edit.project('blocks.*.hook_resid_pre', refusal),
 *   ],
 * });
 */
export const edit = {
  /**
   * Activation patching: the values of another run (Vig et al. 2020; Meng et al. 2022).
   *
   * @param source - a tensor with the activation's axes (missing ones are broadcast), or the cache of a run that captured the hook
   */
  patch(hook: string, source: Tensor | ActivationCache, select: Selection = {}): Edit {
    return { hook, select, op: 'set', value: source instanceof Tensor ? source : fromCache(hook, source) };
  },

  /** Zero ablation. For heads, ablate hook_z: the bias of the output projection stays. */
  zero(hook: string, select: Selection = {}): Edit {
    return { hook, select, op: 'set', value: new Tensor(new Float32Array(1), [], []) };
  },

  /** Mean ablation: the mean over a reference set, as `meanActivation` gives it (per position, or pooled over positions). */
  mean(hook: string, mean: Tensor, select: Selection = {}): Edit {
    return { hook, select, op: 'set', value: mean };
  },

  /** Resample ablation: the values of a run on another prompt (Chan et al. 2022, causal scrubbing). */
  resample(hook: string, other: Tensor | ActivationCache, select: Selection = {}): Edit {
    return edit.patch(hook, other, select);
  },

  /**
   * Adds a vector, or a tensor with the activation's axes, times `scale`: activation addition (Turner et al. 2023, arXiv:2308.10248).
   *
   * @param select - `keepNorm` gives the sum the length that the vector had before, so that large scales turn it rather than stretch it
   *   (as repeng's `normalize`). It runs between two pieces of the model, slower than an edit inside it.
   */
  add(hook: string, value: Vector, select: Selection & { scale?: number; keepNorm?: boolean } = {}): Edit {
    const { scale = 1, keepNorm = false, ...rest } = select;
    const change = { op: 'add' as const, value: vectorTensor(value, 'add'), scale: finite(scale, 'scale') };
    return { hook, select: rest, ...change, ...(keepNorm ? { keepNorm } : {}) };
  },

  /** Multiplies by a factor. */
  scale(hook: string, factor: number, select: Selection = {}): Edit {
    return { hook, select, op: 'scale', factor: finite(factor, 'factor') };
  },

  /**
   * Directional ablation: x <- x - strength (x . r) r with r the unit vector of `direction` (Arditi et al. 2024, arXiv:2406.11717).
   *
   * @param select - `strength` 1 removes the direction, 2 mirrors it
   */
  project(hook: string, direction: Vector, select: Selection & { strength?: number } = {}): Edit {
    const { strength = 1, ...rest } = select;
    const unit = unitVector(direction, 'project');
    return { hook, select: rest, op: 'rank-one', read: unit, write: unit.map((value) => -finite(strength, 'strength') * value) };
  },

  /** Moves what lies along one direction to another: x <- x - (x . s) s + (x . s) t, both made unit vectors. */
  swap(hook: string, from: Vector, to: Vector, select: Selection = {}): Edit {
    const [source, target] = [unitVector(from, 'swap'), unitVector(to, 'swap')];
    return { hook, select, op: 'rank-one', read: source, write: source.map((value, index) => target[index]! - value) };
  },

  /** Projection cap: keeps the component along the unit vector of `direction` between `min` and `max`. */
  cap(hook: string, direction: Vector, select: Selection & { min?: number; max?: number }): Edit {
    const { min = -Infinity, max = Infinity, ...rest } = select;
    if (!(min <= max) || (min === -Infinity && max === Infinity)) {
      throw new VitrineError('invalid-option', `cap needs \`min\`, \`max\` or both, min not above max; got ${min} and ${max}.`);
    }
    return { hook, select: rest, op: 'clamp', direction: unitVector(direction, 'cap'), low: min, high: max };
  },

  /** Adds Gaussian noise with standard deviation `sigma`, the same for the same seed, row and position (causal tracing: Meng et al. 2022). */
  noise(hook: string, sigma: number, select: Selection & { seed?: number } = {}): Edit {
    const { seed = 0, ...rest } = select;
    return { hook, select: rest, op: 'noise', sigma: finite(sigma, 'sigma'), seed: finite(seed, 'seed') };
  },
};

function fromCache(hook: string, cache: ActivationCache): Tensor {
  if (!hook.includes('*')) return cache.get(actName(hook));
  throw new VitrineError('invalid-option', `edit.patch from a cache needs one hook, got the pattern "${hook}". Make one edit per hook.`);
}

function vectorTensor(value: Vector, op: string): Tensor {
  if (value instanceof Tensor) return value;
  return new Tensor(vectorValues(value, op), [value.length], ['last']);
}

function vectorValues(vector: Vector, op: string): Float32Array {
  const values = vector instanceof Tensor ? vector.data : Float32Array.from(vector);
  if (values.length > 0 && values.every(Number.isFinite)) return values;
  throw new VitrineError(
    'invalid-input',
    `edit.${op} needs a vector of finite numbers; got ${values.length} values, some not finite or none at all.`,
  );
}

function unitVector(vector: Vector, op: string): Float32Array {
  const values = vectorValues(vector, op);
  const norm = Math.hypot(...values);
  if (norm > 0) return values.map((value) => value / norm);
  throw new VitrineError('invalid-input', `edit.${op} needs a direction, and the vector given is zero.`);
}

function finite(value: number, name: string): number {
  if (Number.isFinite(value)) return value;
  throw new VitrineError('invalid-option', `\`${name}\` of an edit must be a finite number; got ${value}.`);
}
