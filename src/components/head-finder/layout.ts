// SPDX-License-Identifier: MIT

/** Edge of a pattern in the list, CSS pixels. */
export const thumbnailEdge = 40;
export const rowHeight = thumbnailEdge + 6;
/** From this width on, map and pattern stand beside the list. */
export const wideFrom = 560;

/** Edges of the two pictures beside the list, CSS pixels. */
export function besideEdge({ wide, width }: { wide: boolean; width: number }): number {
  return wide ? Math.min(260, Math.round(width * 0.34)) : Math.min(220, Math.floor((width - 14) / 2));
}

/** Height of the map: square cells, no higher than wide. */
export function mapHeight({ layerCount, headCount }: { layerCount: number; headCount: number }, edge: number): number {
  return Math.min(edge, Math.round((edge / headCount) * layerCount));
}
