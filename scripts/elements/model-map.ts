// SPDX-License-Identifier: MIT
import { decodeArray, recordFigure, type HookedModel } from '../../src/core/index.js';
import { swapped } from '../figures/prompts.js';

/** The model itself, and the same coloured with what each part adds to the right name. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const map = await recordFigure(model, 'model', {});
  const { prompt, receiver, giver } = swapped;
  const attribution = await recordFigure(model, 'attribution', { prompt, answer: receiver, wrong: giver });
  const components = decodeArray(attribution.components).data;
  const { data: heads, shape } = decodeArray(attribution.heads!);
  const [layers, perLayer] = shape as [number, number];
  const short = (value: number): number => Math.round(value * 1e4) / 1e4;
  return {
    'model-map.json': map,
    'model-map-names.json': {
      ...map,
      values: Object.fromEntries(attribution.labels.map((label, at) => [label, short(components[at]!)])),
      headValues: Array.from({ length: layers }, (_, layer) => Array.from(heads.subarray(layer * perLayer, (layer + 1) * perLayer), short)),
    },
    'model-map-attention.json': await recordFigure(model, 'attention', { prompt }),
  };
}
