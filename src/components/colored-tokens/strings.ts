// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** The sentences of `<colored-tokens>`. */
export const tokensStrings = /* @__PURE__ */ sentences({
  tokensLabel: (rows: string) => (rows ? `Tokens coloured by ${rows}` : 'Coloured tokens'),
  tokensHint: 'Arrow keys move through the text, Enter locks, Escape lets go.',
  tokenSentence: (token: string, position: number, values: string) => `${token} (position ${position}): ${values}`,
  tokenValue: (label: string, value: string) => (label ? `${label} ${value}` : value),
  noValue: 'no value',
  tokensSummary: (label: string, mean: string, highest: string, token: string, position: number) =>
    `${label ? `${label}: mean` : 'Mean'} ${mean}; largest ${highest}, of ${token} (position ${position})`,
  valueShown: 'Value shown',
  tokensMeans: (list: string) => `mean ${list}`,
  logTitle: (title: string) => `${title}, logarithm`,
  logColours: 'colours by the logarithm',
  tokenHead: 'Token',
  valueHead: 'Value',
});
