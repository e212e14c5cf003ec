// SPDX-License-Identifier: MIT
import type { CellGrid } from '../../shared/heatmap.js';
import { headGrid, headsGrid, topKeys, weightAt } from '../attention-data.js';
import type { AttentionScene } from '../scene.js';

/** A line from a query to a key. */
export interface Line {
  query: number;
  key: number;
  weight: number;
}

/** The lines of one head, or of several heads drawn as one. */
export interface LineGroup {
  /** The head, where the group is one head's. */
  head: number | undefined;
  /** A categorical colour, where there are several groups; the ramp of weights where there is one. */
  hue: string | undefined;
  /** Strong ones last, so that they are drawn above. */
  lines: Line[];
}

/**
 * Colours for at most eight heads beside each other, told apart also by colour-blind readers (after Okabe and Ito, 2008), each at least
 * 3 to 1 against the paper.
 */
export const hues = {
  light: ['#0072b2', '#d55e00', '#00845f', '#aa3d8a', '#8f6d00', '#2f8fc9', '#7d1d3f', '#5c5c5c'],
  dark: ['#4ea8e0', '#ff9257', '#2fcf9f', '#f090cf', '#f0c541', '#a9dcff', '#ff7f9c', '#c4c4c4'],
} as const;

/** The heads that have lines of their own: two to eight chosen ones. */
export function hueOf({ heads, apart, theme }: AttentionScene): readonly string[] {
  return apart ? hues[theme.dark ? 'dark' : 'light'].slice(0, heads.length) : [];
}

/** The lines that are shown: the strongest few of each query, or all from a threshold on. */
export function lineGroups(scene: AttentionScene): LineGroup[] {
  const { figure, layer, heads, grid, pair } = scene;
  const colours = hueOf(scene);
  if (colours.length === 0) return [{ head: heads.length === 1 ? heads[0] : undefined, hue: undefined, lines: linesOf(scene, grid) }];
  return heads.map((head, index) => ({
    head,
    hue: colours[index],
    lines: linesOf(scene, pair ? headsGrid(figure, layer, [head], 'mean', pair) : headGrid(figure, layer, head)),
  }));
}

function linesOf({ topK, threshold }: AttentionScene, grid: CellGrid): Line[] {
  const lines: Line[] = [];
  for (let query = 0; query < grid.rows; query++) {
    if (threshold === undefined) {
      for (const { at, weight } of topKeys(grid, query, topK)) if (weight > 0) lines.push({ query, key: at, weight });
    } else {
      for (let key = 0; key < grid.columns; key++) {
        const weight = weightAt(grid, query, key);
        if (weight !== undefined && weight >= threshold) lines.push({ query, key, weight });
      }
    }
  }
  return lines.sort((one, other) => one.weight - other.weight);
}
