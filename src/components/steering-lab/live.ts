// SPDX-License-Identifier: MIT
// What only a lab needs that can be run: loaded with its fields, or with its first run.
export { LiveTexts } from './live-texts.js';
export { VectorSource } from './vector-source.js';
