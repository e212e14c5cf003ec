// SPDX-License-Identifier: MIT
import { Lazy } from '../shared/lazy.js';
import type { ViewModule } from './scene.js';

/** Ways to show attention. */
export const views = ['matrix', 'overview', 'tokens', 'arcs'] as const;
export type AttentionViewName = (typeof views)[number];

/** Each is loaded when it is first shown. */
export const viewModules: Readonly<Record<AttentionViewName, Lazy<ViewModule>>> = {
  matrix: new Lazy(() => import('./matrix/matrix-view.js')),
  overview: new Lazy(() => import('./overview/overview-view.js')),
  tokens: new Lazy(() => import('./tokens/tokens-view.js')),
  arcs: new Lazy(() => import('./arcs/arcs-view.js')),
};

/** What draws comes together with the view that is shown first; further views come when they are asked for. */
export const pictures = new Map(
  views.map((view) => [
    view,
    new Lazy(async () => (await Promise.all([import('./picture.js'), viewModules[view].load({ waits: new Set() })]))[0]),
  ]),
);
