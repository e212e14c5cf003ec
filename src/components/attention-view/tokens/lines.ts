// SPDX-License-Identifier: MIT
import type { DisplayToken } from '../../shared/token-display.js';

const rightToLeft = /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}]/u;

/** Which way a text runs: that of its first letter. Its tokens are isolated from each other, so that no browser finds it by itself. */
export function directionOf(tokens: readonly DisplayToken[]): 'ltr' | 'rtl' {
  for (const { special, text } of tokens) {
    const letter = special ? undefined : /\p{L}/u.exec(text)?.[0];
    if (letter) return rightToLeft.test(letter) ? 'rtl' : 'ltr';
  }
  return 'ltr';
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
