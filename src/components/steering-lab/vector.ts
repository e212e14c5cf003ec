// SPDX-License-Identifier: MIT
import { html, nothing, svg, type TemplateResult } from 'lit';
import { rampColour } from '../shared/colour.js';
import { formatNumber } from '../shared/format.js';
import type { Theme } from '../shared/theme-controller.js';
import type { Tooltip } from '../shared/tooltip.js';
import { vectorLayers, type SteeringData, type VectorLayer } from './steering-data.js';
import { steeringStrings as words } from './strings.js';

/** What the table of layers needs. */
export interface VectorScene {
  figure: SteeringData;
  theme: Theme;
  tooltip: Tooltip;
  /** Layers that are steered, or will be in the next run. */
  layers: readonly number[];
  /** Chooses layers; undefined where nothing can be run. */
  choose: ((layers: number[]) => void) | undefined;
  /** Name of the file that the vector came from. */
  file: string | undefined;
}

/** The vector layer by layer: how long it is, and where the prompts lie along it, to choose a layer by. */
export function vectorTemplate(scene: VectorScene): TemplateResult {
  const { vector } = scene.figure.trace;
  const layers = vectorLayers(vector);
  const known = vector.pairs !== undefined;
  return html`<p class="found">${foundSentence(scene)}</p>
    <div class="layers scroll-y" tabindex="0" role="region" aria-label=${words.steeringVector}>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.steeringLayer}</th>
            ${known ? html`<th scope="col" class="along">${keyTemplate(scene.theme)}<span class="visually-hidden">${words.steeringAlong}</span></th>` : nothing}
            <th scope="col" class="number length">${words.steeringLength}</th>
            ${known ? html`<th scope="col" class="number" title=${words.steeringApartHint}>${words.steeringApart}</th>` : nothing}
            ${known ? html`<th scope="col" class="number" title=${words.steeringHeldOutHint}>${words.steeringHeldOut}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${layers.map((layer) => layerTemplate(scene, layer, known))}
        </tbody>
      </table>
    </div>
    <p class="found">${separationSentence(layers, scene.layers)}</p>`;
}

/** How well the prompts are told apart at the layers that are steered. */
function separationSentence(all: readonly VectorLayer[], steered: readonly number[]): string {
  return all
    .filter(({ layer }) => steered.includes(layer))
    .slice(0, 1)
    .flatMap(({ layer, apart, heldOut, positive }) => [
      ...(apart === undefined ? [] : [words.steeringSeparation(layer, formatNumber(apart, 1))]),
      ...(heldOut === undefined ? [] : [words.steeringHeldOutSentence(heldOut, positive.length)]),
    ])
    .join(' ');
}

function foundSentence({ figure, file }: VectorScene): string {
  const { method, positive, negative } = figure.trace.vector;
  if (positive.length === 0) return words.steeringFromFile(file ?? words.steeringFile);
  return words.steeringFound(words.steeringMethods[method ?? 'mean-difference'], positive.length, positive[0]!, negative[0]!);
}

function layerTemplate(scene: VectorScene, row: VectorLayer, known: boolean): TemplateResult {
  const { layers, choose } = scene;
  const steered = layers.includes(row.layer);
  const toggle = (): void =>
    choose!(steered ? layers.filter((layer) => layer !== row.layer) : [...layers, row.layer].sort((a, b) => a - b));
  const count = row.positive.length;
  return html`<tr class=${steered ? 'steered' : ''}>
    <th scope="row">
      ${
        choose
          ? html`<label
              ><input
                type="checkbox"
                .checked=${steered}
                aria-label=${words.steerAtLayer(row.layer)}
                @change=${toggle}
              />${row.layer}</label
            >`
          : row.layer
      }
    </th>
    ${known ? html`<td class="along">${plotTemplate(scene, row)}</td>` : nothing}
    <td class="number length">${formatNumber(row.length)}</td>
    ${known ? html`<td class="number">${row.apart === undefined ? '' : formatNumber(row.apart, 1)}</td>` : nothing}
    ${known ? html`<td class="number">${row.heldOut === undefined ? '' : words.steeringHeldOutOf(row.heldOut, count)}</td>` : nothing}
  </tr>`;
}

/** What the two colours are. */
function keyTemplate({ diverging }: Theme): TemplateResult {
  const dot = (index: number): TemplateResult =>
    html`<svg class="key" viewBox="0 0 8 8" aria-hidden="true">
      <circle cx="4" cy="4" r="3.5" fill=${rampColour(diverging, index)}></circle>
    </svg>`;
  return html`<span class="keys"
    ><span>${dot(negativeColour)}${words.negativeDot}</span><span>${dot(positiveColour)}${words.positiveDot}</span></span
  >`;
}

const positiveColour = 225;
const negativeColour = 40;

/** The prompts along one direction: those with the trait in the upper row. */
function plotTemplate({ theme, tooltip, figure }: VectorScene, { layer, positive, negative }: VectorLayer): TemplateResult {
  const all = [...positive, ...negative];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (value: number): string => `${4 + 92 * (high > low ? (value - low) / (high - low) : 0.5)}%`;
  const dots = (values: readonly number[], y: number, index: number, prompts: readonly string[]) =>
    values.map(
      (value, at) =>
        svg`<circle cx=${x(value)} cy=${y} r="3.5" fill=${rampColour(theme.diverging, index)} fill-opacity="0.75" data-said=${words.steeringDot(layer, prompts[at]!, formatNumber(value))}></circle>`,
    );
  const onMove = (event: PointerEvent): void => {
    const said = (event.target as Element).getAttribute('data-said');
    if (said) tooltip.show(said, event.clientX, event.clientY);
    else tooltip.hide();
  };
  const range = (values: readonly number[]): [string, string] => [formatNumber(Math.min(...values)), formatNumber(Math.max(...values))];
  const { vector } = figure.trace;
  return html`<svg
    class="plot"
    role="img"
    aria-label=${words.steeringPlot(layer, ...range(positive), ...range(negative))}
    @pointermove=${onMove}
    @pointerdown=${onMove}
    @pointerleave=${() => tooltip.hide()}
  >
    <line x1="0" x2="100%" y1="11" y2="11" stroke="currentColor" stroke-opacity="0.2"></line>
    ${dots(positive, 6, positiveColour, vector.positive)} ${dots(negative, 16, negativeColour, vector.negative)}
  </svg>`;
}
