// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** The sentences of `<logit-lens>` itself; those of its curves and of its further colours come with them. */
export const lensStrings = /* @__PURE__ */ sentences({
  position: (position: number) => `position ${position}`,
  lensLabel: 'Logit lens',
  lensGridHint:
    'Rows are layers, the last on top; columns are positions, their tokens in the last row. Arrow keys move, Enter locks a cell or compares a position, Escape lets go.',
  lensPositionHint: 'Rows are layers, the last on top; columns are the likeliest tokens. Arrow keys move, Enter locks, Escape lets go.',
  lensCell: (label: string, after: string, token: string, probability: string) => `${label}, after ${after}: ${token} ${probability}`,
  lensSentence: (label: string, after: string, position: number, token: string, probability: string) =>
    `${label}: after ${after} (position ${position}) the likeliest next token is ${token}, ${probability}`,
  lensTarget: (token: string, probability: string, rank: string) => `${token}: ${probability}, rank ${rank}`,
  lensEntropy: (entropy: string, kl: string) => `entropy ${entropy} nats, ${kl} nats from the output`,
  lensOutput: (entropy: string) => `entropy ${entropy} nats`,
  lensSettled: (label: string) => `settled from ${label}`,
  lensSettledKey: 'settled from here up',
  lensNorm: { recompute: 'final norm recomputed', cached: 'final norm of the whole run' },
  lensStride: (stride: number) => `one row in ${stride}`,
  lensFollow: (token: string) => `Follow ${token} through the layers`,
  colourTop: 'probability of the likeliest token',
  probabilityLegend: 'probability',
  earlier: 'Earlier positions',
  later: 'Later positions',
  promptStrip: 'The prompt; choose a token to read the lens after it',
  point: 'Layer',
  nextToken: 'Likeliest next tokens',
});
