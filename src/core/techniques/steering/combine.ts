// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { Tensor } from '../../model/tensor.js';

/** Directions by layer: [d_model] or [pos, d_model]. */
export type Directions = ReadonlyMap<number, Tensor>;

/**
 * Sum of directions times coefficients, by layer. Shorter rows of positions count as zero behind their end.
 *
 * @throws VitrineError `empty-input` without terms, `invalid-option`, `invalid-input`
 */
export function sumOfDirections(terms: readonly { directions: Directions; coefficient: number }[]): Directions {
  if (terms.length === 0) throw new VitrineError('empty-input', 'A combination of steering vectors needs at least one; got none.');
  const bad = terms.find(({ coefficient }) => !Number.isFinite(coefficient));
  if (bad)
    throw new VitrineError('invalid-option', `The coefficient of a steering vector must be a finite number; got ${bad.coefficient}.`);
  const all = terms.flatMap(({ directions }) => [...directions.values()]);
  checkAlike(all);
  const layers = new Set(terms.flatMap(({ directions }) => [...directions.keys()]));
  return new Map([...layers].map((layer) => [layer, sumAt(layer, terms)]));
}

/** @throws VitrineError `invalid-input` for what no steering vector can be made of */
export function checkDirections(directions: Directions): void {
  if (directions.size === 0)
    throw new VitrineError('invalid-input', 'A steering vector needs a direction for at least one layer; got none.');
  for (const [layer, direction] of directions) {
    if (!Number.isInteger(layer) || layer < 0)
      throw new VitrineError('invalid-input', `The layers of a steering vector must be whole numbers from 0; got ${layer}.`);
    if (direction.size === 0 || direction.dims.length > 2) {
      throw new VitrineError(
        'invalid-input',
        `The direction of layer ${layer} must be [d_model] or [pos, d_model]; got [${direction.dims.join(', ')}].`,
      );
    }
    const found = direction.data.findIndex((value) => !Number.isFinite(value));
    if (found >= 0)
      throw new VitrineError('invalid-input', `The direction of layer ${layer} has a value that is not finite, first at index ${found}.`);
  }
  checkAlike([...directions.values()]);
}

function checkAlike(directions: readonly Tensor[]): void {
  const shapes = new Set(directions.map(({ dims }) => `${dims.length === 1 ? '' : 'pos, '}${dims.at(-1)}`));
  if (shapes.size <= 1) return;
  throw new VitrineError(
    'invalid-input',
    `The directions of steering vectors must have one width and be all with or all without positions; got ${[...shapes].map((shape) => `[${shape}]`).join(' and ')}.`,
  );
}

function sumAt(layer: number, terms: readonly { directions: Directions; coefficient: number }[]): Tensor {
  const found = terms.flatMap(({ directions, coefficient }) => {
    const direction = directions.get(layer);
    return direction ? [{ direction, coefficient }] : [];
  });
  const longest = found.reduce((most, { direction }) => (direction.size > most.size ? direction : most), found[0]!.direction);
  const sum = new Float64Array(longest.size);
  for (const { direction, coefficient } of found)
    direction.data.forEach((value, index) => (sum[index] = sum[index]! + coefficient * value));
  return new Tensor(Float32Array.from(sum), longest.dims, longest.axes);
}
