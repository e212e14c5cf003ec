// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { actName, nearestNames } from '../hooks/names.js';
import type { RuntimeTensor } from '../runtime/types.js';
import { Tensor } from './tensor.js';

/** One captured activation: made into a {@link Tensor} when it is asked for, once. */
export interface CacheEntry {
  read(): Tensor;
  /** Where the run left it on the GPU (`keepOn: 'gpu'`). */
  gpu?: RuntimeTensor;
  /** Downloads it. */
  download?(): Promise<Tensor>;
}

/**
 * The activations that a run captured, by TransformerLens name.
 *
 * Shapes: residual stream and layer outputs [batch, pos, d_model]; q, k, v, z [batch, pos, head, d_head]; scores and pattern
 * [batch, head, query, key]; mlp.hook_pre and hook_post [batch, pos, d_mlp]; norm scales [batch, pos, 1].
 *
 * @example
 * const { cache } = await model.runWithCache('The capital of France is', { names: /pattern|resid_post/ });
 * cache.get('blocks.2.attn.hook_pattern');   // Tensor [batch, head, query, key]
 * cache.get('pattern', 2);                   // the same
 * cache.stack('resid_post');                 // Tensor [layer, batch, pos, d_model]
 */
export class ActivationCache implements Iterable<[string, Tensor]> {
  readonly #entries: ReadonlyMap<string, CacheEntry>;
  readonly #read = new Map<string, Tensor>();
  readonly #known: readonly string[];
  readonly #nLayer: number;

  /** @internal */
  constructor(entries: ReadonlyMap<string, CacheEntry>, known: readonly string[], nLayer: number) {
    this.#entries = entries;
    this.#known = known;
    this.#nLayer = nLayer;
  }

  /** Captured names, in the order of the forward pass. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether the name (or short name and layer) was captured. */
  has(name: string, layer?: number): boolean {
    return this.#entries.has(this.#full(name, layer));
  }

  /**
   * One activation.
   *
   * @param name - full name, or short name with a layer; a negative layer counts from the last
   * @throws VitrineError `unknown-hook` with the nearest names, or with advice where the run did not capture it
   */
  get(name: string, layer?: number): Tensor {
    const full = this.#full(name, layer);
    const known = this.#read.get(full);
    if (known) return known;
    const tensor = this.#entry(full).read();
    this.#read.set(full, tensor);
    return tensor;
  }

  /** As {@link ActivationCache.get}, also where the activation was left on the GPU. */
  async download(name: string, layer?: number): Promise<Tensor> {
    const full = this.#full(name, layer);
    const entry = this.#entry(full);
    if (!entry.download) return this.get(full);
    const tensor = this.#read.get(full) ?? (await entry.download());
    this.#read.set(full, tensor);
    return tensor;
  }

  /** The runtime's tensor on the GPU, in the graph's own layout; undefined for activations on the CPU. */
  gpu(name: string, layer?: number): RuntimeTensor | undefined {
    return this.#entry(this.#full(name, layer)).gpu;
  }

  /**
   * One activation of every layer that has it: [layer, ...axes of the activation].
   *
   * @param name - short name, such as 'resid_post' or 'pattern'
   */
  stack(name: string): Tensor {
    const layers = Array.from({ length: this.#nLayer }, (_, layer) => layer).filter((layer) => this.has(name, layer));
    const first = this.get(name, layers[0] ?? 0);
    const data = new Float32Array(first.size * layers.length);
    layers.forEach((layer, row) => data.set(this.get(name, layer).data, row * first.size));
    return new Tensor(data, [layers.length, ...first.dims], ['layer', ...first.axes]);
  }

  *[Symbol.iterator](): Iterator<[string, Tensor]> {
    for (const name of this.#entries.keys()) yield [name, this.get(name)];
  }

  /** Frees what is on the GPU. A cache on the CPU needs no disposal. */
  dispose(): void {
    for (const entry of this.#entries.values()) entry.gpu?.dispose?.();
  }

  #full(name: string, layer?: number): string {
    return actName(name, layer !== undefined && layer < 0 ? layer + this.#nLayer : layer);
  }

  #entry(full: string): CacheEntry {
    const entry = this.#entries.get(full);
    if (entry) return entry;
    const missing = this.#known.includes(full);
    throw new VitrineError(
      'unknown-hook',
      missing
        ? `"${full}" exists in this model, but this run did not capture it. Add it to \`names\` of runWithCache(); captured were ${summary(this.names)}.`
        : `This model has no hook "${full}". Nearest: ${nearestNames(full, this.#known).join(', ')}.`,
    );
  }
}

function summary(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') || 'none' : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
