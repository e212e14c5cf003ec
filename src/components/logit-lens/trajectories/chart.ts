// SPDX-License-Identifier: MIT
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Pointing } from '../../shared/pointing.js';
import { tokenTemplate } from '../../shared/token-view.js';
import { layerOf, shortLabel, type LensScene } from '../scene.js';
import { curveName, curvesOf, statisticOf, type Curve } from './curves.js';
import { scaleFor, valueText, type Scale } from './scale.js';
import { lensCurveStrings as say } from './strings.js';

/** Room around the curves: above, for the layers below, and for the names at their ends. */
const room = { top: 8, bottom: 22, names: 92, namesNarrow: 84 };
const titleHeight = 20;
const nameHeight = 15;
const layerWidth = 22;
const dashes = ['none', '6 3', '1.5 3', '9 3 2 3'];

/** Where the curves stand in the chart, CSS pixels. */
interface Plot {
  left: number;
  width: number;
  height: number;
  x(point: number): number;
  y(value: number): number;
}

/** The layers under a point of the chart, for {@link pointAt}. */
export function pointAt(event: MouseEvent, { layout, figure }: LensScene): number | undefined {
  const { left } = (event.currentTarget as Element).getBoundingClientRect();
  const plot = plotOf(layout, figure.labels.length, { place: () => 0, ticks: [] });
  const share = (event.clientX - left - plot.left) / plot.width;
  if (share < -0.06 || share > 1.06) return undefined;
  return Math.round(Math.min(1, Math.max(0, share)) * (figure.labels.length - 1));
}

/** The chosen tokens and positions through all layers: one line each, named at its end; dotted what is only pointed at. */
export function chartTemplate(scene: LensScene, pointing: Pointing<number>): TemplateResult {
  const { figure, layout, chosen, compared } = scene;
  const { curves, left } = curvesOf(scene);
  const statistic = statisticOf(scene);
  const scale = scaleFor(statistic, curves);
  const plot = plotOf(layout, figure.labels.length, scale);
  const { width, height } = layout.chart;
  const token = figure.tokens[chosen.position]!;
  const after = compared.length ? '' : say.curveAfter(token.quoted, chosen.position);
  const title = say.curveTitle(say.curves[statistic], after);
  return html`<div class="chart" part="chart" role="img" aria-label=${summary(scene, title, curves)} .style=${`inline-size: ${width}px`}>
    <div class="chart-title" .style=${`padding-inline-start: ${layout.mode === 'grid' ? plot.left : 0}px`}>${title}</div>
    <svg
      width=${width}
      height=${height - titleHeight}
      aria-hidden="true"
      @pointermove=${pointing.onMove}
      @pointerleave=${pointing.onLeave}
      @pointerdown=${pointing.onDown}
      @click=${pointing.onClick}
    >
      ${axes(scene, plot, scale)}
      <line class="rule" x1=${plot.x(chosen.point)} x2=${plot.x(chosen.point)} y1=${room.top} y2=${room.top + plot.height}></line>
      ${curves.map((curve) => line(curve, plot, chosen.point))}
    </svg>
    ${names(scene, curves, plot)} ${left ? html`<div class="chart-left">${say.curvesLeft(left)}</div>` : nothing}
  </div>`;
}

function plotOf({ chart, rowLabels, mode }: LensScene['layout'], points: number, scale: Scale): Plot {
  const left = rowLabels - (mode === 'grid' ? 0 : 8);
  const width = chart.width - left - (mode === 'grid' ? room.names : room.namesNarrow);
  const height = chart.height - titleHeight - room.top - room.bottom;
  return {
    left,
    width,
    height,
    x: (point) => left + (points > 1 ? (point / (points - 1)) * width : 0),
    y: (value) => room.top + (1 - scale.place(value)) * height,
  };
}

/** A few lines across with their values, and the number of each block where its stream enters it. */
function axes({ figure, chosen }: LensScene, plot: Plot, { ticks }: Scale): unknown {
  const blocks = figure.labels.flatMap((label, point) => (label.endsWith('_pre') ? [point] : []));
  const every = Math.max(1, Math.ceil((layerWidth * blocks.length) / plot.width));
  const last = figure.labels.length - 1;
  const clear = (point: number): boolean => plot.x(last) - plot.x(point) > layerWidth * 1.3;
  const layers = blocks.filter((_, index) => index % every === 0).filter(clear);
  const below = room.top + plot.height + 18;
  const text = (x: number, words: string, here: boolean): unknown =>
    svg`<text class=${here ? 'here' : ''} x=${x} y=${below} text-anchor="middle">${words}</text>`;
  return [
    ...ticks.map(
      ({ value, text }) =>
        svg`<line class="tick" x1=${plot.left} x2=${plot.left + plot.width} y1=${plot.y(value)} y2=${plot.y(value)}></line>
          <text x=${plot.left - 8} y=${plot.y(value)} text-anchor="end" dominant-baseline="central">${text}</text>`,
    ),
    svg`<text x=${plot.left - 8} y=${below} text-anchor="end">${say.layers}</text>`,
    ...layers.map((point) => text(plot.x(point), String(layerOf(figure.labels[point]!)), point === chosen.point)),
    text(plot.x(last), shortLabel(figure.labels[last]!), chosen.point === last),
  ];
}

/** A line that stops where the data say nothing; a value without neighbours is a dot. */
function line({ values, hue, dash }: Curve, plot: Plot, chosen: number): unknown {
  let path = '';
  const dots: number[] = [];
  const known = (point: number): boolean => point >= 0 && point < values.length && !Number.isNaN(values[point]!);
  for (let point = 0; point < values.length; point++) {
    if (!known(point)) continue;
    path += `${known(point - 1) ? 'L' : 'M'}${plot.x(point).toFixed(1)} ${plot.y(values[point]!).toFixed(1)}`;
    if (point === chosen || (!known(point - 1) && !known(point + 1))) dots.push(point);
  }
  return svg`<g class=${hueClass(hue)}>
    <path d=${path} fill="none" stroke-dasharray=${hue === undefined ? '2 3' : dashes[dash % dashes.length]!}></path>
    ${dots.map((point) => svg`<circle cx=${plot.x(point)} cy=${plot.y(values[point]!)} r="2.5"></circle>`)}
  </g>`;
}

/** The names at the ends of the lines, moved apart where they would cover each other. */
function names({ figure, compared, layout }: LensScene, curves: readonly Curve[], plot: Plot): unknown {
  const ends = curves.flatMap((curve) => {
    let last = curve.values.length - 1;
    while (last >= 0 && Number.isNaN(curve.values[last]!)) last--;
    return last < 0 ? [] : [{ curve, y: plot.y(curve.values[last]!) }];
  });
  ends.sort((a, b) => a.y - b.y);
  const floor = room.top + plot.height;
  ends.forEach((end, index) => (end.y = Math.max(end.y, index ? ends[index - 1]!.y + nameHeight : room.top)));
  for (let index = ends.length - 1; index >= 0; index--) {
    ends[index]!.y = Math.min(ends[index]!.y, index === ends.length - 1 ? floor : ends[index + 1]!.y - nameHeight);
  }
  const inset = plot.left + plot.width + 7;
  return ends.map(({ curve, y }) => {
    const { ids, position, partial, hue } = curve;
    const withPosition = ids.length === 0 || compared.length > 0;
    return html`<div
      class="name-end ${hueClass(hue)}"
      aria-hidden="true"
      .style=${`inset-block-start: ${titleHeight + y}px; inset-inline-start: ${inset}px; max-inline-size: ${layout.chart.width - inset}px`}
    >
      <span class="tokens"
        >${partial ? '≥ ' : nothing}${ids.map((id, index) => html`${index ? ' + ' : nothing}${tokenTemplate(figure.tokenOf(id))}`)}</span
      >
      ${withPosition ? html`<span class="at">${ids.length ? `@${position}` : say.atPosition(position)}</span>` : nothing}
    </div>`;
  });
}

export function hueClass(hue: number | undefined): string {
  return hue === undefined ? 'hue' : `hue hue${hue % 8}`;
}

/** The chart in words: where each line begins and ends. */
function summary(scene: LensScene, title: string, curves: readonly Curve[]): string {
  const { figure, compared } = scene;
  const statistic = statisticOf(scene);
  const said = curves.map((curve) => {
    const { values } = curve;
    const [first, last] = [values[0]!, values[values.length - 1]!].map((value) => valueText(statistic, value)) as [string, string];
    return say.curveSummary(curveName(figure, curve, compared.length > 0), first, last);
  });
  return `${title}: ${said.join('; ')}`;
}

/** All curves at one layer, as a sentence. */
export function pointSentence(scene: LensScene, point: number): string {
  const statistic = statisticOf(scene);
  const { figure, compared } = scene;
  const values = curvesOf(scene).curves.map(
    (curve) => `${curveName(figure, curve, compared.length > 0)} ${valueText(statistic, curve.values[point]!)}`,
  );
  return say.pointSentence(shortLabel(figure.labels[point]!), values.join(', '));
}
