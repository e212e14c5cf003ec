// SPDX-License-Identifier: MIT
import { VitrineError } from '../core.js';
import type { Capture, CapturedItem } from './capture.js';
import { nested } from './svg.js';

/**
 * A captured figure as a PNG, drawn with the page's own fonts.
 *
 * @param scale - picture pixels per CSS pixel
 * @param background - a CSS colour; transparent where it is left out
 * @throws VitrineError `runtime` where the browser makes no picture of this size
 */
export async function toPng({ width, height, items }: Capture, scale: number, background: string | undefined): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context) {
    context.scale(scale, scale);
    if (background) {
      context.fillStyle = background;
      context.fillRect(0, 0, width, height);
    }
    for (const item of items) await draw(context, item);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob) return blob;
  throw new VitrineError('runtime', `The browser makes no picture of ${canvas.width} by ${canvas.height} pixels. Ask for a smaller scale.`);
}

async function draw(context: CanvasRenderingContext2D, item: CapturedItem): Promise<void> {
  const { x, y, width, height, angle, opacity, clip } = item;
  // Loaded before the state of the canvas is changed: other items are drawn in between no more than one at a time.
  const picture = item.kind === 'svg' ? await loadSvg(item.svg, width, height) : undefined;
  context.save();
  if (clip) {
    context.beginPath();
    context.rect(clip.x, clip.y, clip.width, clip.height);
    context.clip();
  }
  context.globalAlpha = opacity;
  if (angle !== 0) {
    context.translate(x + width / 2, y + height / 2);
    context.rotate((angle * Math.PI) / 180);
    context.translate(-x - width / 2, -y - height / 2);
  }
  switch (item.kind) {
    case 'rect':
      context.beginPath();
      context.roundRect(x, y, width, height, item.radius);
      if (item.fill) {
        context.fillStyle = item.fill;
        context.fill();
      }
      if (item.stroke) {
        context.strokeStyle = item.stroke;
        context.lineWidth = item.strokeWidth;
        context.stroke();
      }
      break;
    case 'text':
      context.font = item.font;
      context.fillStyle = item.fill;
      context.direction = item.rtl ? 'rtl' : 'ltr';
      context.textBaseline = 'middle';
      context.textAlign = angle === 0 ? 'start' : 'center';
      context.fillText(item.text, angle === 0 ? (item.rtl ? x + width : x) : x + width / 2, y + height / 2);
      break;
    case 'canvas':
      context.imageSmoothingEnabled = false;
      if (item.canvas.width > 0) context.drawImage(item.canvas, x, y, width, height);
      break;
    case 'svg':
      if (picture) context.drawImage(picture, x, y, width, height);
  }
  context.restore();
}

async function loadSvg(svg: SVGElement, width: number, height: number): Promise<HTMLImageElement | undefined> {
  if (width === 0 || height === 0) return undefined;
  const image = new Image(width, height);
  image.src = `data:image/svg+xml,${encodeURIComponent(nested(svg, { x: 0, y: 0, width, height }))}`;
  return image.decode().then(
    () => image,
    () => undefined, // a policy that allows no data: pictures; the rest of the figure is drawn
  );
}
