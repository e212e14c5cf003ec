// SPDX-License-Identifier: MIT
import type { GraphIndex } from '../onnx/graph.js';
import { readInts } from './attributes.js';

/** Tokens besides the patches: none, a class token, and one for distillation or registers. */
const extraTokens = [1, 0, 2, 5];

/**
 * The side of the images that a vision graph takes, in pixels: from its table of positions and the stride of its patches, since the
 * number of positions is often burnt into the graph; else from config.json; else 224.
 */
export function imageSide(index: GraphIndex, config: Record<string, unknown>): number {
  const vision = config.vision_config as Record<string, unknown> | undefined;
  const stated = [config.image_size, vision?.image_size].flat().find((side) => typeof side === 'number');
  const patches = index.graph.nodes.find((node) => /^Conv/.test(node.opType) && (readInts(node, 'strides')?.[0] ?? 1) > 1);
  const weight = patches && index.constant(patches.inputs[1] ?? '');
  const stride = patches && readInts(patches, 'strides')?.[0];
  if (!weight || !stride) return stated ?? 224;
  const sides = positionTables(index, weight.dims[0]!).flatMap((rows) =>
    extraTokens.map((extra) => Math.sqrt(rows - extra)).filter((side) => Number.isInteger(side) && side > 1),
  );
  const fits = sides.map((side) => side * stride);
  return stated !== undefined && fits.includes(stated) ? stated : (fits[0] ?? stated ?? 224);
}

/** Numbers of rows of the tables [1, n, d], and of the tables [n, d] that are looked up in. */
function positionTables(index: GraphIndex, width: number): number[] {
  return index.graph.initializers.flatMap(({ name, dims }) => {
    if (dims.at(-1) !== width) return [];
    if (dims.length === 3 && dims[0] === 1 && dims[1]! > 1) return [dims[1]!];
    const lookedUp = dims.length === 2 && index.consumers(name).some(({ node, input }) => node.opType === 'Gather' && input === 0);
    return lookedUp ? [dims[0]!] : [];
  });
}
