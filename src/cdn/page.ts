// SPDX-License-Identifier: MIT
// The bundle inside a saved page: all elements with all their views in one file.
import '../components/define/all.js';

export { version } from '../components/index.js';
