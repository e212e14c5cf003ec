// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';
import type { ModelFacts } from '../shared/core.js';
import type { PartKind } from './map-data.js';

const norm = (facts: ModelFacts): string => (facts.norm === 'rms' ? 'RMS norm' : 'layer norm');

/** The sentences of `<model-map>`. */
export const mapStrings = /* @__PURE__ */ sentences({
  mapLabel: (model: string) => `Map of ${model || 'a model'}`,
  mapHint: 'Up and Down walk along the stream, Left and Right among heads. Enter locks or opens a block, Escape lets go.',
  mapBlock: (layer: number) => `block ${layer}`,
  mapBlocks: (first: number, last: number) => (first === last ? `block ${first}` : `blocks ${first} to ${last}`),
  mapTimes: (count: number, each: string) => `${count} × ${each}`,
  mapOpens: 'press to open',
  mapHead: (layer: number, head: number) => `head ${layer}.${head}`,
  mapParts: {
    embed: (_layer, facts) => (facts.family === 'vision' ? 'the embedding of patches' : 'the embedding of tokens'),
    pos_embed: () => 'the embedding of positions',
    'embed.ln': (_layer, facts) => `the ${norm(facts)} of the embedding`,
    resid_pre: (layer) => `the stream before block ${layer}`,
    ln1: (layer, facts) =>
      facts.normPosition === 'post'
        ? `the ${norm(facts)} after the attention of block ${layer}`
        : `the ${norm(facts)} before the attention of block ${layer}`,
    attn: (layer, facts) => `the attention of block ${layer}, ${facts.nHead} heads`,
    ln1_post: (layer, facts) => `the ${norm(facts)} of what the attention of block ${layer} writes`,
    resid_mid: (layer) => `the stream between attention and MLP of block ${layer}`,
    cross_attn: (layer) => `the attention of block ${layer} to the encoder`,
    ln2: (layer, facts) =>
      facts.normPosition === 'post'
        ? `the ${norm(facts)} after the MLP of block ${layer}`
        : `the ${norm(facts)} before the MLP of block ${layer}`,
    mlp: (layer, facts) => `the ${facts.gated ? 'gated MLP' : 'MLP'} of block ${layer}`,
    ln2_post: (layer, facts) => `the ${norm(facts)} of what the MLP of block ${layer} writes`,
    resid_post: (layer) => `the stream after block ${layer}`,
    ln_final: (_layer, facts) => `the final ${norm(facts)}`,
    unembed: (_layer, facts) => (facts.family === 'vision' ? 'the classifier' : 'the unembedding'),
  } satisfies Record<PartKind, (layer: number, facts: ModelFacts) => string> as Record<
    PartKind,
    (layer: number, facts: ModelFacts) => string
  >,
  mapNoHook: (name: string) => `${name}: no hook`,
  mapHidden: (name: string, hook: string, because: string) => `${name}: ${hook} is not readable in this file: ${because}`,
  mapShares: (group: number) => `; its keys and values are those of group ${group}`,
  mapCaption: (model: string, blocks: number, heads: number, mlp: boolean, parameters: string) =>
    `${model || 'This model'}: ${blocks} blocks of ${heads} heads${mlp ? ' and an MLP' : ''}, ${parameters} parameters.`,
  mapUncounted: 'without the embedding, whose table was not found',
  mapIdle: 'Choose a part to read its hooks and shapes.',
  mapTied: (rest: string) => (rest ? `tied + ${rest}` : 'tied'),
  mapShape: 'shape',
  mapHook: 'hook',
  mapParameters: 'parameters',
  mapPart: 'Part',
  mapContents: 'Hooks, weights and parameters',
  mapHatched: 'not readable in this file',
  mapLegend: 'value',
  mapState: 'state of the stream',
  mapSum: 'adds to it',
  mapRows: {
    attention: (facts: ModelFacts) =>
      facts.nKeyValueHead < facts.nHead
        ? `${facts.nHead} heads, ${facts.nKeyValueHead} key/value`
        : `${facts.nHead} heads of ${facts.dHead}`,
    mlp: (facts: ModelFacts) => `${facts.gated ? 'gated MLP' : 'MLP'}${facts.dMlp === null ? '' : ` ${facts.dMlp}`}, ${facts.activation}`,
    positions: 'positions',
    norm: (facts: ModelFacts) => (facts.norm === 'rms' ? 'RMS norm' : 'layer norm'),
  },
  mapShort: { attention: 'attention', cross: 'cross-attention', mlp: 'MLP', embed: 'embed', unembed: 'unembed' },
});
