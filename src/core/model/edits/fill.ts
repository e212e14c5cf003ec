// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookSite } from '../../hooks/types.js';
import type { Tensor } from '../tensor.js';
import type { Pass, ResolvedSelection } from './selection.js';

/** Lengths of a hook's axes in one pass, in the order of `site.axes`. */
export function hookDims(site: HookSite, pass: Pass): number[] {
  return site.axes.map((axis, index) => {
    if (axis === 'batch') return pass.batch;
    if (axis === 'pos' || axis === 'query') return pass.count;
    if (axis === 'key') return pass.past + pass.count;
    return site.dims[index]!;
  });
}

/**
 * Calls `visit` for every selected place of a hook's activation.
 *
 * @param dims - lengths of the hook's axes in this pass
 * @param visit - offset in the activation; `indices[axis]` are the place's indices, to be read at once
 */
export function forEachSelected(
  site: HookSite,
  dims: readonly number[],
  resolved: ResolvedSelection,
  visit: (offset: number, indices: readonly number[]) => void,
): void {
  const indices = new Array<number>(dims.length).fill(0);
  const headAxis = site.axes.indexOf('head');
  const walk = (axis: number, offset: number): void => {
    if (axis === dims.length) return visit(offset, indices);
    const chosen = chosenAlong(site, axis, headAxis, resolved, indices[0]!);
    const step = (index: number): void => {
      if (index >= dims[axis]!) return;
      indices[axis] = index;
      walk(axis + 1, offset * dims[axis]! + index);
    };
    if (chosen) for (const index of chosen) step(index);
    else for (let index = 0; index < dims[axis]!; index++) step(index);
  };
  walk(0, 0);
}

function chosenAlong(
  site: HookSite,
  axis: number,
  headAxis: number,
  resolved: ResolvedSelection,
  row: number,
): readonly number[] | undefined {
  const name = site.axes[axis];
  if (name === 'batch') return resolved.rows;
  if (name === 'pos' || name === 'query') return resolved.positions[row];
  if (name === 'key') return resolved.keys[row];
  if (axis === headAxis) return resolved.heads;
  return axis === site.axes.length - 1 ? resolved.last : undefined;
}

/** Reads a value tensor at the place of a hook: axes are matched by name, missing or single ones are broadcast. */
export class Broadcast {
  readonly #value: Tensor;
  readonly #strides: number[];
  readonly #lengths: number[];
  readonly #past: readonly number[];
  readonly #site: HookSite;

  /** @throws VitrineError `invalid-input` where the value's axes do not fit the hook */
  constructor(value: Tensor, site: HookSite, pass: Pass) {
    this.#value = value;
    this.#site = site;
    this.#strides = [];
    this.#lengths = [];
    const strideOf = (axis: number): number => value.dims.slice(axis + 1).reduce((product, length) => product * length, 1);
    const names = value.axes.map((name) => (name === 'last' ? site.axes.at(-1)! : name));
    for (const [index, name] of names.entries()) {
      if (!site.axes.includes(name)) throw misfit(value, site, `it has an axis "${value.axes[index]}"`);
    }
    site.axes.forEach((name, axis) => {
      const own = names.indexOf(name);
      const length = own < 0 ? 1 : value.dims[own]!;
      const fixed = name === 'batch' ? pass.batch : isPosition(name) ? length : site.dims[axis]!;
      if (length !== 1 && length !== fixed) throw misfit(value, site, `its axis "${name}" has length ${length}, and ${fixed} is needed`);
      this.#lengths.push(length);
      this.#strides.push(own < 0 || length === 1 ? 0 : strideOf(own));
    });
    this.#past = site.axes.map((name) => (name === 'pos' || name === 'query' ? pass.past : 0));
  }

  /** The value at a place, or undefined where the place lies behind the value's last position. */
  at(indices: readonly number[]): number | undefined {
    let offset = 0;
    for (let axis = 0; axis < indices.length; axis++) {
      const stride = this.#strides[axis]!;
      if (stride === 0) continue;
      const index = indices[axis]! + this.#past[axis]!;
      if (index >= this.#lengths[axis]!) return undefined;
      offset += index * stride;
    }
    return this.#value.data[offset];
  }

  /** The error for a position that the value does not have. */
  tooShort(pass: Pass): VitrineError {
    const axis = this.#site.axes.findIndex(isPosition);
    return new VitrineError(
      'invalid-input',
      `The value for ${this.#site.name} has ${this.#lengths[axis]} positions, and the run has ${pass.past + pass.count}. Prompts to patch between need ` +
        'the same number of tokens; or select positions that both have.',
    );
  }
}

function isPosition(name: string): boolean {
  return name === 'pos' || name === 'query' || name === 'key';
}

function misfit(value: Tensor, site: HookSite, why: string): VitrineError {
  const shape = site.axes.map((name, axis) => `${name}${site.dims[axis] === null ? '' : ` ${site.dims[axis]}`}`).join(', ');
  return new VitrineError(
    'invalid-input',
    `A value of axes [${value.axes.join(', ')}] and dims [${value.dims.join(', ')}] does not fit ${site.name} [${shape}]: ${why}.`,
  );
}
