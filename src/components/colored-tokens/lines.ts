// SPDX-License-Identifier: MIT

/**
 * The cell above (`step` -1) or below (1) one in running text: on the next line, the one nearest along it.
 *
 * @param cells - in the order of the text
 * @returns the index of that cell; `from` itself on the first or last line
 */
export function lineNeighbour(cells: ArrayLike<Element>, from: number, step: -1 | 1): number {
  const own = cells[from]?.getClientRects()[0];
  if (!own) return from;
  const middle = own.left + own.width / 2;
  let [best, bestTop, bestAway] = [from, NaN, Infinity];
  for (let at = from + step; at >= 0 && at < cells.length; at += step) {
    const { top, left, right } = cells[at]!.getClientRects()[0] ?? own;
    if (Math.abs(top - own.top) < own.height / 2) continue;
    if (Number.isNaN(bestTop)) bestTop = top;
    // The line after the next one has begun.
    if (Math.abs(top - bestTop) >= own.height / 2) break;
    const away = middle < left ? left - middle : Math.max(0, middle - right);
    if (away < bestAway) [best, bestAway] = [at, away];
  }
  return best;
}
