// SPDX-License-Identifier: MIT
import { sentences } from '../../shared/sentences.js';

/** The sentences of a logit lens's curves and of the further colours. */
export const lensCurveStrings = /* @__PURE__ */ sentences({
  lensColour: 'Colour and curves show',
  lensTitle: {
    top: 'probability of the likeliest token',
    target: (token: string) => `probability of ${token}`,
    rank: (token: string) => `rank of ${token}`,
    entropy: 'entropy',
    kl: 'KL divergence to the output',
    agreement: 'agreement with the output',
  },
  outputToken: 'the output’s token',
  rankEnd: (rank: string) => `rank ${rank}`,
  nats: (value: string) => `${value} nats`,
  agreementEnds: ['another token', 'the output’s token'] as [string, string],
  neverTop: (k: number) => `never among the ${k} likeliest`,
  curves: { probability: 'Probability', rank: 'Rank', entropy: 'Entropy', kl: 'KL to the output' },
  curveTitle: (statistic: string, after: string) => `${statistic} by layer${after}`,
  curveAfter: (token: string, position: number) => `, after ${token} (position ${position})`,
  curvesLeft: (count: number) => `${count} more ${count === 1 ? 'curve is' : 'curves are'} not drawn`,
  curveSummary: (name: string, first: string, last: string) => `${name} from ${first} to ${last}`,
  atLeast: (name: string) => `at least ${name}`,
  pointSentence: (label: string, values: string) => `${label}: ${values}`,
  layers: 'layer',
  followField: 'Follow a token',
  sumWithLast: 'sum with the last',
  letGo: (name: string) => `Let go of ${name}`,
  followToken: (token: string) => `Follow ${token}`,
  compareHere: 'Compare',
  comparePosition: (position: number) => `Compare position ${position}`,
  atPosition: (position: number) => `position ${position}`,
  unknownToken: (token: string, k: number) => `"${token}" is nowhere among the ${k} likeliest of these data.`,
  columnWidth: 'Column width',
});
