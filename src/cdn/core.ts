// SPDX-License-Identifier: MIT
// The core for a page without a build: what `import ... from 'vitrine'` gives elsewhere.
import './page-settings.js';

export * from '../core/index.js';
export { openLocal } from '../worker/local.js';
