// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { HookSite, Layout } from './types.js';

/** Arrays whose elements can be moved about. */
export type LayoutData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Int16Array
  | Uint8Array
  | Int8Array
  | BigInt64Array
  | BigUint64Array;

/** What the conversions need to know of a hook site. */
export type LayoutSite = Pick<HookSite, 'layout' | 'letters' | 'dims'> & Pick<Partial<HookSite>, 'slice' | 'name'>;

/** Lengths of axes by letter, for the groups that the tensor's dims do not settle: `{ b: 2 }` for a layout "(b s) d". */
export type AxisLengths = Readonly<Record<string, number>>;

const parsed = new Map<Layout, string[][]>();

/**
 * The letters of every dimension of a layout: `"b s (h d)"` is `[['b'], ['s'], ['h', 'd']]`, and a dimension `1` is `[]`.
 *
 * @throws VitrineError `invalid-option` for a string that is not a layout
 */
export function parseLayout(layout: Layout): string[][] {
  const known = parsed.get(layout);
  if (known) return known;
  const groups: string[][] = [];
  for (const token of layout.match(/\([^()]*\)|[^\s()]+/g) ?? []) {
    const inner = token.startsWith('(') ? token.slice(1, -1) : token;
    groups.push(inner.split(/\s+/).filter((letter) => letter !== '' && letter !== '1'));
  }
  const letters = groups.flat();
  if (groups.length === 0 || letters.some((letter) => letter.length !== 1) || new Set(letters).size !== letters.length) {
    throw new VitrineError(
      'invalid-option',
      `A layout names every axis with one letter, such as "b s (h d)"; got "${layout}". Write each letter once, with parentheses for shared dimensions.`,
    );
  }
  parsed.set(layout, groups);
  return groups;
}

/** Where an element of a hook lies in its tensor: the length and the stride (in elements) of every hook axis, and the first element. */
export interface LayoutPlan {
  lengths: number[];
  strides: number[];
  offset: number;
  /** The hook's values are the tensor's values in the same order, all of them. */
  identity: boolean;
}

/**
 * Works out where each axis of a hook lies in a tensor of the given dims.
 *
 * @throws VitrineError `invalid-input` where the dims do not fit the layout, or where `axisLengths` is needed and absent
 */
export function planLayout(tensorDims: readonly number[], site: LayoutSite, axisLengths: AxisLengths = {}): LayoutPlan {
  const groups = parseLayout(site.layout);
  const dims = [...tensorDims];
  const width = dims.at(-1) ?? 1;
  if (site.slice) dims[dims.length - 1] = site.slice.end - site.slice.start;
  if (groups.length !== dims.length) throw misfit(tensorDims, site, `it has ${dims.length} dimensions and the layout ${groups.length}`);
  const lengths = lettersOf(groups, dims, tensorDims, site, axisLengths);

  const strideOf = new Map<string, number>();
  let stride = 1;
  for (let axis = groups.length - 1; axis >= 0; axis--) {
    let inner = stride;
    for (const letter of [...groups[axis]!].reverse()) {
      strideOf.set(letter, inner);
      inner *= lengths.get(letter)!;
    }
    stride *= axis === groups.length - 1 ? width : dims[axis]!;
  }
  // An axis that the tensor has not got is broadcast there: it has length one here.
  const plan: LayoutPlan = {
    lengths: site.letters.map((letter) => lengths.get(letter) ?? 1),
    strides: site.letters.map((letter) => strideOf.get(letter) ?? 0),
    offset: site.slice?.start ?? 0,
    identity: false,
  };
  plan.identity = !site.slice && isRowMajor(plan);
  return plan;
}

/**
 * Rearranges a tensor's raw values to the axes that its hook shows, `[batch, pos, head, d_head]` and the like. One pass;
 * where the order is the same already, `data` itself is returned, not a copy.
 *
 * @example
 * // hook_q, found as [batch, head, pos, d_head]
 * const { data, dims } = toHookLayout(values, [1, 4, 10, 12], site);   // dims [1, 10, 4, 12]
 */
export function toHookLayout<T extends LayoutData>(
  data: T,
  tensorDims: readonly number[],
  site: LayoutSite,
  axisLengths?: AxisLengths,
): { data: T; dims: number[] } {
  const plan = planLayout(tensorDims, site, axisLengths);
  if (plan.identity) return { data, dims: plan.lengths };
  const size = plan.lengths.reduce((product, length) => product * length, 1);
  const result = new (data.constructor as new (size: number) => T)(size);
  walk(plan, (packed, strided, count, step) => {
    for (let index = 0; index < count; index++, strided += step) result[packed + index] = data[strided]!;
  });
  return { data: result, dims: plan.lengths };
}

/**
 * The inverse of {@link toHookLayout}: values in the hook's order, back in the tensor's. For a site that is a slice of a wider
 * tensor, `base` holds that tensor's values; they are copied, and the slice replaced.
 *
 * @throws VitrineError `invalid-input` where sizes do not agree or `base` is missing
 */
export function fromHookLayout<T extends LayoutData>(
  data: T,
  tensorDims: readonly number[],
  site: LayoutSite,
  options: { axisLengths?: AxisLengths; base?: T } = {},
): T {
  const plan = planLayout(tensorDims, site, options.axisLengths);
  const size = plan.lengths.reduce((product, length) => product * length, 1);
  if (data.length !== size) throw misfit(tensorDims, site, `that needs ${size} values and ${data.length} were given`);
  if (plan.identity) return data;
  const whole = tensorDims.reduce((product, length) => product * length, 1);
  if (size !== whole && options.base?.length !== whole) {
    throw misfit(tensorDims, site, `the hook is a part of the tensor, so that the ${whole} values of the whole are needed as \`base\``);
  }
  const result = size === whole ? new (data.constructor as new (size: number) => T)(whole) : (options.base!.slice() as T);
  walk(plan, (packed, strided, count, step) => {
    for (let index = 0; index < count; index++, strided += step) result[strided] = data[packed + index]!;
  });
  return result;
}

/** Calls `row` for every run along the innermost axis: offset in hook order, offset in tensor order, length, stride in the tensor. */
function walk(plan: LayoutPlan, row: (packed: number, strided: number, count: number, step: number) => void): void {
  const lengths: number[] = [];
  const strides: number[] = [];
  plan.lengths.forEach((length, axis) => {
    if (length === 1) return;
    const last = strides.length - 1;
    if (last >= 0 && strides[last] === length * plan.strides[axis]!) {
      lengths[last]! *= length;
      strides[last] = plan.strides[axis]!;
    } else {
      lengths.push(length);
      strides.push(plan.strides[axis]!);
    }
  });
  if (lengths.includes(0)) return;
  const count = lengths.pop() ?? 1;
  const step = strides.pop() ?? 1;
  const index = lengths.map(() => 0);
  let packed = 0;
  let strided = plan.offset;
  for (;;) {
    row(packed, strided, count, step);
    packed += count;
    let axis = lengths.length - 1;
    for (; axis >= 0; axis--) {
      strided += strides[axis]!;
      if (++index[axis]! < lengths[axis]!) break;
      strided -= strides[axis]! * lengths[axis]!;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

function isRowMajor(plan: LayoutPlan): boolean {
  let stride = 1;
  for (let axis = plan.lengths.length - 1; axis >= 0; axis--) {
    if (plan.lengths[axis] !== 1 && plan.strides[axis] !== stride) return false;
    stride *= plan.lengths[axis]!;
  }
  return true;
}

/** The length of every letter: from `axisLengths`, from the site's fixed dims, and from the tensor's dims, in that order. */
function lettersOf(
  groups: string[][],
  dims: readonly number[],
  tensorDims: readonly number[],
  site: LayoutSite,
  axisLengths: AxisLengths,
): Map<string, number> {
  const lengths = new Map<string, number>();
  groups.forEach((group, axis) => {
    const dim = dims[axis]!;
    if (group.length === 1) {
      lengths.set(group[0]!, dim);
      return;
    }
    let known = 1;
    const open: string[] = [];
    for (const letter of group) {
      const length = axisLengths[letter] ?? site.dims[site.letters.indexOf(letter)];
      if (typeof length !== 'number') open.push(letter);
      else {
        lengths.set(letter, length);
        known *= length;
      }
    }
    if (open.length > 1) throw misfit(tensorDims, site, `the length of ${open.join(' or ')} must be given`);
    if (open.length === 1) lengths.set(open[0]!, known === 0 ? 0 : dim / known);
    if (
      [...group].reduce((product, letter) => product * lengths.get(letter)!, 1) !== dim ||
      (open[0] && !Number.isInteger(lengths.get(open[0])!))
    ) {
      throw misfit(tensorDims, site, `${dim} does not divide into (${group.join(' ')}) where ${known} is taken`);
    }
  });
  return lengths;
}

function misfit(tensorDims: readonly number[], site: LayoutSite, because: string): VitrineError {
  const name = site.name ? ` of ${site.name}` : '';
  return new VitrineError(
    'invalid-input',
    `A tensor [${tensorDims.join(', ')}] cannot be read in the layout "${site.layout}"${name}: ${because}. Give the dims of the tensor that the site names.`,
  );
}
