// SPDX-License-Identifier: MIT
import type { TokenMark } from './scene.js';

/** Lines of the text stand this far apart, in its own font size: stripes need room under each. */
export const lineHeights: Readonly<Record<TokenMark, number>> = { fill: 1.7, underline: 2.35 };

/** All stripes under a line together, however many they are, and what the last line needs under it. CSS pixels. */
export const bandPx = 15;
export const underLastPx = 7;

/** A legend for each row of values; as many as fit stand beside each other. */
export const legendGrid = 'display: grid; grid: auto-flow 22px / repeat(auto-fill, minmax(min(100%, 15em), 1fr)); gap: 0 1.4em';

/** How many rows of values there will be, where nobody has said it. */
export const likelyRows = 3;
