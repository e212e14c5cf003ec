// SPDX-License-Identifier: MIT

/** The sentences of `<attention-view>`. */
export const attentionStrings = {
  layer: 'Layer',
  head: 'Head',
  attentionLabel: (layer: number, head: string) => `Attention of layer ${layer}, head ${head}`,
  attentionGridHint: (causal: boolean) =>
    `${causal ? 'Causal: a token attends only to itself and to those before it. ' : ''}Arrow keys move, Enter locks, Escape lets go.`,
  attends: (head: string, query: string, weight: string, key: string, position: number) =>
    `head ${head}: ${query} attends ${weight} to ${key} (position ${position})`,
  attentionCell: (query: string, queryAt: number, key: string, keyAt: number, weight: string) =>
    `query ${query} ${queryAt}, key ${key} ${keyAt}, ${weight}`,
  attentionCaption: (layer: number, head: string) => `Layer ${layer}, head ${head}`,
  attentionIdle: 'Each row shows where one token looks; choose a cell to read its weight.',
  at: (token: string, position: number) => `${token} (${position})`,
  attendsMost: (query: string, list: string) => `from ${query}: ${list}`,
  to: (weight: string, key: string) => `${weight} to ${key}`,
  masked: 'masked',
  maskedCell: (key: string, query: string) => `${key} comes after ${query}: masked`,
  weightLegend: 'attention weight',
  pooled: (factor: number) => `Each pixel of a thumbnail is the largest of ${factor} × ${factor} weights.`,
  topKeys: 'Attends most to',
  token: 'Token',
  headSummary: (entropy: string) => `Mean entropy of the rows: ${entropy} nats.`,
};
