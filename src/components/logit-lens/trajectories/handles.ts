// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { columnLimits, rowHeight } from '../layout.js';
import type { LensActions, LensScene } from '../scene.js';
import { lensCurveStrings as say } from './strings.js';

/** How far an arrow key moves a border, CSS pixels. */
const step = 6;

/** The borders of the columns, beside the tokens of the prompt: each can be dragged, the first one moved with arrow keys too. */
export function handlesTemplate({ layout, rows }: LensScene, { widen }: LensActions): TemplateResult | typeof nothing {
  if (layout.mode === 'position') return nothing;
  const { column, columns, rowLabels } = layout;
  const onKeydown = (event: KeyboardEvent): void => {
    const moves: Record<string, number | undefined> = { ArrowLeft: column - step, ArrowRight: column + step, Home: columnLimits.least };
    const width = event.key === 'Escape' ? undefined : moves[event.key];
    if (width === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    widen(width);
  };
  const drag = (index: number) => (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    const left = handle.parentElement!.getBoundingClientRect().left + rowLabels;
    handle.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent): void => widen(Math.round((clientX - left) / (index + 1)));
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true });
  };
  return html`<div class="handles" .style=${`inset-block-start: ${rows.length * rowHeight}px`}>
    ${Array.from({ length: columns }, (_, index) => {
      const place = `inset-inline-start: ${rowLabels + (index + 1) * column - 4}px`;
      if (index > 0) return html`<span class="handle" aria-hidden="true" .style=${place} @pointerdown=${drag(index)}></span>`;
      return html`<span
        class="handle"
        role="separator"
        tabindex="0"
        aria-orientation="vertical"
        aria-label=${say.columnWidth}
        aria-valuenow=${column}
        aria-valuemin=${columnLimits.least}
        aria-valuemax=${columnLimits.most}
        .style=${place}
        @pointerdown=${drag(0)}
        @dblclick=${() => widen(undefined)}
        @keydown=${onKeydown}
      ></span>`;
    })}
  </div>`;
}
