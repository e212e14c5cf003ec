// SPDX-License-Identifier: MIT
import { isReal, isSkipNorm } from './flow.js';
import type { Flow } from './flow.js';
import { findLayout } from './find-layout.js';
import type { Atom } from './find-layout.js';
import { hookAxes } from './names.js';
import type { Norm } from './norm.js';
import type { HookSite, MissingHook } from './types.js';

/** Lengths in the dry run of the axes that hooks have. */
export interface Extent {
  batch: number;
  position: number;
}

/** What a site may say besides its tensor. */
export interface SiteOptions {
  /** Lengths of the letters other than `b` and `s`: heads, widths, queries, keys. */
  lengths: Record<string, number>;
  notEditableBecause?: string;
  slice?: { start: number; end: number };
}

/** Collects the sites and the missing names of a graph, in the order of the forward pass. */
export class SiteBook {
  readonly sites = new Map<string, HookSite>();
  readonly missing: MissingHook[] = [];
  readonly #flow: Flow;
  #extent: Extent;

  constructor(flow: Flow, extent: Extent) {
    this.#flow = flow;
    this.#extent = extent;
  }

  /** Adds a hook found at a tensor. Where its layout cannot be told, the name goes to the missing ones. @returns whether it was added */
  add(name: string, tensor: string | undefined, options: SiteOptions): boolean {
    if (tensor === undefined) return false;
    if (!isReal(tensor)) {
      const node = this.#flow.node(tensor.split('\u0000')[0]!);
      this.lack(name, `it exists only inside the fused node ${node?.opType ?? ''}, whose sum output this file leaves out`);
      return false;
    }
    if (!this.#flow.index.producer(tensor)) {
      this.lack(name, `it is the input "${tensor}" itself, which you give`);
      return false;
    }
    const layout = this.layout(name, tensor, options);
    if (layout === undefined) {
      this.lack(name, `it was located at "${tensor}", but the shape of that tensor could not be worked out`);
      return false;
    }
    const { axes, letters } = hookAxes(name);
    const because = options.notEditableBecause ?? this.#fusedBecause(tensor);
    this.sites.set(name, {
      name,
      axes,
      dims: letters.map((letter) => ('bsqk'.includes(letter) ? null : (options.lengths[letter] ?? null))),
      letters,
      tensor,
      layout,
      dataType: this.#flow.dry.fact(tensor).type,
      editable: because === undefined,
      ...(because === undefined ? {} : { notEditableBecause: because }),
      ...(options.slice ? { slice: options.slice } : {}),
    });
    return true;
  }

  /** Adds a hook at the first of several equal tensors whose layout can be told. */
  addFirst(name: string, tensors: readonly string[] | undefined, options: SiteOptions): boolean {
    const tensor = tensors?.find((candidate) => this.layout(name, candidate, options) !== undefined);
    return this.add(name, tensor ?? tensors?.[0], options);
  }

  /** Adds scale and normalized vectors of a norm, to be computed from what it reads. */
  addNorm(prefix: string, norm: Norm, dModel: number, name?: 'heads'): void {
    const { centred, epsilon, input } = norm;
    for (const kind of ['scale', 'normalized'] as const) {
      const full = `${prefix}.hook_${kind}`;
      const lengths = { d: dModel };
      if (name === 'heads' || !this.add(full, input, { lengths })) continue;
      const site = this.sites.get(full)!;
      if (kind === 'scale') site.dims = site.dims.map((length, axis) => (site.letters[axis] === 'd' ? 1 : length));
      site.derived = { kind: kind === 'scale' ? 'norm-scale' : 'norm-normalized', centred, epsilon };
      site.editable = false;
      site.notEditableBecause = `it is computed from the norm's input; edit ${prefix}.out, or the stream before it, instead`;
    }
  }

  /** Notes a name that this model has not. */
  lack(name: string, because: string): void {
    if (!this.sites.has(name) && !this.missing.some((other) => other.name === name)) this.missing.push({ name, because });
  }

  /** The layout of a tensor as the named hook. */
  layout(name: string, tensor: string, options: SiteOptions): string | undefined {
    const { letters } = hookAxes(name);
    const dims = this.#flow.dry.dims(tensor);
    if (!dims) return this.#flow.dry.fact(tensor).dims ? undefined : letters.length === 3 ? letters.join(' ') : undefined;
    const seen = options.slice ? [...dims.slice(0, -1), options.slice.end - options.slice.start] : dims;
    const atoms = this.atoms(letters, options.lengths);
    return findLayout(seen, atoms) ?? this.#withoutBatch(seen, atoms);
  }

  atoms(letters: readonly string[], lengths: Record<string, number>): Atom[] {
    const common: Record<string, number> = { b: this.#extent.batch, s: this.#extent.position };
    return letters.map((letter) => ({ letter, length: lengths[letter] ?? common[letter] ?? 1 }));
  }

  /** Positions are often looked up once for all rows, and tables cut to a length that is not the dry run's. */
  #withoutBatch(dims: readonly number[], atoms: Atom[]): string | undefined {
    return findLayout(
      dims,
      atoms.filter(({ letter }) => letter !== 'b'),
    );
  }

  #fusedBecause(tensor: string): string | undefined {
    const node = this.#flow.node(tensor);
    if (isSkipNorm(node) && node.outputs[3] === tensor) {
      return `${node.opType} makes this sum and its norm in one node, so that a change of the sum would not reach the norm`;
    }
    return undefined;
  }
}
