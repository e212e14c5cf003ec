// SPDX-License-Identifier: MIT
import type { ReactiveController, ReactiveElement } from 'lit';
import { warnOnce } from './attribute-value.js';
import { divergingRamp, luminance, publishedRamp, rampNames, sequentialRamp, type Ramp, type Rgb } from './colour.js';

/** What the page around a figure looks like. */
export interface Theme {
  dark: boolean;
  /** Background behind the figure. */
  paper: Rgb;
  /** The page's text colour. */
  ink: Rgb;
  /** Name of the published ramp that `sequential` is, if it is one. */
  ramp: string | undefined;
  readonly sequential: Ramp;
  readonly diverging: Ramp;
}

const settledMs = 400;

/**
 * Follows the page's colours: the ink that the host inherits says whether the theme is dark (this covers `color-scheme`, the reader's
 * system and a class on `body` alike), the first opaque background behind it is the paper. A probe element with a 1 ms transition on
 * both colours and the name of a ramp tells of every change; polling or a listener for each way of switching would miss some.
 */
export class ThemeController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #changed: () => void;
  #probe: HTMLElement | undefined;
  #theme: Theme | undefined;
  #key = '';
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveElement, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
    host.addController(this);
  }

  get current(): Theme {
    if (!this.#theme) this.#read();
    return this.#theme!;
  }

  hostConnected(): void {
    const probe = (this.#probe ??= this.#makeProbe());
    (this.#host.renderRoot as ShadowRoot).append(probe);
    probe.addEventListener('transitionend', this.#check);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', this.#check);
    this.#check();
  }

  hostDisconnected(): void {
    clearTimeout(this.#later);
    this.#probe?.remove();
    this.#probe?.removeEventListener('transitionend', this.#check);
    matchMedia('(prefers-color-scheme: dark)').removeEventListener('change', this.#check);
  }

  #makeProbe(): HTMLElement {
    const probe = document.createElement('span');
    probe.className = 'theme-probe';
    probe.setAttribute('aria-hidden', 'true');
    return probe;
  }

  readonly #check = (): void => {
    if (this.#read()) this.#changed();
    // A background that fades longer than the text colour is read when it has settled.
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#read() && this.#changed(), settledMs);
  };

  /** Reads the colours; true where they differ from the last time. */
  #read(): boolean {
    const style = getComputedStyle(this.#host);
    const ink = toRgba(style.color);
    const ramp = style.getPropertyValue('--vitrine-ramp').trim();
    const dark = luminance(ink.rgb) > 0.35;
    const paper = paperBehind(this.#host) ?? (dark ? [18, 18, 18] : [255, 255, 255]);
    const key = `${dark} ${paper.join()} ${ink.rgb.join()} ${ramp}`;
    if (key === this.#key) return false;
    this.#key = key;
    this.#theme = themeOf(dark, paper, ink.rgb, namedRamp(ramp));
    return true;
  }
}

/** The name of a published ramp; undefined for none, and for one that there is not, of which the author is told. */
function namedRamp(name: string): string | undefined {
  if (name === '' || rampNames.includes(name)) return name || undefined;
  warnOnce(`--vitrine-ramp: ${name}: expected ${rampNames.join(' or ')}. The blue of the page is used.`);
  return undefined;
}

/** Its ramps are made when a figure asks for them: most use one, and a figure that waits for its data none. */
function themeOf(dark: boolean, paper: Rgb, ink: Rgb, ramp: string | undefined): Theme {
  let sequential: Ramp | undefined;
  let diverging: Ramp | undefined;
  return {
    dark,
    paper,
    ink,
    ramp,
    get sequential() {
      return (sequential ??= ramp ? publishedRamp(ramp) : sequentialRamp(paper, dark));
    },
    get diverging() {
      return (diverging ??= divergingRamp(paper, dark));
    },
  };
}

/** The first opaque background behind an element, through shadow roots and slots; undefined where there is none. */
function paperBehind(element: Element): Rgb | undefined {
  for (let at: Element | null = element; at; at = at.assignedSlot ?? at.parentElement ?? shadowHost(at)) {
    const { rgb, alpha } = toRgba(getComputedStyle(at).backgroundColor);
    if (alpha > 0.5) return rgb;
  }
  return undefined;
}

function shadowHost(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/** A CSS colour as numbers; undefined for what is none. */
export function rgbOf(css: string): Rgb | undefined {
  return CSS.supports('color', css) ? toRgba(css).rgb : undefined;
}

let canvas: CanvasRenderingContext2D | null | undefined;
const known = new Map<string, { rgb: Rgb; alpha: number }>();

/** Any CSS colour as numbers. Plain rgb() is read as text; the rest (oklch, color-mix, lab) is drawn on one pixel. */
function toRgba(css: string): { rgb: Rgb; alpha: number } {
  const before = known.get(css);
  if (before) return before;
  const plain = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(css);
  let result: { rgb: Rgb; alpha: number };
  if (plain) result = { rgb: [Number(plain[1]), Number(plain[2]), Number(plain[3])], alpha: Number(plain[4] ?? 1) };
  else {
    canvas ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }) as unknown as CanvasRenderingContext2D;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    result = { rgb: [red!, green!, blue!], alpha: alpha! / 255 };
  }
  if (known.size > 500) known.clear();
  known.set(css, result);
  return result;
}
