// SPDX-License-Identifier: MIT
// What saving a figure takes; loaded when a reader saves one, or a script asks for a picture.
import { toCSV, traceTable } from '../../../core/tables/index.js';
import { attributeOf } from '../attribute-value.js';
import { cssColour } from '../colour.js';
import { VitrineError, type TableOptions } from '../core.js';
import { download } from '../download.js';
import type { PortableFigure } from '../portable-figure.js';
import type { SaveFormat } from '../save-menu.js';
import { capture } from './capture.js';
import { toPage } from './page.js';
import { toPng } from './png.js';
import { toSvg } from './svg.js';

export async function toBlob(figure: PortableFigure, { scale = 2, background }: { scale?: number; background?: string }): Promise<Blob> {
  return toPng(capture(await drawnPart(figure)), scale, behind(figure, background));
}

export async function toSVG(figure: PortableFigure, { background }: { background?: string } = {}): Promise<string> {
  return toSvg(capture(await drawnPart(figure)), behind(figure, background), figure.label ?? figure.localName);
}

export async function toHTML(figure: PortableFigure, { script }: { script?: string } = {}): Promise<string> {
  const { elementProperties, tag } = figure.constructor as typeof PortableFigure;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(figure.getState())) {
    const written = attributeOf(name, elementProperties.get(name) ?? {});
    if (written === undefined) continue;
    if (value === true) attributes[written] = '';
    else if (value !== false && value !== null) attributes[written] = String(value);
  }
  const title = figure.label ?? figure.localName;
  const { ramp } = figure.theme.current;
  return toPage({ tag: tag || figure.localName, attributes, title, ramp, trace: figure.toJSON(), picture: await toSVG(figure) }, script);
}

export async function toTable(figure: PortableFigure, options: TableOptions): Promise<string> {
  await figure.updateComplete;
  return toCSV(traceTable(drawn(figure).drawnTrace, { ...figure.tableOptions, ...options }));
}

/** Without these three bytes, which are no part of the text, a spreadsheet takes UTF-8 for another encoding. */
const byteOrderMark = '\ufeff';

/** Hands the figure to the reader as a file. */
export async function save(figure: PortableFigure, format: SaveFormat): Promise<void> {
  const name = `${figure.id || figure.localName}.${format}`;
  if (format === 'png') download(await figure.toBlob(), name, 'image/png');
  if (format === 'svg') download(await figure.toSVG(), name, 'image/svg+xml');
  if (format === 'json') download(JSON.stringify(figure.toJSON()), name, 'application/json');
  if (format === 'csv') download(byteOrderMark + (await figure.toCSV()), name, 'text/csv');
  if (format === 'html') download(await figure.toHTML(), name, 'text/html');
}

async function drawnPart(figure: PortableFigure): Promise<HTMLElement> {
  await figure.updateComplete;
  return drawn(figure).renderRoot.querySelector<HTMLElement>('.figure')!;
}

function drawn(figure: PortableFigure): PortableFigure {
  if (figure.drawnTrace !== undefined) return figure;
  throw new VitrineError('invalid-option', `This <${figure.localName}> has drawn nothing yet. Wait for its load event.`);
}

function behind(figure: PortableFigure, colour: string | undefined): string | undefined {
  return colour === 'transparent' ? undefined : (colour ?? cssColour(figure.theme.current.paper));
}
