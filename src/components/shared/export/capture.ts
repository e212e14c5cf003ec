// SPDX-License-Identifier: MIT
// A drawn figure as a list of rectangles, texts and pictures: what an export is made of, whichever form it takes.

/** A box in CSS pixels from the top left corner of the figure. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Drawn extends Box {
  /** Degrees, about the middle of the box. */
  angle: number;
  /** 0 to 1 */
  opacity: number;
  /** The part of the figure in which it can be seen, where it is cut. */
  clip: Box | undefined;
}

export type CapturedItem =
  | (Drawn & { kind: 'rect'; fill: string | undefined; stroke: string | undefined; strokeWidth: number; radius: number })
  | (Drawn & { kind: 'text'; text: string; font: string; fill: string; rtl: boolean })
  | (Drawn & { kind: 'canvas'; canvas: HTMLCanvasElement })
  | (Drawn & { kind: 'svg'; svg: SVGElement });

/** A figure as it is drawn. */
export interface Capture {
  width: number;
  height: number;
  items: CapturedItem[];
}

/** What a reader works with is not part of the picture: controls, hidden texts, whatever lies in the top layer. */
const left =
  'select, button:not([data-export]), input, textarea, details, label:has(select, textarea, [type=number]), .visually-hidden, .live, .foot, [popover], [data-export="no"], [hidden]';

/** Room around the figure, CSS pixels. */
const marginPx = 12;

/** Where the walk stands. */
interface At {
  angle: number;
  opacity: number;
  clip: Box | undefined;
}

/** Reads what is drawn inside `root`, shadow trees of other elements not included. */
export function capture(root: HTMLElement): Capture {
  const origin = root.getBoundingClientRect();
  const items: CapturedItem[] = [];
  const box = ({ left: x, top: y, width, height }: DOMRect): Box => ({ x: x - origin.left, y: y - origin.top, width, height });

  const walk = (node: Node, at: At): void => {
    if (node instanceof Text) items.push(...textItems(node, at, box));
    if (node instanceof HTMLSelectElement && !node.closest('label')) items.push(chosenText(node, at, box));
    if (!(node instanceof HTMLElement || node instanceof SVGElement)) return;
    if (node.matches(left)) return;
    const style = getComputedStyle(node);
    if (style.display === 'none' || style.visibility === 'hidden') return;
    const here = { ...at, opacity: at.opacity * Number(style.opacity), angle: at.angle + angleOf(style.transform) };
    const place = { ...box(node.getBoundingClientRect()), ...here };
    if (node instanceof HTMLCanvasElement) items.push({ kind: 'canvas', canvas: node, ...place });
    if (node instanceof SVGElement) {
      items.push({ kind: 'svg', svg: node, ...place });
      return;
    }
    if (here.angle === 0 && style.display !== 'contents') items.push(...boxItems(style, place));
    if (here.angle === 0 && style.overflow !== 'visible') here.clip = at.clip ? overlap(at.clip, place) : place;
    const children = node instanceof HTMLSlotElement ? node.assignedNodes({ flatten: true }) : node.childNodes;
    for (const child of children) walk(child, here);
  };
  walk(root, { angle: 0, opacity: 1, clip: undefined });
  return framed(items, origin.width);
}

/** The items moved so that all of them lie in the picture, with a margin around them. */
function framed(items: CapturedItem[], width: number): Capture {
  const edge = (of: (item: CapturedItem) => number): number[] => items.map(of);
  const x = marginPx - Math.min(0, ...edge((item) => item.x));
  const y = marginPx - Math.min(0, ...edge((item) => item.y));
  const move = <B extends Box>(box: B): B => ({ ...box, x: box.x + x, y: box.y + y });
  return {
    width: Math.ceil(Math.max(width, ...edge((item) => item.x + item.width)) + x + marginPx),
    height: Math.ceil(Math.max(0, ...edge((item) => item.y + item.height)) + y + marginPx),
    items: items.map((item) => ({ ...move(item), clip: item.clip && move(item.clip) })),
  };
}

function angleOf(transform: string): number {
  if (transform === 'none') return 0;
  const { a, b } = new DOMMatrixReadOnly(transform);
  return Math.round((Math.atan2(b, a) * 180) / Math.PI);
}

function overlap(one: Box, other: Box): Box {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const right = Math.min(one.x + one.width, other.x + other.width);
  const bottom = Math.min(one.y + one.height, other.y + other.height);
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}

const unseen = /^rgba\(.*, 0\)$|\/ 0\)$|^transparent$/;

/** Background, borders and outline of a box. */
function boxItems(style: CSSStyleDeclaration, place: Drawn): CapturedItem[] {
  const items: CapturedItem[] = [];
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
  const rect = (fill: string | undefined, stroke: string | undefined, strokeWidth: number, grow: number): void => {
    const { x, y, width, height } = place;
    const grown = { x: x - grow, y: y - grow, width: width + 2 * grow, height: height + 2 * grow };
    if (grown.width > 0 && grown.height > 0) items.push({ ...place, ...grown, kind: 'rect', fill, stroke, strokeWidth, radius });
  };
  if (!unseen.test(style.backgroundColor)) rect(style.backgroundColor, undefined, 0, 0);
  const outline = Number.parseFloat(style.outlineWidth);
  if (style.outlineStyle !== 'none' && outline > 0 && !unseen.test(style.outlineColor)) {
    rect(undefined, style.outlineColor, outline, outline / 2 + Number.parseFloat(style.outlineOffset));
  }
  const { x, y, width, height } = place;
  for (const [side, line] of [
    ['Top', { x, y, width, height: 0 }],
    ['Bottom', { x, y: y + height, width, height: 0 }],
    ['Left', { x, y, width: 0, height }],
    ['Right', { x: x + width, y, width: 0, height }],
  ] as const) {
    const thick = Number.parseFloat(style[`border${side}Width`]);
    const colour = style[`border${side}Color`];
    if (style[`border${side}Style`] === 'none' || thick === 0 || unseen.test(colour)) continue;
    const horizontal = line.height === 0;
    const edge = side === 'Top' || side === 'Left' ? 0 : -thick;
    const stroke = horizontal ? { ...line, y: line.y + edge, height: thick } : { ...line, x: line.x + edge, width: thick };
    items.push({ ...place, ...stroke, kind: 'rect', fill: colour, stroke: undefined, strokeWidth: 0, radius: 0 });
  }
  return items;
}

/** The lines of a text node. A turned text is placed by the middle of its box, which turning leaves where it is. */
function textItems(node: Text, at: At, box: (rect: DOMRect) => Box): CapturedItem[] {
  const parent = node.parentElement;
  if (!parent || node.data.trim() === '') return [];
  const style = getComputedStyle(parent);
  if (Number.parseFloat(style.fontSize) === 0) return [];
  const font = fontOf(style);
  const common = { ...at, kind: 'text' as const, font, fill: style.color, rtl: style.direction === 'rtl' };
  return linesOf(node).map(({ text, rect }) => ({ ...common, ...box(rect), text: shortened(text, parent, font) }));
}

function fontOf({ fontStyle, fontWeight, fontSize, fontFamily }: CSSStyleDeclaration): string {
  return `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
}

/** A field without a label stands as what is chosen in it: that is the title of the legend beside it. */
function chosenText(field: HTMLSelectElement, at: At, box: (rect: DOMRect) => Box): CapturedItem {
  const style = getComputedStyle(field);
  const text = field.selectedOptions[0]?.text ?? '';
  return {
    ...at,
    ...box(field.getBoundingClientRect()),
    kind: 'text',
    text,
    font: fontOf(style),
    fill: style.color,
    rtl: style.direction === 'rtl',
  };
}

function linesOf(node: Text): { text: string; rect: DOMRect }[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const pre = getComputedStyle(node.parentElement!).whiteSpace.startsWith('pre');
  /** Without the spaces at its ends, where they are none to be kept: its box begins with the first letter. */
  const line = (from: number, to: number): { text: string; rect: DOMRect } => {
    const text = node.data.slice(from, to);
    range.setStart(node, pre ? from : from + text.length - text.trimStart().length);
    range.setEnd(node, pre ? to : from + text.trimEnd().length);
    return { text: pre ? text : text.replace(/\s+/g, ' ').trim(), rect: range.getBoundingClientRect() };
  };
  if (range.getClientRects().length <= 1) return [line(0, node.length)];
  const lines: { from: number; to: number; top: number }[] = [];
  for (let index = 0; index < node.length; index++) {
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    const rect = range.getClientRects()[0];
    if (!rect || rect.width === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.top - rect.top) < 2) last.to = index + 1;
    else lines.push({ from: index, to: index + 1, top: rect.top });
  }
  return lines.map(({ from, to }) => line(from, to));
}

let measure: OffscreenCanvasRenderingContext2D | null | undefined;

/** A text as its box shows it, where the box cuts it with an ellipsis. */
function shortened(text: string, parent: HTMLElement, font: string): string {
  const box = parent.closest<HTMLElement>('*');
  const cutting = [box, box?.parentElement, box?.parentElement?.parentElement].find(
    (element): element is HTMLElement => !!element && getComputedStyle(element).textOverflow === 'ellipsis',
  );
  if (!cutting || cutting.scrollWidth <= cutting.clientWidth) return text;
  measure ??= new OffscreenCanvas(1, 1).getContext('2d')!;
  measure.font = font;
  for (let length = text.length; length > 0; length--) {
    const shown = length === text.length ? text : `${text.slice(0, length)}…`;
    if (measure.measureText(shown).width <= cutting.clientWidth) return shown;
  }
  return '';
}
