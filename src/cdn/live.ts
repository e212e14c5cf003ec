// SPDX-License-Identifier: MIT
// What the bundle of the elements loads at a reader's press; the worker's script lies beside it.
import type { LoadModel } from '../components/index.js';
import { openLive } from '../worker/live.js';

export const loadLiveModel: LoadModel = (request, options) => openLive(request, options, new URL('vitrine-worker.min.js', import.meta.url));
