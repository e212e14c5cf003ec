// SPDX-License-Identifier: MIT
import { nothing, svg, type SVGTemplateResult } from 'lit';
import { groupsOfBlocks } from './labels.js';
import type { PlacedStep, Rect, SidingPart } from './layout.js';
import { labelsTemplate } from './labels.js';
import { partId, type MapPlace } from './map-data.js';
import { branch, hatchPath, mlpPath, neuronsOf, round, trapezoid } from './paths.js';
import { normsOf } from './rows.js';
import { sumSign, tickSign } from './signs.js';
import { fillOf, isHidden, stateOf, type MapScene } from './scene.js';

/** The whole drawing, from the logits at the top to the embedding at the bottom. */
export function drawingTemplate(scene: MapScene): SVGTemplateResult {
  const { layout } = scene;
  const { width, height, streamX, top, bottom, steps } = layout;
  return svg`<svg class=${`map${scene.map.values ? ' valued' : ''}`} part="map" width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
    <path class="stream" d="M${streamX} ${round(bottom)}V${round(top)}"></path>
    ${steps.map((placed) => stepTemplate(scene, placed))}
    ${labelsTemplate(scene, groupsOfBlocks(steps))}
  </svg>`;
}

function stepTemplate(scene: MapScene, placed: PlacedStep): SVGTemplateResult {
  if ('parts' in placed) return sidingTemplate(scene, placed);
  if ('marks' in placed) return marksTemplate(scene, placed);
  const { step, y } = placed;
  const place: MapPlace = { part: step.part };
  const { streamX } = scene.layout;
  switch (step.type) {
    case 'stop':
      return group(scene, place, svg`<circle class="stop" cx=${streamX} cy=${round(y)} r="3.5"></circle>`, around(streamX, y, 12, 9));
    case 'norm':
      return group(scene, place, tickSign(streamX, y, 'level'), around(streamX, y, 12, 8));
    case 'unembed':
      return group(scene, place, matrix(scene, place, streamX, y - 10, 64, 14), around(streamX, y, 36, 16));
    case 'embed':
      return embedTemplate(scene, y);
  }
}

/** Tokens and, beside them, positions, which are added at once. */
function embedTemplate(scene: MapScene, y: number): SVGTemplateResult {
  const { streamX, partsX } = scene.layout;
  const tokens: MapPlace = { part: { kind: 'embed' } };
  const positions: MapPlace = { part: { kind: 'pos_embed' } };
  const middle = partsX + 34;
  const joins = y - 14;
  const has = scene.rows.at(-1)!.length > 1;
  return svg`${group(scene, tokens, matrix(scene, tokens, streamX, y - 2, 14, 64), around(streamX, y + 8, 36, 12))}${
    has
      ? group(
          scene,
          positions,
          svg`<path class="track" d=${branch(streamX, joins, y - 2, [middle], false)}></path>${sumSign(streamX, joins)}${matrix(scene, positions, middle, y - 2, 14, 44)}`,
          around(middle, y + 6, 26, 14),
        )
      : nothing
  }`;
}

const matrixHeight = 20;

function matrix(scene: MapScene, place: MapPlace, middle: number, top: number, above: number, below: number): SVGTemplateResult {
  const box: Rect = { x: middle - Math.min(above, below) / 2, y: top, width: Math.min(above, below), height: matrixHeight };
  return svg`<path class="shape" d=${trapezoid(middle, top, matrixHeight, above, below)} .style=${fillStyle(scene, place)}></path>${
    isHidden(scene.map, place) ? svg`<path class="lines" d=${hatchPath(box)}></path>` : nothing
  }`;
}

/** What reads from the stream and adds to it. */
function sidingTemplate(scene: MapScene, placed: Extract<PlacedStep, { parts: SidingPart[] }>): SVGTemplateResult {
  const { map, layout } = scene;
  const { streamX } = layout;
  const { parts, read, write } = placed;
  const side = parts.length > 1;
  const ends = parts.map(endsOf);
  const norms = parts.map(({ part }) => normsOf(map, part));
  // Two norms before two parts side by side stand on each part's own way; one is on the common way.
  const own = side && norms.filter((one) => one.read).length > 1;
  const ticks = norms.flatMap((one, index): SVGTemplateResult[] => {
    const made: SVGTemplateResult[] = [];
    const at = middleOf(parts[index]!.box);
    if (one.read) {
      const [x, y] = own ? [at, read - 4] : [streamX + 18, read];
      made.push(group(scene, { part: one.read }, tickSign(x, y, own ? 'level' : 'upright'), around(x, y, 7, 8)));
    }
    if (one.write)
      made.push(group(scene, { part: one.write }, tickSign(streamX + 18, write, 'upright'), around(streamX + 18, write, 7, 7)));
    return made;
  });
  return svg`${parts.map(({ part, box }, index) => {
    const place: MapPlace = { part };
    const d = branch(streamX, read, box.y + box.height, ends[index]!, true) + branch(streamX, write, box.y, ends[index]!, false);
    const hit: Rect = {
      x: index === 0 ? streamX + 8 : box.x - 6,
      y: write,
      width: box.width + (index === 0 ? box.x - streamX : 12),
      height: read - write,
    };
    return group(scene, place, svg`<path class="track" d=${d}></path>${partTemplate(scene, parts[index]!)}`, hit);
  })}${ticks}${sumSign(streamX, write)}`;
}

/** Where the ways of a part begin and end: at every head, where they stand in one row, since each reads and writes by itself. */
function endsOf({ box, heads }: SidingPart): number[] {
  if (!heads || heads.rows > 1) return [middleOf(box)];
  return heads.groups.length > 0 ? heads.groups.map(middleOf) : heads.cells.map(middleOf);
}

const middleOf = ({ x, width }: Rect): number => x + width / 2;

function partTemplate(scene: MapScene, { part, box, heads }: SidingPart): SVGTemplateResult {
  const { map } = scene;
  const place: MapPlace = { part };
  const hidden = isHidden(map, place);
  const lines = (rect: Rect): SVGTemplateResult | typeof nothing =>
    hidden ? svg`<path class="lines" d=${hatchPath(rect)}></path>` : nothing;
  if (!heads) {
    const { dModel, dMlp, gated } = map.facts;
    const share = Math.min(0.9, Math.max(0.3, dMlp ? dModel / dMlp : 0.5));
    const inner = { ...box, x: box.x + (box.width * (1 - share)) / 2, width: box.width * share };
    return svg`<path class="shape" d=${mlpPath(box, share, gated)} .style=${fillStyle(scene, place)}></path>${rect(
      neuronsOf(box),
      'neurons',
      fillOf(scene, place),
    )}${lines(inner)}`;
  }
  const whole = fillOf(scene, place);
  return svg`${heads.groups.map((bar) => svg`<rect class="bar" x=${round(bar.x)} y=${round(bar.y)} width=${round(bar.width)} height=${bar.height}></rect>`)}${heads.cells.map(
    (cell, head) => {
      const one: MapPlace = { part, head };
      const fill = map.headValues ? fillOf(scene, one) : whole;
      return part.kind === 'attn'
        ? group(scene, one, svg`${rect(cell, 'shape', fill)}${lines(cell)}`)
        : svg`${rect(cell, 'shape', fill)}${lines(cell)}`;
    },
  )}`;
}

/** Blocks that are not drawn in full: a mark for the attention, one for the MLP. */
function marksTemplate(scene: MapScene, { step, marks }: Extract<PlacedStep, { marks: Rect[] }>): SVGTemplateResult {
  const row = scene.rows.find((places) => places[0]?.part.layer === step.layer) ?? [];
  return svg`${row.map((place, index) => {
    const mark = marks[index]!;
    const hit = {
      ...mark,
      x: index === 0 ? scene.layout.streamX : mark.x - 2,
      width: mark.width + (index === 0 ? mark.x - scene.layout.streamX : 4),
    };
    return group(scene, place, rect(mark, 'shape', fillOf(scene, place)), { ...hit, y: mark.y - 1, height: mark.height + 2 });
  })}`;
}

/** What is drawn of a place, with the area in which it is pointed at. */
function group(scene: MapScene, place: MapPlace, drawn: SVGTemplateResult, hit?: Rect): SVGTemplateResult {
  return svg`<g class=${`place ${stateOf(scene, place)}`} data-part=${partId(place.part)} data-head=${place.head ?? nothing}>${
    hit ? rect(hit, 'hit', undefined) : nothing
  }${drawn}</g>`;
}

function rect({ x, y, width, height }: Rect, name: string, fill: string | undefined): SVGTemplateResult {
  return svg`<rect class=${name} x=${round(x)} y=${round(y)} width=${round(width)} height=${round(height)} .style=${fill ? `fill: ${fill}` : ''}></rect>`;
}

function fillStyle(scene: MapScene, place: MapPlace): string {
  const fill = fillOf(scene, place);
  return fill ? `fill: ${fill}` : '';
}

const around = (x: number, y: number, width: number, height: number): Rect => ({
  x: x - width,
  y: y - height,
  width: 2 * width,
  height: 2 * height,
});
