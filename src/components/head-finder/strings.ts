// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** The sentences of `<head-finder>`. */
export const headFinderStrings = /* @__PURE__ */ sentences({
  scoreKind: 'Ranked by',
  headKinds: {
    previous: 'previous token',
    duplicate: 'duplicate token',
    induction: 'induction',
    self: 'itself',
    entropy: 'low entropy',
    distance: 'distance',
  },
  headScore: (head: string, score: string, kind: string) => `head ${head} scores ${score} for ${kind}`,
  headPlace: (place: number, of: number) => `${place} of ${of}`,
  scoredBy: 'Score',
  headConvention: {
    diagonal: 'mean of a diagonal',
    mask: 'share of all attention',
    'mask-abs': 'likeness to the ideal pattern',
    rows: 'mean over queries',
  },
  headUnits: { share: 'share of attention', likeness: '1 where exactly alike', entropy: 'nats', distance: 'tokens' },
  rankedHeads: (kind: string) => `Heads ranked by ${kind}`,
  rankedHint: 'Arrow keys move, Enter locks, Escape lets go.',
  headMap: 'layers from below, heads from left',
  headMapLabel: 'The score of every head, by layer and head',
  headLooks: {
    previous: 'marked: the token before',
    duplicate: 'marked: its earlier copies',
    induction: 'marked: after an earlier copy',
    self: 'marked: the token itself',
    entropy: '',
    distance: '',
  },
  noPattern: 'The pattern of this head was not recorded.',
  rankedHead: 'Head',
  rankedScore: 'Score',
});
