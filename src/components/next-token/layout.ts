// SPDX-License-Identifier: MIT

/** Heights of a row of candidates and of a node of the beam search, CSS pixels. */
export const rowPx = 26;
export const nodePx = 24;

/** From this width on, the depth of a beam search goes to the right, and every sequence that ends has a row; else every node has one. */
export const deepFrom = 620;

/** Settings of decoding that have a slider. */
export const sliderCount = 5;
