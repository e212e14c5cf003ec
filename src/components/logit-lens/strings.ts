// SPDX-License-Identifier: MIT

/** The sentences of `<logit-lens>`. */
export const lensStrings = {
  position: (position: number) => `position ${position}`,
  lensLabel: 'Logit lens',
  lensGridHint: 'Rows are layers, the last on top; columns are positions. Arrow keys move, Enter locks, Escape lets go.',
  lensPositionHint: 'Rows are layers, the last on top; columns are the likeliest tokens. Arrow keys move, Enter locks, Escape lets go.',
  lensCell: (label: string, after: string, token: string, probability: string) => `${label}, after ${after}: ${token} ${probability}`,
  lensSentence: (label: string, after: string, position: number, token: string, probability: string) =>
    `${label}: after ${after} (position ${position}) the likeliest next token is ${token}, ${probability}`,
  lensTarget: (token: string, probability: string, rank: string) => `${token}: ${probability}, rank ${rank}`,
  lensEntropy: (entropy: string, kl: string) => `entropy ${entropy} nats, ${kl} nats from the output`,
  lensOutput: (entropy: string) => `entropy ${entropy} nats`,
  lensNorm: { recompute: 'final norm recomputed', cached: 'final norm of the whole run' },
  colour: 'Colour shows',
  colourTop: 'probability of the likeliest token',
  colourTarget: (token: string) => `probability of ${token}`,
  probabilityLegend: 'probability',
  earlier: 'Earlier positions',
  later: 'Later positions',
  promptStrip: 'The prompt; choose a token to read the lens after it',
  point: 'Layer',
  nextToken: 'Likeliest next tokens',
};
