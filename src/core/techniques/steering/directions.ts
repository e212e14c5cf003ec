// SPDX-License-Identifier: MIT

/**
 * The ways from pairs of activations to one direction, each as its authors define it. d_i is the difference of pair i, positive minus
 * negative.
 *
 * - `mean-difference`: mean of d_i (Rimsky et al. 2023, arXiv:2312.06681; the steering-vectors library). Not normalised: coefficient 1
 *   moves from the mean of the negatives to that of the positives.
 * - `pca-diff` (repeng): first principal component of the d_i after their mean is taken off, as scikit-learn's PCA does. So it is the
 *   direction along which the pairs differ from each other, and the part that all share is not in it.
 * - `pca-center` (repeng): first principal component of all prompts after each pair's middle is taken off; the mean is then zero, so that
 *   what the pairs share counts.
 * - `pca-uncentered` (steering-vectors): first principal component of d_i and -d_i together, nothing taken off. The line is that of
 *   `pca-center`; the sign is found differently.
 * - `logistic`: weights of a logistic regression, without intercept, that tells positives from negatives after each pair's middle is
 *   taken off.
 *
 * All but the mean have unit length. Signs: repeng's methods turn the direction so that in most pairs the positive prompt projects
 * higher; `pca-uncentered` so that the mean of d_i projects above zero.
 */
import { VitrineError } from '../../errors.js';
import { difference, dot, meanRow, unit, type Row } from '../numerics/linear-algebra.js';
import { principalComponent } from '../numerics/principal-component.js';
import { fitLogistic } from '../probes/logistic.js';
import type { PairRows } from './read-pairs.js';
import type { SteeringMethod } from './types.js';

/** Methods that read one position of each prompt. */
export type DirectionMethod = Exclude<SteeringMethod, 'actadd'>;

/** The direction that a method finds at one hook. @throws VitrineError `invalid-input` where the pairs determine none */
export function directionOf(method: DirectionMethod, pairs: PairRows, hook: string): Row {
  const deltas = pairs.positive.map((row, index) => difference(row, pairs.negative[index]!));
  if (method === 'mean-difference') return meanRow(deltas);
  const found = METHODS[method](deltas);
  if (found) return found;
  throw new VitrineError(
    'invalid-input',
    `${method} found no direction at ${hook}: ${
      method === 'pca-diff'
        ? 'it needs pairs whose differences differ, so at least two of them'
        : 'the two prompts of each pair give the same activation there'
    }. Give other pairs, another layer or read position, or take 'mean-difference'.`,
  );
}

const METHODS: Record<Exclude<DirectionMethod, 'mean-difference'>, (deltas: readonly Row[]) => Row | undefined> = {
  'pca-diff': (deltas) => byMajority(principalComponent(deltas, { centre: true }), deltas),
  // Half the difference is the positive prompt less the pair's middle; its negative adds the same product of the row with itself.
  'pca-center': (deltas) => byMajority(principalComponent(deltas, { centre: false }), deltas),
  'pca-uncentered': (deltas) => {
    const direction = principalComponent(deltas, { centre: false });
    return direction && dot(direction, meanRow(deltas)) < 0 ? direction.map((value) => -value) : direction;
  },
  logistic: (deltas) => {
    // The two prompts of a centred pair mirror each other, so they have one loss between them: half the penalty, half the rows.
    const width = deltas[0]!.length;
    const data = new Float64Array(deltas.length * width);
    deltas.forEach((delta, row) =>
      data.set(
        delta.map((value) => value / 2),
        row * width,
      ),
    );
    const labels = new Int32Array(deltas.length).fill(1);
    const { weights } = fitLogistic({ data, count: deltas.length, width }, labels, 2, { intercept: false, l2: 0.5 });
    return unit(weights.subarray(width));
  },
};

/** The direction turned so that positives project higher than negatives in most pairs; as it is where they are even. */
function byMajority(direction: Row | undefined, deltas: readonly Row[]): Row | undefined {
  if (!direction) return undefined;
  let votes = 0;
  for (const delta of deltas) votes += Math.sign(dot(direction, delta));
  return votes < 0 ? direction.map((value) => -value) : direction;
}
