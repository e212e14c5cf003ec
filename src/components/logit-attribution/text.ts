// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { formatSigned } from '../shared/format.js';
import { textAlternative } from '../shared/text-alternative.js';
import { tokenTemplate } from '../shared/token-view.js';
import { componentValue, headValue, sourceValues } from './attribution-data.js';
import { questionOf } from './caption.js';
import { partName, type AttributionScene } from './scene.js';
import { attributionStrings as words } from './strings.js';

/** All numbers of what is shown, as a table. */
export function attributionText(scene: AttributionScene): TemplateResult {
  const { figure } = scene;
  return textAlternative({
    caption: html`<caption>
      ${questionOf(figure)}, ${words.readAfter(figure.tokens[figure.position]!.quoted, figure.position)}
    </caption>`,
    heads: [words.attributionPart, words.attributionAdds],
    rows: rowsOf(scene),
  });
}

function rowsOf({ figure, place, level }: AttributionScene): { head: unknown; cell: unknown }[] {
  if (level) {
    const parts = level.parts.map((part) => ({ head: partName(part), cell: formatSigned(part.value) }));
    return [...parts, { head: words.partNames.sum, cell: formatSigned(level.total) }];
  }
  if (place.head !== undefined) {
    const values = sourceValues(figure, place.layer!, place.head)!;
    return values.map((value, key) => ({ head: html`${key} ${tokenTemplate(figure.tokens[key]!)}`, cell: formatSigned(value) }));
  }
  return Array.from({ length: figure.layerCount }, (_, layer) => [
    ...Array.from({ length: figure.headCount }, (_, head) => ({
      head: words.headPart(layer, head),
      cell: formatSigned(headValue(figure, layer, head)),
    })),
    { head: words.mlpPart(layer), cell: formatSigned(componentValue(figure, 'mlp', layer)) },
  ]).flat();
}
