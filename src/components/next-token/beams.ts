// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { cssColour, rampRgb, type Ramp } from '../shared/colour.js';
import { formatNumber, formatPercent } from '../shared/format.js';
import type { GridController } from '../shared/grid-controller.js';
import type { Pointing } from '../shared/pointing.js';
import { strings } from '../shared/strings.js';
import { displayOne } from '../shared/token-display.js';
import { tokenTemplate } from '../shared/token-view.js';
import { beamPx } from './layout.js';
import type { NextData } from './next-data.js';
import { nextTokenStrings as words } from './strings.js';

/** The tree of a beam search, as it is drawn. */
export interface BeamScene {
  figure: NextData;
  /** Nodes in the order in which the tree is read: index into the list of the data. */
  order: readonly number[];
  /** The node that is pointed at or locked. */
  pointed: number | undefined;
  locked: boolean;
  grid: GridController;
  ramp: Ramp;
  /** Of the figure, CSS pixels. */
  width: number;
}

/** Nodes in the order of a walk down the tree, the likelier branch first. */
export function beamOrder({ beams }: NextData): number[] {
  const nodes = beams?.nodes ?? [];
  const walk = (parent: number): number[] => childrenOf(nodes, parent).flatMap((index) => [index, ...walk(index)]);
  return walk(-1);
}

function childrenOf(nodes: NonNullable<NextData['beams']>['nodes'], parent: number): number[] {
  const list = nodes.flatMap((node, index) => (node.parent === parent ? [index] : []));
  return list.sort((one, other) => nodes[other]!.logProbability - nodes[one]!.logProbability);
}

/** The sequence that ends at a node. */
export function beamText({ beams, tokenOf }: NextData, index: number): string {
  let text = '';
  for (let at = index; at >= 0; at = beams!.nodes[at]!.parent) text = tokenOf(beams!.nodes[at]!.id).text + text;
  return text;
}

/** One sequence as a sentence that could be quoted. */
export function beamSentence(figure: NextData, index: number): string {
  const { logProbability, kept } = figure.beams!.nodes[index]!;
  const { quoted } = displayOne(beamText(figure, index));
  return words.beamSentence(quoted, formatNumber(logProbability), formatPercent(Math.exp(logProbability)), kept);
}

/** The node of the likeliest sequence of full length that was kept. */
function bestNode({ beams }: NextData): number | undefined {
  const nodes = beams?.nodes ?? [];
  const parents = new Set(nodes.map(({ parent }) => parent));
  const leaves = nodes.flatMap(({ kept }, index) => (kept && !parents.has(index) ? [index] : []));
  return leaves.sort((one, other) => nodes[other]!.logProbability - nodes[one]!.logProbability)[0];
}

function depthOf({ beams }: NextData): number {
  const depths: number[] = [];
  for (const { parent } of beams!.nodes) depths.push((depths[parent] ?? 0) + 1);
  return Math.max(1, ...depths);
}

/** Where an arrow along the depth leads from a node: to the likeliest token after it, or to the one before it. */
export function alongDepth({ beams }: NextData, index: number, key: string): number | undefined {
  if (key === 'ArrowRight') return childrenOf(beams!.nodes, index)[0];
  const parent = key === 'ArrowLeft' ? beams!.nodes[index]!.parent : -1;
  return parent >= 0 ? parent : undefined;
}

/** Beam search as a tree: what was kept goes on, what was cut is faded and ends. Where there is room, depth goes to the right. */
export function beamsTemplate(
  scene: BeamScene,
  pointing: Pointing<number>,
  { label, onKey }: { label: string | undefined; onKey: (event: KeyboardEvent) => void },
): TemplateResult {
  const { figure, order, grid } = scene;
  const { nodes } = figure.beams!;
  const onPath = new Set<number>();
  for (let at = scene.pointed ?? bestNode(figure) ?? -1; at >= 0; at = nodes[at]!.parent) onPath.add(at);
  const own = beamPx(scene.width, depthOf(figure));
  const branch = (parent: number, level: number): TemplateResult | typeof nothing => {
    const list = childrenOf(nodes, parent);
    return list.length === 0
      ? nothing
      : html`<div class="branch" role="none">${list.map((index, place) => item(index, level, place, list.length))}</div>`;
  };
  /* eslint-disable lit-a11y/accessible-name -- the content of a node names it, which the rule does not see */
  // The levels are told, not nested: the name of a node is its own sequence, without what hangs on it.
  const item = (index: number, level: number, place: number, count: number): TemplateResult => {
    const { id, kept, logProbability } = nodes[index]!;
    const active = grid.focused && order[grid.active.row] === index;
    const classes = ['beam', kept ? '' : 'cut', onPath.has(index) ? 'path' : '', index === scene.pointed ? 'here' : ''].join(' ');
    return html`<div class="node" role="none">
      <div
        class=${classes}
        role="treeitem"
        id=${`b${index}`}
        aria-level=${level}
        aria-posinset=${place + 1}
        aria-setsize=${count}
        aria-selected=${index === scene.pointed && scene.locked}
        data-node=${index}
        data-focus=${active ? '' : nothing}
      >
        <span class="visually-hidden">${beamSentence(figure, index)}</span>
        <span class="piece" aria-hidden="true">${tokenTemplate(figure.tokenOf(id))}</span>
        <span class="nats" aria-hidden="true">${formatNumber(logProbability)}</span>
        <span class="share" aria-hidden="true"><span .style=${share(scene, index)}></span></span>
      </div>
      ${branch(index, level + 1)}
    </div>`;
  };
  /* eslint-enable lit-a11y/accessible-name */
  return html`<div
      class="beams ${scene.locked ? 'locked' : ''} ${own === undefined ? '' : 'deep'}"
      .style=${own === undefined ? '' : `--beam: ${own}px`}
      part="beams"
      role="tree"
      tabindex="0"
      aria-label=${label ?? words.beamsLabel}
      aria-describedby="hint"
      aria-activedescendant=${order.length > 0 ? `b${order[grid.active.row]}` : nothing}
      @keydown=${{ handleEvent: onKey, capture: true }}
      ${answers(grid, pointing)}
    >
      ${branch(-1, 1)}
    </div>
    <p id="hint" class="visually-hidden">${words.beamsHint}</p>`;
}

/** The probability of a token after the ones that it hangs on, as a line under it. */
function share({ figure, ramp }: BeamScene, index: number): string {
  const { nodes } = figure.beams!;
  const { parent, logProbability } = nodes[index]!;
  const own = Math.exp(logProbability - (nodes[parent]?.logProbability ?? 0));
  return `inline-size: ${(own * 100).toFixed(1)}%; background: ${cssColour(rampRgb(ramp, 190))}`;
}

/** What is pointed at, else what a beam search is and what it found. */
export function beamCaption({ figure, pointed, locked }: BeamScene): TemplateResult {
  const { width, nodes } = figure.beams!;
  const mark = locked ? html` <span class="quiet">(${strings.locked})</span>` : nothing;
  const best = bestNode(figure);
  const found = best === undefined ? undefined : nodes[best]!.logProbability;
  return html`<div>${pointed === undefined ? words.beamCaption(width) : beamSentence(figure, pointed)}.${mark}</div>
    ${
      best === undefined || found === undefined
        ? nothing
        : html`<div class="quiet">
            ${words.beamBest(displayOne(beamText(figure, best)).quoted, formatNumber(found), formatPercent(Math.exp(found)))}.
          </div>`
    }`;
}
