// SPDX-License-Identifier: MIT

/**
 * How well a direction tells the prompts apart that it was found from. In a space with more dimensions than prompts nearly every method
 * finds a direction that separates its own prompts, so that alone says little: {@link PairsAlong.heldOut} counts pairs that a direction
 * found without them puts in the right order.
 */
import { isVitrineError } from '../../errors.js';
import { difference, dot, norm, type Row } from '../numerics/linear-algebra.js';
import { directionOf, type DirectionMethod } from './directions.js';
import type { PairRows } from './read-pairs.js';

/** Pairs of prompts along a direction of length 1. */
export interface PairsAlong {
  /** Projection of every positive prompt. */
  positive: number[];
  /** Projection of every negative prompt. */
  negative: number[];
  /** Pairs whose positive prompt lies higher along a direction found without them; undefined where too few pairs are left to find one. */
  heldOut: number | undefined;
}

/** Pairs are left out in so many groups: each by itself would cost a fit per pair. */
const mostGroups = 5;

/**
 * @param rows - activations of the pairs at one hook
 * @param direction - [d_model], of any length but 0
 */
export function pairsAlong(method: DirectionMethod, rows: PairRows, direction: ArrayLike<number>, hook: string): PairsAlong {
  const length = norm(direction) || 1;
  const along = (row: Row): number => dot(row, direction) / length;
  return { positive: rows.positive.map(along), negative: rows.negative.map(along), heldOut: heldOut(method, rows, hook) };
}

/** Root mean square of the differences of the pairs along a direction of length 1: a usual step from one prompt of a pair to the other. */
export function pairStep(rows: PairRows, direction: ArrayLike<number>): number {
  const length = norm(direction) || 1;
  const steps = rows.positive.map((row, index) => dot(difference(row, rows.negative[index]!), direction) / length);
  return norm(steps) / Math.sqrt(steps.length);
}

function heldOut(method: DirectionMethod, { positive, negative }: PairRows, hook: string): number | undefined {
  const groups = Math.min(mostGroups, positive.length);
  if (groups < 2) return undefined;
  let right = 0;
  for (let group = 0; group < groups; group++) {
    const kept = (_: Row, index: number): boolean => index % groups !== group;
    const direction = found(method, { positive: positive.filter(kept), negative: negative.filter(kept) }, hook);
    if (!direction) return undefined;
    for (let index = group; index < positive.length; index += groups)
      if (dot(difference(positive[index]!, negative[index]!), direction) > 0) right++;
  }
  return right;
}

/** The direction, or undefined where the pairs determine none. */
function found(method: DirectionMethod, rows: PairRows, hook: string): Row | undefined {
  try {
    return directionOf(method, rows, hook);
  } catch (error) {
    if (isVitrineError(error) && error.code === 'invalid-input') return undefined;
    throw error;
  }
}
