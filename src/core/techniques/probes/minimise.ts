// SPDX-License-Identifier: MIT

/** A smooth function: writes its gradient at `x` into `gradient` and returns its value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  x: Float64Array;
  value: number;
  /** Largest component of the gradient at `x`, in size. */
  gradientNorm: number;
  iterations: number;
  converged: boolean;
}

export interface MinimiseOptions {
  /** Done when no component of the gradient is larger than this. @defaultValue 1e-8 */
  tolerance?: number;
  /** @defaultValue 1000 */
  maxIterations?: number;
}

/** Pairs of steps and changes of the gradient that stand for the curvature. */
const MEMORY = 10;

/**
 * The minimum of a smooth convex function, in float64, by L-BFGS (Nocedal 1980) with a bisecting line search that ends at the weak Wolfe
 * conditions (Lewis and Overton 2013), so that every pair kept has positive curvature.
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions = {}): Minimum {
  const { tolerance = 1e-8, maxIterations = 1000 } = options;
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const pairs: { step: Float64Array; change: Float64Array; curvature: number }[] = [];
  let iterations = 0;
  for (; iterations < maxIterations && largest(gradient) > tolerance; iterations++) {
    let direction = descent(gradient, pairs);
    if (!(dot(direction, gradient) < 0)) {
      pairs.length = 0;
      direction = gradient.map((component) => -component);
    }
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const found = lineSearch(objective, x, value, gradient, direction, first);
    if (!found) break;
    const step = difference(found.x, x);
    const change = difference(found.gradient, gradient);
    const curvature = dot(step, change);
    if (curvature > 0) pairs.push({ step, change, curvature });
    if (pairs.length > MEMORY) pairs.shift();
    ({ x, value, gradient } = found);
  }
  const gradientNorm = largest(gradient);
  return { x, value, gradientNorm, iterations, converged: gradientNorm <= tolerance };
}

/** Minus the gradient, times the inverse curvature that the pairs stand for (the two-loop recursion). */
function descent(
  gradient: Float64Array,
  pairs: readonly { step: Float64Array; change: Float64Array; curvature: number }[],
): Float64Array<ArrayBuffer> {
  const direction = gradient.map((component) => -component);
  const factors: number[] = [];
  for (let index = pairs.length - 1; index >= 0; index--) {
    const { step, change, curvature } = pairs[index]!;
    factors[index] = dot(step, direction) / curvature;
    addScaled(direction, -factors[index]!, change);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let index = 0; index < direction.length; index++) direction[index] = direction[index]! * scale;
  }
  pairs.forEach(({ step, change, curvature }, index) => addScaled(direction, factors[index]! - dot(change, direction) / curvature, step));
  return direction;
}

interface Point {
  x: Float64Array<ArrayBuffer>;
  value: number;
  gradient: Float64Array<ArrayBuffer>;
}

/** A point along `direction` that lies lower, where the slope has flattened; undefined where float64 cannot tell any from the start. */
function lineSearch(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
): Point | undefined {
  const slope = dot(direction, gradient);
  // Near the minimum, values differ by less than their rounding, and only the slope still tells.
  const rounding = 1e-15 * Math.abs(value);
  let [low, high, length] = [0, Infinity, first];
  for (let tries = 0; tries < 60; tries++) {
    const at: Point = { x: x.slice(), value: 0, gradient: new Float64Array(x.length) };
    addScaled(at.x, length, direction);
    at.value = objective(at.x, at.gradient);
    if (!(at.value <= value + 1e-4 * length * slope + rounding)) high = length;
    else if (dot(at.gradient, direction) < 0.9 * slope) low = length;
    else return at;
    length = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return undefined;
}

function dot(one: Float64Array, two: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += one[index]! * two[index]!;
  return sum;
}

function addScaled(target: Float64Array, factor: number, other: Float64Array): void {
  for (let index = 0; index < target.length; index++) target[index] = target[index]! + factor * other[index]!;
}

function difference(one: Float64Array, two: Float64Array): Float64Array {
  return one.map((component, index) => component - two[index]!);
}

function largest(vector: Float64Array): number {
  return vector.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
}
