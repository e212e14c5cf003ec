// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { textAlternative } from '../../shared/text-alternative.js';
import { endsSentence, idleSentence, valueText } from './phrases.js';
import { positionOf, rowName, type PatchingScene } from './scene.js';
import { alongTokens } from '../strip-names.js';
import { pictureStrings as words } from './strings.js';
import { offsetOf } from './places.js';

/** Columns told of each row. */
const told = 4;

/** The drawn part of a sweep as a table: the strongest effects of each row. */
export function patchingText(scene: PatchingScene): TemplateResult {
  const { figure, view } = scene;
  const tokens = alongTokens(scene);
  const columnName = (column: number): string => {
    if (!tokens) return `${view.across === 'head' ? `${words.headWord} ` : ''}${figure.coordinates[view.across]![column]}`;
    const position = positionOf(scene, column);
    return `${figure.tokens[position]!.quoted} (${position})`;
  };
  return textAlternative({
    summary: () => html`<p>${idleSentence(scene)} ${endsSentence(scene)}</p>`,
    heads: [words.patchingRows, words.patchingCells],
    rows: view.rows.map((line, row) => {
      const offset = (column: number): number => offsetOf(figure, view, { row, column });
      const size = (column: number): number => Math.abs(figure.values[offset(column)]! - figure.neutral);
      const columns = [...view.columns.keys()].filter((column) => !figure.missing.has(offset(column)));
      return {
        head: rowName(scene, line),
        cell: columns
          .sort((a, b) => size(b) - size(a) || a - b)
          .slice(0, told)
          .map((column) => `${columnName(column)} ${valueText(figure, figure.values[offset(column)]!)}`)
          .join(', '),
      };
    }),
  });
}
