// SPDX-License-Identifier: MIT
// The map as a list of steps from the top (logits) to the bottom (embedding), and as rows that the keyboard walks.
import { hasPart, type MapData, type MapPart, type MapPlace, type PartKind } from './map-data.js';

/** One step of the drawing. */
export type MapStep =
  /** A state of the stream, or a norm that the stream itself goes through. */
  | { type: 'stop' | 'norm' | 'unembed' | 'embed'; part: MapPart }
  /** What reads from the stream and adds to it: one part, or two that work side by side. */
  | { type: 'siding'; parts: readonly MapPart[] }
  /** A block that is drawn as a mark. */
  | { type: 'block'; layer: number };

/** Blocks that are drawn in full: all of a low model, else the first, the chosen ones and the last. */
export function openLayers(count: number, chosen: readonly number[]): Set<number> {
  if (count <= mostOpen) return new Set(Array.from({ length: count }, (_, layer) => layer));
  return new Set([0, ...chosen.filter((layer) => layer >= 0 && layer < count), count - 1]);
}

const mostOpen = 5;

/** Whether all blocks of a model are drawn in full. */
export const isLow = (count: number): boolean => count <= mostOpen;

export function stepsOf(map: MapData, open: ReadonlySet<number>): MapStep[] {
  const { nLayer } = map.facts;
  const steps: MapStep[] = [];
  if (hasPart(map, { kind: 'unembed' })) steps.push({ type: 'unembed', part: { kind: 'unembed' } });
  if (hasPart(map, { kind: 'ln_final' })) steps.push({ type: 'norm', part: { kind: 'ln_final' } });
  for (let layer = nLayer - 1; layer >= 0; layer--) {
    if (!open.has(layer)) steps.push({ type: 'block', layer });
    else steps.push(...stepsOfBlock(map, layer, layer === nLayer - 1));
  }
  if (hasPart(map, { kind: 'embed.ln' })) steps.push({ type: 'norm', part: { kind: 'embed.ln' } });
  steps.push({ type: 'embed', part: { kind: 'embed' } });
  return steps;
}

function stepsOfBlock(map: MapData, layer: number, last: boolean): MapStep[] {
  const part = (kind: PartKind): MapPart => ({ kind, layer });
  const has = (kind: PartKind): boolean => hasPart(map, part(kind));
  const stop = (kind: PartKind): MapStep[] => [{ type: 'stop', part: part(kind) }];
  const post = map.facts.normPosition === 'post';
  const onStream = (kind: PartKind): MapStep[] => (post && has(kind) ? [{ type: 'norm', part: part(kind) }] : []);
  // What one block gives is what the next one takes; of a post-norm model, only once it is normalised.
  const end = last || post ? stop('resid_post') : [];
  if (map.facts.parallel) {
    return [...end, { type: 'siding', parts: [part('attn'), part('mlp')] }, ...stop('resid_pre')];
  }
  return [
    ...onStream('ln2'),
    ...end,
    ...(has('mlp') ? ([{ type: 'siding', parts: [part('mlp')] }] as const) : []),
    ...(has('cross_attn') ? ([{ type: 'siding', parts: [part('cross_attn')] }] as const) : []),
    ...onStream('ln1'),
    ...(has('resid_mid') ? stop('resid_mid') : []),
    { type: 'siding', parts: [part('attn')] },
    ...stop('resid_pre'),
  ];
}

/** The norms of a part in a siding: on what it reads, and on what it writes. */
export function normsOf(map: MapData, { kind, layer }: MapPart): { read?: MapPart; write?: MapPart } {
  const number = kind === 'attn' ? 1 : 2;
  const norm = (name: PartKind): MapPart | undefined =>
    layer !== undefined && hasPart(map, { kind: name, layer }) ? { kind: name, layer } : undefined;
  const read = map.facts.normPosition === 'pre' && kind !== 'cross_attn' ? norm(`ln${number}`) : undefined;
  const write = kind === 'cross_attn' ? undefined : norm(`ln${number}_post`);
  return { ...(read && { read }), ...(write && { write }) };
}

/** What each arrow key reaches: up and down from row to row, left and right inside one. */
export function rowsOf(map: MapData, steps: readonly MapStep[]): MapPlace[][] {
  return steps.flatMap((step): MapPlace[][] => {
    switch (step.type) {
      case 'siding': {
        const norms = step.parts.map((part) => normsOf(map, part));
        const row = (side: 'read' | 'write'): MapPlace[][] => {
          const places = norms.flatMap((found) => (found[side] ? [{ part: found[side] }] : []));
          return places.length > 0 ? [places] : [];
        };
        return [...row('write'), step.parts.flatMap((part) => placesOf(map, part)), ...row('read')];
      }
      case 'block':
        return [(['attn', 'mlp'] as const).map((kind) => ({ part: { kind, layer: step.layer } })).filter(({ part }) => hasPart(map, part))];
      case 'embed':
        return [[{ part: step.part }, ...(hasPart(map, { kind: 'pos_embed' }) ? [{ part: { kind: 'pos_embed' as const } }] : [])]];
      default:
        return [[{ part: step.part }]];
    }
  });
}

/** A part, and its heads. */
function placesOf(map: MapData, part: MapPart): MapPlace[] {
  const heads = part.kind === 'attn' ? Array.from({ length: map.facts.nHead }, (_, head): MapPlace => ({ part, head })) : [];
  return [{ part }, ...heads];
}

export function samePlace(one: MapPlace | undefined, other: MapPlace | undefined): boolean {
  return one?.head === other?.head && one?.part.kind === other?.part.kind && one?.part.layer === other?.part.layer;
}
