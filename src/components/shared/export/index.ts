// SPDX-License-Identifier: MIT
// What saving a figure takes; loaded when a reader saves one, or a script asks for a picture.
export { capture } from './capture.js';
export { toPage } from './page.js';
export { toPng } from './png.js';
export { toSvg } from './svg.js';
