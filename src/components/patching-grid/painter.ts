// SPDX-License-Identifier: MIT
import { paintHeatmap } from '../shared/heatmap.js';
import { cssColour } from '../shared/colour.js';
import { cellPlace, type PatchingScene } from './scene.js';

/** Paints the cells that are there; those that are not are crossed, as no colour of the ramp says "unknown". */
export function paintSweep(canvas: HTMLCanvasElement, scene: PatchingScene): void {
  const { figure, rows, columns, most, theme, layout } = scene;
  const values = new Float32Array(rows * columns);
  const missing: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const place = cellPlace(scene, { row: Math.floor(index / columns), column: index % columns });
    if (figure.missing.has(place)) missing.push(index);
    values[index] = 0.5 + (figure.missing.has(place) ? 0 : (figure.values[place]! - figure.neutral) / most / 2);
  }
  const cell = Math.max(1, Math.round(Math.min(layout.cellWidth, layout.cellHeight) * devicePixelRatio));
  paintHeatmap(
    canvas,
    { values, offset: 0, rows, columns, causal: false },
    { ramp: theme.diverging, ink: theme.ink, cell, gaps: cell >= 8 },
  );
  const context = canvas.getContext('2d');
  if (!context) return;
  context.strokeStyle = cssColour(theme.ink);
  context.globalAlpha = 0.25;
  context.beginPath();
  for (const index of missing) {
    const [x, y] = [(index % columns) * cell, Math.floor(index / columns) * cell];
    context.moveTo(x + cell * 0.35, y + cell * 0.65);
    context.lineTo(x + cell * 0.65, y + cell * 0.35);
  }
  context.stroke();
}
