// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import type { BeamNode } from '../shared/core.js';
import { formatNumber } from '../shared/format.js';
import { tokenTemplate } from '../shared/token-view.js';
import type { NextData } from './next-data.js';
import { nextTokenStrings as words } from './strings.js';

/** Beam search as a nested list: what was kept goes on, what was cut is faded and ends. */
export function beamsTemplate(figure: NextData): TemplateResult {
  const { nodes, width } = figure.beams!;
  const children = new Map<number, number[]>();
  nodes.forEach(({ parent }, index) => children.set(parent, [...(children.get(parent) ?? []), index]));
  const branch = (parent: number): TemplateResult | undefined => {
    const list = children.get(parent);
    return (
      list &&
      html`<ul>
        ${list.map((index) => item(nodes[index]!, index))}
      </ul>`
    );
  };
  const item = (node: BeamNode, index: number): TemplateResult => {
    const token = figure.tokenOf(node.id);
    return html`<li class=${node.kept ? '' : 'cut'}>
      <span class="beam">
        ${tokenTemplate(token)}
        <span class="quiet">${formatNumber(node.logProbability)}</span
        >${node.kept ? '' : html`<span class="visually-hidden">${words.cutLegend}</span>`}
      </span>
      ${branch(index)}
    </li>`;
  };
  return html`<div class="beams" part="beams" role="region" aria-label=${words.beamCaption(width)}>${branch(-1)}</div>`;
}

/** The likeliest sequence that was kept, and its log-probability. */
export function bestBeam({ beams, tokenOf }: NextData): { text: string; logProbability: number } | undefined {
  const nodes = beams?.nodes ?? [];
  const leaves = nodes
    .map((node, index) => ({ node, index }))
    .filter(({ node, index }) => node.kept && !nodes.some(({ parent }) => parent === index));
  const best = leaves.sort((one, other) => other.node.logProbability - one.node.logProbability)[0];
  if (!best) return undefined;
  let text = '';
  for (let at = best.index; at >= 0; at = nodes[at]!.parent) text = tokenOf(nodes[at]!.id).text + text;
  return { text, logProbability: best.node.logProbability };
}
