// SPDX-License-Identifier: MIT
import { directionOf, type DisplayToken } from '../../shared/token-display.js';

/** Which way a text of tokens runs: what is special is no part of it. */
export function directionOfTokens(tokens: readonly DisplayToken[]): 'ltr' | 'rtl' {
  return directionOf(tokens.map(({ special, text }) => (special ? '' : text)).join(''));
}

/** The token of the next line, or with `step` -1 of the line before, that is nearest to the one at `at`; that one itself at the ends. */
export function onNextLine(pieces: readonly Element[], at: number, step: 1 | -1): number {
  const boxes = pieces.map((piece) => piece.getClientRects()[0] ?? piece.getBoundingClientRect());
  const { left, top, width, height } = boxes[at]!;
  let [nearest, line, distance] = [at, top, Infinity];
  for (let other = at; boxes[other]; other += step) {
    const box = boxes[other]!;
    const apart = (box.top - line) * step > height / 2;
    if (apart && nearest !== at) break;
    if (apart) line = box.top;
    const away = Math.abs(box.left + box.width / 2 - left - width / 2);
    if (line !== top && (apart || away < distance)) [nearest, distance] = [other, away];
  }
  return nearest;
}
