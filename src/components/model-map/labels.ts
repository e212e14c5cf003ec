// SPDX-License-Identifier: MIT
import { nothing, svg, type SVGTemplateResult } from 'lit';
import type { PlacedStep } from './layout.js';
import { parametersOf, parametersOfBlock, type MapPart } from './map-data.js';
import { round } from './paths.js';
import type { MapScene } from './scene.js';
import { axesText, formatParameters, mainHook, parametersText } from './sentences.js';
import { mapStrings } from './strings.js';

/** Neighbouring blocks that are drawn as marks, with the y of their middle. */
interface BlockGroup {
  first: number;
  last: number;
  y: number;
}

export function groupsOfBlocks(steps: readonly PlacedStep[]): BlockGroup[] {
  const groups: (BlockGroup & { top: number })[] = [];
  for (const placed of steps) {
    if (placed.step.type !== 'block') continue;
    const { layer } = placed.step;
    const group = groups.at(-1);
    if (group && group.first === layer + 1) {
      group.first = layer;
      group.y = (group.top + placed.y) / 2;
    } else groups.push({ first: layer, last: layer, y: placed.y, top: placed.y });
  }
  return groups;
}

/**
 * The words beside the drawing. Blocks are alike, so that the parts of one of them are named: of the one that is pointed at, else of the
 * first. Of the others it is said how large they are.
 */
export function labelsTemplate(scene: MapScene, groups: readonly BlockGroup[]): SVGTemplateResult {
  const { map, layout } = scene;
  const { labelX, parametersX, steps } = layout;
  const places = placesOfBlocks(steps);
  const pointed = scene.chosen?.part.layer;
  const named = pointed !== undefined && places.has(pointed) ? pointed : Math.min(...places.keys());
  return svg`${parametersX === undefined ? nothing : words(parametersX, 7, mapStrings.mapParameters, 'soft end')}${steps
    .filter(({ step }) => step.type !== 'block')
    .map((placed) => stepLabel(scene, placed, named))}${[...places].map(
    ([layer, y]) =>
      svg`${words(0, y, mapStrings.mapBlock(layer), 'soft')}${
        layer === named || parametersX === undefined
          ? nothing
          : words(parametersX, y, formatParameters(parametersOfBlock(map, layer)), 'soft end')
      }`,
  )}${groups.map(({ first, last, y }) => {
    const each = formatParameters(parametersOfBlock(map, first));
    const name = mapStrings.mapBlocks(first, last);
    if (parametersX === undefined) return words(layout.width - 1, y, name, 'soft end');
    const count = last - first + 1;
    return svg`${words(labelX, y, name, 'soft')}${words(parametersX, y, count === 1 ? each : mapStrings.mapTimes(count, each), 'soft end')}`;
  })}`;
}

/** The y of the middle of each block that is drawn in full. */
function placesOfBlocks(steps: readonly PlacedStep[]): Map<number, number> {
  const places = new Map<number, { from: number; to: number }>();
  for (const { step, y } of steps) {
    if (step.type !== 'siding') continue;
    const layer = step.parts[0]!.layer!;
    places.set(layer, { from: places.get(layer)?.from ?? y, to: y });
  }
  return new Map([...places].map(([layer, { from, to }]) => [layer, (from + to) / 2]));
}

function stepLabel(scene: MapScene, placed: PlacedStep, named: number): SVGTemplateResult | typeof nothing {
  const { step, y } = placed;
  const { facts } = scene.map;
  const narrow = scene.layout.parametersX === undefined;
  if (step.type === 'block') return nothing;
  const [first] = step.type === 'siding' ? step.parts : [step.part];
  if (first!.layer !== undefined && first!.layer !== named) return nothing;
  switch (step.type) {
    case 'siding':
      return step.parts.length === 1
        ? row(scene, first!, labelOf(scene, first!), y)
        : svg`${step.parts.map((part, index) => row(scene, part, labelOf(scene, part), y + (index === 0 ? 9 : -9), narrow))}`;
    case 'embed': {
      const positions = scene.rows.at(-1)!.length > 1;
      if (narrow || !positions) return row(scene, step.part, mapStrings.mapShort.embed, y + 8);
      return svg`${row(scene, { kind: 'pos_embed' }, mapStrings.mapRows.positions, y - 4)}${row(scene, step.part, mapStrings.mapShort.embed, y + 13)}`;
    }
    case 'unembed':
      return row(scene, step.part, mapStrings.mapShort.unembed, y);
    case 'norm':
      return row(scene, step.part, mapStrings.mapRows.norm(facts), y, true);
    case 'stop':
      return row(scene, step.part, step.part.kind, y, true);
  }
}

function labelOf({ map, layout }: MapScene, { kind }: MapPart): string {
  if (layout.parametersX === undefined) return mapStrings.mapShort[kind === 'mlp' ? 'mlp' : kind === 'cross_attn' ? 'cross' : 'attention'];
  if (kind === 'cross_attn') return mapStrings.mapShort.cross;
  return kind === 'mlp' ? mapStrings.mapRows.mlp(map.facts) : mapStrings.mapRows.attention(map.facts);
}

/** The words of one part; in a narrow figure its parameters stand under its name. */
function row(scene: MapScene, part: MapPart, label: string, y: number, quiet = false): SVGTemplateResult {
  const { map, layout } = scene;
  const { labelX, hookX, shapeX, parametersX } = layout;
  const state =
    scene.chosen && scene.chosen.part.kind === part.kind && scene.chosen.part.layer === part.layer
      ? scene.locked
        ? ' on locked'
        : ' on'
      : '';
  const count = quiet && parametersOf(map, part) === 0 ? '' : parametersText(map, part);
  if (parametersX === undefined) {
    const [first, second] = count && !quiet ? [y - 7, y + 7] : [y, y];
    return svg`${words(labelX, first, label, (quiet ? 'soft' : '') + state)}${count && !quiet ? words(labelX, second, count, 'soft') : nothing}`;
  }
  const hook = mainHook(map, part);
  const name = hook?.name.replace(/^blocks\.\d+\./, '') ?? '';
  return svg`${words(labelX, y, label, (quiet ? 'soft' : '') + state)}${hookX === undefined ? nothing : words(hookX, y, name, 'soft')}${
    shapeX === undefined || !hook
      ? nothing
      : words(shapeX, y, hook.hidden === undefined ? axesText(hook.axes) : mapStrings.mapHatched, 'soft')
  }${count ? words(parametersX, y, count, 'soft end') : nothing}`;
}

function words(x: number, y: number, text: string, name: string): SVGTemplateResult {
  return svg`<text class=${name} x=${round(x)} y=${round(y)}>${text}</text>`;
}
