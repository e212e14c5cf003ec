// SPDX-License-Identifier: MIT
import { html, nothing, svg, type TemplateResult } from 'lit';
import { answers } from '../shared/answers.js';
import { rampColour } from '../shared/colour.js';
import { formatSigned } from '../shared/format.js';
import type { Pointing } from '../shared/pointing.js';
import { rowHeight } from './layout.js';
import type { Level, Part } from './parts.js';
import { partName, partSentence, type AttributionScene, type Pointed } from './scene.js';
import { attributionStrings as words } from './strings.js';

/** Strong colours of the diverging ramp, 0 to 255. */
const lowers = 36;
const raises = 219;

/** Where values stand in the plot, in per cent of its width. */
interface Scale {
  at(value: number): number;
}

/** The parts as signed bars, in one list for keyboard and assistive technology; under them their sum. */
export function barsTemplate(
  scene: AttributionScene,
  level: Level,
  pointing: Pointing<Pointed>,
  label: string | undefined,
): TemplateResult {
  const { grid } = scene;
  const scale = scaleOf(level);
  const row = rowHeight(level.parts.length);
  return html`<div class="bars ${scene.wide ? 'wide' : ''}" .style=${`--row: ${row}px`}>
    ${lines(level, scale)}
    <div
      class="list"
      part="bars"
      role="grid"
      tabindex="0"
      aria-label=${label ?? words.attributionLabel}
      aria-describedby="hint"
      aria-activedescendant=${`p${grid.active.row}`}
      ${answers(grid, pointing)}
    >
      ${level.parts.map((part, index) => rowTemplate(scene, part, index, scale))}
    </div>
    ${sumRow(level, scale)} ${axis(scene)}
    <p id="hint" class="visually-hidden">${words.attributionHint}</p>
  </div>`;
}

function scaleOf({ parts, total }: Level): Scale {
  const values = [0, total, ...parts.flatMap(({ value, running }) => (running === undefined ? [value] : [value, running]))];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  return { at: (value) => ((value - low) / span) * 100 };
}

function rowTemplate(scene: AttributionScene, part: Part, index: number, scale: Scale): TemplateResult {
  const { figure, wide, pointed, selection, grid, theme } = scene;
  const here = pointed?.what === 'part' && pointed.index === index;
  const focused = grid.focused && grid.active.row === index;
  const colour = rampColour(theme.diverging, part.value < 0 ? lowers : raises);
  return html`<div
    role="row"
    class="part ${here ? 'here' : ''} ${here && selection.locked ? 'held' : ''}"
    data-part=${index}
    data-focus=${focused ? '' : nothing}
  >
    <div id=${`p${index}`} role="gridcell" aria-selected=${here && selection.locked}>
      <span class="visually-hidden">${partSentence(figure, part)}${part.opens ? `; ${words.opensInto}` : ''}</span>
      <span class="name" aria-hidden="true">${partName(part, !wide)}</span>
      <span class="plot" aria-hidden="true">${bar(scale, part.value, colour)}</span>
      <span class="value" aria-hidden="true">${formatSigned(part.value)}</span>
      <span class="more" aria-hidden="true">${part.opens ? '›' : ''}</span>
    </div>
  </div>`;
}

function bar(scale: Scale, value: number, colour: string): TemplateResult {
  const [from, to] = [scale.at(Math.min(0, value)), scale.at(Math.max(0, value))];
  return html`<span
    class="bar"
    .style=${`left: ${from.toFixed(2)}%; inline-size: ${(to - from).toFixed(2)}%; background: ${colour}`}
  ></span>`;
}

/** Zero, and the running sum as steps at the lower edge of each row. */
function lines({ parts }: Level, scale: Scale): TemplateResult {
  const rows = parts.length;
  const zero = scale.at(0).toFixed(2);
  let path = `M${zero} 0`;
  parts.forEach(({ running }, index) => {
    if (running !== undefined) path += `V${index + 1}H${scale.at(running).toFixed(2)}`;
  });
  return html`<svg
    class="lines"
    viewBox=${`0 0 100 ${rows + 1}`}
    .style=${`--rows: ${rows + 1}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${svg`<line class="zero" x1=${zero} x2=${zero} y1="0" y2=${rows + 1} vector-effect="non-scaling-stroke"></line>`}
    ${parts.some((part) => part.running !== undefined) ? svg`<path class="running" d=${`${path}V${rows + 0.5}`} vector-effect="non-scaling-stroke"></path>` : nothing}
  </svg>`;
}

function sumRow({ total }: Level, scale: Scale): TemplateResult {
  return html`<div class="part sum" aria-hidden="true">
    <span class="name">${words.partNames.sum}</span>
    <span class="plot">${bar(scale, total, 'color-mix(in srgb, currentColor 40%, transparent)')}</span>
    <span class="value">${formatSigned(total)}</span>
    <span class="more"></span>
  </div>`;
}

/** What the two directions mean. */
function axis({ figure: { answer, wrong }, wide }: AttributionScene): TemplateResult {
  const left = wrong ? words.toward(wrong.quoted) : words.lowers(answer.quoted);
  const right = wrong ? words.toward(answer.quoted) : words.raises(answer.quoted);
  const [less, more] = wide || !wrong ? [left, right] : [wrong.quoted, answer.quoted];
  return html`<div class="part axis" part="axis" aria-hidden="true">
    <span class="ends"><span>← ${less}</span><span>${more} →</span></span>
  </div>`;
}
