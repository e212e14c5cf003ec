// SPDX-License-Identifier: MIT
import type { TraceBase, TraceToken } from './core.js';

/** The text and the tokens of a trace whose tokens came as bare texts, or as tokens. */
export function plainTokens(tokens: readonly (string | TraceToken)[]): Pick<TraceBase, 'prompt' | 'tokens'> {
  const own = tokens.map((token) => (typeof token === 'string' ? { id: 0, text: token } : token));
  return { prompt: own.map(({ text }) => text).join(''), tokens: own };
}
