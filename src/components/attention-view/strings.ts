// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** The sentences of `<attention-view>`. */
export const attentionStrings = /* @__PURE__ */ sentences({
  view: 'View',
  views: { matrix: 'matrix', overview: 'all heads', tokens: 'text', arcs: 'lines' },
  viewFailed: 'This view could not be loaded. Check the connection and load the page again.',
  options: 'Options',
  layer: 'Layer',
  head: 'Head',
  segments: 'From, to',
  allSegments: 'all',
  headNamed: (name: string) => `head ${name}`,
  combined: (how: 'mean' | 'max', names: readonly string[], all: boolean) =>
    `${how === 'mean' ? 'mean' : 'largest'} of ${all ? `all ${names.length} heads` : names.length > 1 ? `heads ${names.join(', ')}` : `head ${names[0]}`}`,
  attentionCaption: (layer: number, head: string) => `Layer ${layer}, head ${head}`,
  severalCaption: (layer: number, heads: string) => `Layer ${layer}, ${heads}`,
  attends: (name: string, query: string, weight: string, key: string, position: number) =>
    `${name}: ${query} attends ${weight} to ${key} (position ${position})`,
  attentionIdle: 'Each row shows where one token looks; choose a cell to read its weight.',
  tokensIdle: 'Point at a token to see what it attends to and what attends to it.',
  arcsIdle: 'Lines lead from a token to those it attends to; point at a token to see its own.',
  overviewIdle: 'Every head of every layer; choose one to see it large.',
  at: (token: string, position: number) => `${token} (${position})`,
  attendsMost: (query: string, list: string) => `from ${query}: ${list}`,
  attendedMost: (key: string, list: string) => `to ${key}: ${list}`,
  inHead: (link: string, head: string) => `${link} in ${head}`,
  headsNamed: (names: readonly string[]) => `heads ${names.join(', ')}`,
  to: (weight: string, key: string) => `${weight} to ${key}`,
  from: (weight: string, query: string) => `${weight} from ${query}`,
  notChosen: (token: string) => `${token} is not in the chosen segment`,
  masked: 'masked',
  maskedCell: (key: string, query: string) => `${key} comes after ${query}: masked`,
  leftOut: (query: string, key: string) => `${query} to ${key}: not among the chosen segments`,
  weightLegend: 'attention weight',
  signedLegend: 'weight',
  sqrtLegend: 'attention weight, square-root scale',
  headLegend: 'attention weight, each head on its own scale',
  ownMax: (max: string) => `${max} here`,
});
