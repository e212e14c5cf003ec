// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { selectNames, type NameSelector } from '../hooks/names.js';
import type { HookSite } from '../hooks/types.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { StagedGraph } from '../stages/staged-graph.js';
import { ActivationCache, type CacheEntry } from './activation-cache.js';
import { download } from './download.js';
import { headResult, materialise, type BatchShape, type RawActivation } from './materialise.js';
import type { Tensor } from './tensor.js';
import type { WeightReader } from './weights.js';

/** The hooks that a run is to keep, and how the graph's tensors become activations. */
export class Capture {
  readonly #graph: StagedGraph;
  readonly #weights: WeightReader;
  readonly #sites: readonly HookSite[];

  /**
   * @param names - all hooks where undefined, but for those that are computed from a weight matrix and large (hook_result)
   * @throws VitrineError `unknown-hook`
   */
  constructor(graph: StagedGraph, weights: WeightReader, names: NameSelector | undefined) {
    this.#graph = graph;
    this.#weights = weights;
    const sites = [...graph.table.sites.values()];
    if (names === undefined) this.#sites = sites.filter((site) => site.derived?.kind !== 'head-result');
    else {
      const selected = new Set(selectNames(graph.table, names));
      this.#sites = sites.filter((site) => selected.has(site.name));
    }
  }

  /** The tensors to fetch; `lastStage` leaves out what later stages make. */
  tensors(lastStage = Infinity): Set<string> {
    const made = this.#sites.filter((site) => (this.#graph.partition.stageOf(site.tensor) ?? Infinity) <= lastStage);
    return new Set(made.map((site) => site.tensor));
  }

  /** The last stage that makes something to keep. */
  get lastStage(): number {
    return Math.max(0, ...this.#sites.map((site) => this.#graph.partition.stageOf(site.tensor) ?? 0));
  }

  /**
   * The cache of a run.
   *
   * @param made - what the run gave and what it was fed, by tensor
   */
  async cache(made: ReadonlyMap<string, RuntimeTensor>, shape: BatchShape, keepOn: 'cpu' | 'gpu'): Promise<ActivationCache> {
    const entries = new Map<string, CacheEntry>();
    const downloaded = new Map<string, RawActivation>();
    const activationOf = async (tensor: string): Promise<RawActivation> => {
      const known = downloaded.get(tensor);
      if (known) return known;
      const activation = await download(made.get(tensor)!, keepOn === 'cpu');
      downloaded.set(tensor, activation);
      return activation;
    };
    for (const site of this.#sites) {
      const tensor = made.get(site.tensor);
      if (!tensor) continue;
      if (keepOn === 'gpu' && tensor.location === 'gpu-buffer' && site.derived?.kind !== 'head-result') {
        entries.set(site.name, {
          gpu: tensor,
          read: () => {
            throw new VitrineError(
              'invalid-option',
              `"${site.name}" is on the GPU. Read it with \`await cache.download(...)\`, or leave out keepOn: 'gpu'.`,
            );
          },
          download: async () => materialise(site, await download(tensor, false), shape),
        });
        continue;
      }
      const activation = await activationOf(site.tensor);
      if (site.derived?.kind === 'head-result') {
        // The only hook that needs a weight matrix, so the only one made ahead.
        const result = await this.#headResult(site, activation, shape);
        entries.set(site.name, { read: () => result });
      } else entries.set(site.name, { read: () => materialise(site, activation, shape) });
    }
    return new ActivationCache(entries, [...this.#graph.table.sites.keys()], this.#graph.table.architecture.nLayer);
  }

  async #headResult(site: HookSite, activation: RawActivation, shape: BatchShape): Promise<Tensor> {
    if (site.derived?.kind !== 'head-result') throw new VitrineError('runtime', `"${site.name}" is not computed from hook_z.`);
    const { nHead, dHead, dModel, weight, transposed } = site.derived;
    const z: HookSite = {
      ...site,
      axes: ['batch', 'pos', 'head', 'd_head'],
      letters: ['b', 's', 'h', 'd'],
      dims: [null, null, nHead, dHead],
    };
    delete z.derived;
    const tensor = this.#graph.index.constant(weight);
    if (!tensor) throw new VitrineError('runtime', `The weight "${weight}" of ${site.name} is not an initializer of the graph.`);
    return headResult(materialise(z, activation, shape), await this.#weights.read(tensor), dModel, transposed);
  }
}
