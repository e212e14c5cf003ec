// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { capital, formatNumber, formatSigned } from '../shared/format.js';
import { strings } from '../shared/strings.js';
import { headValue, sourceValues, sumOf, type AttributionData } from './attribution-data.js';
import { partSentence, pointedPart, strongestOf, type AttributionScene, type Pointed } from './scene.js';
import { attributionStrings as words } from './strings.js';

/** What is explained: 'logit of "Mary" over "John"'. */
export function questionOf({ answer, wrong }: AttributionData): string {
  return words.difference(answer.quoted, wrong?.quoted);
}

/** What is pointed at as a sentence that could be quoted. */
export function attributionSentence(scene: AttributionScene, pointed: Pointed): string {
  const { figure, place } = scene;
  if (pointed.what === 'source') {
    const value = sourceValues(figure, place.layer!, place.head!)![pointed.key]!;
    const { answer, wrong } = figure;
    const head = words.headPart(place.layer!, place.head!);
    return words.addsFrom(head, formatSigned(value), answer.quoted, wrong?.quoted, figure.tokens[pointed.key]!.quoted, pointed.key);
  }
  return partSentence(figure, pointedPart(scene, pointed)!);
}

/** What is pointed at, else the strongest part; and that the parts sum to the whole. */
export function captionTemplate(scene: AttributionScene): TemplateResult {
  const pointed = scene.pointed ?? strongest(scene);
  const sentence = pointed ? attributionSentence(scene, pointed) : '';
  const from = pointed && mostlyFrom(scene, pointed);
  return html`<div>
      ${capital(sentence)}${from ? `, ${from}` : nothing}.${
        scene.selection.locked && scene.pointed ? html` <span class="quiet">(${strings.locked})</span>` : nothing
      }
    </div>
    <div class="quiet">${sums(scene)}.</div>`;
}

/** The strongest part of what is shown. */
export function strongest({ figure, place, level }: AttributionScene): Pointed | undefined {
  const largest = (values: ArrayLike<number>): number => {
    const most = strongestOf(Array.from(values));
    return Math.max(
      0,
      Array.from(values).findIndex((value) => Math.abs(value) === most),
    );
  };
  if (level) {
    const values = level.parts.map(({ kind, value }) => (kind === 'rest' ? 0 : value));
    return { what: 'part', index: largest(values) };
  }
  if (place.head !== undefined) return { what: 'source', key: largest(sourceValues(figure, place.layer!, place.head)!) };
  const at = largest(figure.heads!);
  return { what: 'head', layer: Math.floor(at / figure.headCount), head: at % figure.headCount };
}

/** The head that is pointed at, by part or by cell. */
export function headOf({ level }: AttributionScene, pointed: Pointed | undefined): { layer: number; head: number } | undefined {
  if (pointed?.what === 'head') return pointed;
  const part = pointed?.what === 'part' ? level?.parts[pointed.index] : undefined;
  return part?.kind === 'head' ? { layer: part.layer!, head: part.index! } : undefined;
}

/** The two tokens that carry most of a head. */
function mostlyFrom(scene: AttributionScene, pointed: Pointed): string | undefined {
  const head = headOf(scene, pointed);
  const values = head && sourceValues(scene.figure, head.layer, head.head);
  if (!values) return undefined;
  const order = values.map((_, key) => key).sort((one, other) => Math.abs(values[other]!) - Math.abs(values[one]!));
  const list = order.slice(0, 2).map((key) => words.fromSource(formatSigned(values[key]!), scene.figure.tokens[key]!.quoted));
  return words.mostlyFrom(list.join(', '));
}

/** The sum of what is shown beside what it is the sum of. */
function sums({ figure, place, level }: AttributionScene): string {
  if (level) {
    const sum = sumOf(level.parts.map(({ value }) => value));
    if (place.view === 'components') {
      const read = words.readAfter(figure.tokens[figure.position]!.quoted, figure.position);
      return `${words.sumsTo(formatNumber(sum), words.differenceShort(figure.wrong !== undefined), formatNumber(level.total))}, ${read}`;
    }
    const name =
      place.view === 'heads' ? words.attnPart(place.layer!) : place.layer === undefined ? words.groups.mlp : words.mlpPart(place.layer);
    return words.sumsTo(formatSigned(sum), name, formatSigned(level.total));
  }
  if (place.head !== undefined) {
    const sum = sumOf(sourceValues(figure, place.layer!, place.head)!);
    return words.sumsTo(
      formatSigned(sum),
      words.headPart(place.layer!, place.head),
      formatSigned(headValue(figure, place.layer!, place.head)),
    );
  }
  const group = (kind: 'embed' | 'attn' | 'mlp'): string => {
    const value = sumOf(figure.components.filter((component) => component.kind === kind).map((component) => component.value));
    return `${words.groups[kind]} ${formatSigned(value)}`;
  };
  const parts = [group('embed'), group('attn'), group('mlp'), `${words.groups.final} ${formatSigned(figure.constant)}`];
  const list = parts.join(', ');
  return `${capital(list)} = ${formatNumber(figure.total)}`;
}
