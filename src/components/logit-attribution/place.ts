// SPDX-License-Identifier: MIT
import type { AttributionData } from './attribution-data.js';

export type AttributionView = 'components' | 'heads' | 'neurons';

/**
 * What is taken apart: the whole model into components, heads (a map) or neurons; one layer into its heads or neurons; one head into the
 * tokens that it reads from.
 */
export interface Place {
  view: AttributionView;
  layer?: number | undefined;
  head?: number | undefined;
}

/** The views that the data have. */
export function viewsOf({ heads, neurons }: AttributionData): AttributionView[] {
  return ['components', ...(heads ? (['heads'] as const) : []), ...(neurons ? (['neurons'] as const) : [])];
}

/** The place with what the data do not have left out. */
export function placeWithin(figure: AttributionData, { view, layer, head }: Place): Place {
  if (view === 'components' || !viewsOf(figure).includes(view)) return { view: 'components' };
  if (layer === undefined || layer < 0 || layer >= figure.layerCount) return { view };
  if (view === 'neurons' || !figure.sources || head === undefined || head < 0 || head >= figure.headCount) return { view, layer };
  return { view, layer, head };
}

export function samePlace(one: Place, other: Place): boolean {
  return one.view === other.view && one.layer === other.layer && one.head === other.head;
}

/** The way down to a place, where nobody has gone it: through the components of the layer. */
export function wayTo(place: Place): Place[] {
  const { view, layer, head } = place;
  if (view === 'components' || layer === undefined) return [place];
  const way: Place[] = [{ view: 'components' }, { view, layer }];
  return head === undefined ? way : [...way, place];
}
