// SPDX-License-Identifier: MIT
// What a lens shows beyond its grid: curves, further colours, column widths. Loaded after the grid is drawn, into a place that is kept free.
export { LensReader } from './reader.js';
