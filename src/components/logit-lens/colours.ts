// SPDX-License-Identifier: MIT

/** What the colour of a cell and the height of a curve say. */
export type LensColour = 'top' | 'target' | 'rank' | 'entropy' | 'kl' | 'agreement';
export const lensColours: readonly LensColour[] = ['top', 'target', 'rank', 'entropy', 'kl', 'agreement'];
