// SPDX-License-Identifier: MIT
import type { Flow } from './flow.js';
import { skipNormBias } from './fused-bias.js';
import { biased, constantOperand, isPassing, projectionOf } from './projection.js';
import type { Projection } from './projection.js';
import { originOfRow, trackColumns, Untracked } from './track.js';
import type { HookSite, HookTable } from './types.js';
import { productBias } from './fused-bias.js';
import type { BiasPart, WeightForm, WeightSite, WeightSource } from './weight-sites.js';

/** Collects the weights of a graph. */
export class WeightBook {
  readonly flow: Flow;
  readonly table: HookTable;
  readonly sites = new Map<string, WeightSite>();
  readonly missing: { name: string; because: string }[] = [];

  constructor(flow: Flow, table: HookTable) {
    this.flow = flow;
    this.table = table;
  }

  /** The site of a hook, or undefined where the graph does not show it. */
  hook(name: string): HookSite | undefined {
    return this.table.sites.get(name);
  }

  add(name: string, axes: string[], dims: number[], source: WeightSource, form: WeightForm = 'in-out'): void {
    if (!this.sites.has(name)) this.sites.set(name, { name, axes, dims, form, source });
  }

  lack(name: string, because: string): void {
    if (!this.sites.has(name) && !this.missing.some((other) => other.name === name)) this.missing.push({ name, because });
  }

  /** Why a hook is absent, for weights that are absent for the same reason. */
  whyNo(hook: string): string {
    return (
      this.table.missing.find(({ name }) => name === hook)?.because ?? `"${hook}" was not found, and its weight is looked for from there`
    );
  }

  /** The last product before a tensor. */
  productBefore(tensor: string): Projection | undefined {
    for (const at of this.flow.chain(tensor)) {
      const projection = projectionOf(this.flow, at);
      if (projection) return projection;
    }
    return undefined;
  }

  /** Length of the last axis of a tensor, [.., width]. */
  width(tensor: string): number {
    return this.flow.dry.dims(tensor)?.at(-1) ?? 0;
  }

  /** Which columns of a product a hook shows, and the constants added to them; a sentence where that cannot be told. */
  columnsOf(projection: Projection, site: HookSite): { columns: Int32Array; biases: BiasPart[] } | string {
    try {
      return originOfRow(trackColumns(this.flow, projection.output, site.tensor, productBias(projection.node)), site);
    } catch (error) {
      if (error instanceof Untracked) return error.message;
      throw error;
    }
  }

  /** The constants added to a whole product, to whatever is made of it next: by the product itself, by Add nodes, or by a fused node. */
  biasAfter(projection: Projection): BiasPart[] {
    const { flow } = this;
    const parts: BiasPart[] = [...productBias(projection.node)];
    for (let at = projection.output, steps = 0; steps < 8; steps++) {
      const readers = flow.index.consumers(at).map(({ node }) => node);
      const fused = readers.flatMap((node) => skipNormBias(node, at) ?? []);
      if (fused.length > 0) return [...parts, { constant: fused[0]!, factor: 1 }];
      const next = readers.find((node) => (isPassing(node) && node.inputs[0] === at) || biased(flow, node.outputs[0] ?? '') === at);
      if (!next) break;
      const pair = next.opType === 'Add' ? constantOperand(flow, next) : undefined;
      if (pair) parts.push({ constant: pair.constant, factor: 1 });
      at = next.outputs[0]!;
    }
    return parts;
  }
}

/** The map itself, or undefined where it maps every index to itself. */
export function unlessIdentity(map: Int32Array, length: number): Int32Array | undefined {
  return map.length === length && map.every((value, at) => value === at) ? undefined : map;
}
