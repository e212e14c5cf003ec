// SPDX-License-Identifier: MIT
import type { HookedModel } from '../model/hooked-model.js';
import type { HiddenHook, LayeredName, ModelFacts, ModelHook, ModelTrace, ModelWeight } from '../trace/kinds/model.js';
import { provenanceOf, type FigureKind } from './types.js';

/** What a `<model-map>` asks for: nothing, since it is about the model itself. */
export type ModelFigureOptions = Record<never, never>;

export type ModelFigure = FigureKind<ModelFigureOptions, ModelTrace>;

/** Reasons that say of a hook that the model has nothing of the kind. All others say that the file hides what the model has. */
const absent =
  /not normalised|not rotated|no rotation|no gate|are parallel|pre-norm|post-norm|no table of|nothing in|no MLP|no norm|no head|without a norm|neither the stream|embedded inputs/;

/** The map of a model, from its graph and the places of its weights. Nothing runs and no weight is read. */
export async function recordModel(model: HookedModel): Promise<ModelTrace> {
  const { hooks, weights, config } = model;
  const described = weights.names.map((name) => weights.describe(name)).filter(({ place }) => place !== undefined);
  const tied = tiedEmbeddings(described, config);
  const owners = new Map<string, string>();
  const held = described.map(({ name, axes, dims, place }): Single<ModelWeight> => {
    const owner = tied && name === 'unembed.W_U' ? 'embed.W_E' : owners.get(place!);
    if (owner === undefined) owners.set(place!, name);
    return { name, axes: [...axes], dims: [...dims], ...(owner !== undefined && { same: owner }) };
  });
  const architecture: ModelFacts = { ...hooks.architecture, nCtx: contextLength(described, config), tied };
  const count = architecture.nLayer;
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'model',
    provenance: provenanceOf(model),
    prompt: '',
    tokens: [],
    architecture,
    hooks: byLayer<ModelHook>(
      [...hooks.sites.values()].map(({ name, axes, dims, notEditableBecause }) => ({
        name,
        axes,
        dims,
        ...(notEditableBecause !== undefined && { fixed: notEditableBecause }),
      })),
      count,
    ),
    hidden: byLayer<HiddenHook>(
      hooks.missing.filter(({ because }) => !absent.test(because)).map(({ name, because }) => ({ name, because })),
      count,
    ),
    weights: byLayer(held, count),
  };
}

/** An entry of one block, under its full name. */
type Single<T extends LayeredName> = Omit<T, 'layers'>;

/** Entries that are the same in several blocks, once: models are tall, and their blocks alike. */
function byLayer<T extends LayeredName>(entries: readonly Single<T>[], count: number): T[] {
  const groups = new Map<string, { entry: Single<T>; layers: number[] }>();
  for (const entry of entries) {
    const [, layer] = /^blocks\.(\d+)\./.exec(entry.name) ?? [];
    const name = entry.name.replace(/^blocks\.\d+\./, 'blocks.{layer}.');
    const general = { ...entry, name };
    const key = JSON.stringify(general);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { entry: general, layers: [] }));
    if (layer !== undefined) group.layers.push(Number(layer));
  }
  return [...groups.values()].map(({ entry, layers }) => {
    const some = layers.length > 0 && layers.length < count;
    return { ...entry, ...(some && { layers }) } as T;
  });
}

interface Described {
  name: string;
  dims: readonly number[];
  place: string | undefined;
}

/**
 * Whether W_U is W_E turned: because the file holds them once, or because config.json says so of a file that holds them twice. A
 * config.json that says nothing means yes, as in the library that writes them.
 */
function tiedEmbeddings(weights: readonly Described[], config: Readonly<Record<string, unknown>>): boolean | null {
  const embedding = weights.find(({ name }) => name === 'embed.W_E');
  const unembedding = weights.find(({ name }) => name === 'unembed.W_U');
  if (!embedding || !unembedding) return null;
  if (embedding.place === unembedding.place) return true;
  return embedding.dims[0] === unembedding.dims[1] && config['tie_word_embeddings'] !== false;
}

function contextLength(weights: readonly Described[], config: Readonly<Record<string, unknown>>): number | null {
  const said = ['n_positions', 'max_position_embeddings', 'n_ctx'].map((name) => config[name]).find((value) => typeof value === 'number');
  return said ?? weights.find(({ name }) => name === 'pos_embed.W_pos')?.dims[0] ?? null;
}
