// SPDX-License-Identifier: MIT
// Registers every element under its own tag.
import './attention-view.js';
import './colored-tokens.js';
import './logit-attribution.js';
import './logit-lens.js';
import './steering-lab.js';
import './vitrine-model.js';
import './head-finder.js';
import './next-token.js';
import './patching-grid.js';
import './model-map.js';
