// SPDX-License-Identifier: MIT
import type { Box, Capture, CapturedItem } from './capture.js';

/**
 * A captured figure as an SVG document: cells as one embedded picture, text as text.
 *
 * @param background - a CSS colour behind the figure; transparent where it is left out
 * @param title - what the picture shows, for assistive technology
 */
export function toSvg({ width, height, items }: Capture, background: string | undefined, title: string): string {
  const clips = new Map<string, Box>();
  const shapes = items.map((item) => shape(item, clips)).join('\n');
  const paths = [...clips].map(([id, box]) => `<clipPath id="${id}"><rect ${geometry(box)}/></clipPath>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escape(title)}</title><defs>${paths}</defs>
${background ? `<rect width="100%" height="100%" fill="${escape(background)}"/>` : ''}
${shapes}
</svg>
`;
}

function shape(item: CapturedItem, clips: Map<string, Box>): string {
  const { opacity, clip, angle } = item;
  let attributes = opacity < 1 ? ` opacity="${round(opacity)}"` : '';
  if (clip && !within(item, clip)) {
    const id = `c${[clip.x, clip.y, clip.width, clip.height].map(Math.round).join('-')}`;
    clips.set(id, clip);
    attributes += ` clip-path="url(#${id})"`;
  }
  const [middleX, middleY] = [item.x + item.width / 2, item.y + item.height / 2];
  if (angle !== 0 && item.kind !== 'rect') attributes += ` transform="rotate(${angle} ${round(middleX)} ${round(middleY)})"`;
  switch (item.kind) {
    case 'rect': {
      const stroke = item.stroke ? ` stroke="${escape(item.stroke)}" stroke-width="${item.strokeWidth}"` : '';
      const radius = item.radius ? ` rx="${item.radius}"` : '';
      return `<rect ${geometry(item)}${radius} fill="${escape(item.fill ?? 'none')}"${stroke}${attributes}/>`;
    }
    case 'text': {
      const anchor = angle === 0 ? (item.rtl ? 'end' : 'start') : 'middle';
      const x = angle === 0 ? (item.rtl ? item.x + item.width : item.x) : middleX;
      const direction = item.rtl ? ' direction="rtl"' : '';
      return `<text x="${round(x)}" y="${round(middleY)}" dominant-baseline="central" text-anchor="${anchor}"${direction} xml:space="preserve" fill="${escape(item.fill)}" style="font: ${escape(item.font)}"${attributes}>${escape(item.text)}</text>`;
    }
    case 'canvas':
      return item.canvas.width === 0
        ? ''
        : `<image ${geometry(item)} preserveAspectRatio="none" style="image-rendering: pixelated" href="${item.canvas.toDataURL()}"${attributes}/>`;
    case 'svg':
      return `<g${attributes}>${nested(item.svg, item)}</g>`;
  }
}

/** A drawing of the page as a part of the document, with the colours that its style sheets give it. */
export function nested(source: SVGElement, { x, y, width, height }: Box): string {
  const copy = source.cloneNode(true) as SVGElement;
  const originals = [source, ...source.querySelectorAll<SVGElement>('*')];
  [copy, ...copy.querySelectorAll<SVGElement>('*')].forEach((element, index) => {
    const style = getComputedStyle(originals[index]!);
    for (const name of [
      'fill',
      'stroke',
      'stroke-width',
      'stroke-dasharray',
      'opacity',
      'fill-opacity',
      'stroke-opacity',
      'font',
      'text-anchor',
      'dominant-baseline',
    ]) {
      const value = style.getPropertyValue(name);
      if (value) element.style.setProperty(name, value);
    }
    element.removeAttribute('class');
  });
  for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, String(round(value)));
  return new XMLSerializer().serializeToString(copy);
}

function geometry({ x, y, width, height }: Box): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

function within(inner: Box, outer: Box): boolean {
  const slack = 0.5;
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Text as it is written in XML; characters that XML does not know are shown as the replacement character. */
export function escape(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
