// SPDX-License-Identifier: MIT
// For a page without a build: what `import ... from 'vitrine'` gives elsewhere, techniques and all. What it shares with the core lies there.
import './page-settings.js';

export * from '../core/index.js';
