// SPDX-License-Identifier: MIT
// Imported when a reader asks for a live model, never before. In the bundle for a script tag, another file stands in for this module.
import { openLive } from '../../worker/live.js';
import type { LoadModel } from './live-model.js';

/** Opens a model: in a worker where one can be had, else on the page's own thread. */
export const loadLiveModel: LoadModel = (request, options) => openLive(request, options);
