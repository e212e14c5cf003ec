// SPDX-License-Identifier: MIT
// Colour ramps, computed in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020), where equal steps look equal.

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** 256 colours, each as one 32-bit pixel of an ImageData (little-endian: alpha, blue, green, red). */
export type Ramp = Uint32Array;

interface Lab {
  l: number;
  a: number;
  b: number;
}

/** Ends of the ramps as lightness, chroma and hue (degrees). Blue and orange differ in lightness order alike and survive colour blindness. */
const ends = {
  light: { blue: [0.36, 0.135, 262], orange: [0.5, 0.135, 52] },
  dark: { blue: [0.9, 0.075, 245], orange: [0.88, 0.105, 68] },
} as const;

/** How far chroma runs ahead of lightness in the middle of a ramp, so that middle amounts are coloured, not grey. */
const chromaLead = 0.55;

/**
 * The ramp for amounts: zero is the paper itself, one is the strongest blue. Lightness changes in equal steps.
 *
 * @param paper - the background behind the figure
 * @param dark - whether that is a dark theme
 */
export function sequentialRamp(paper: Rgb, dark: boolean): Ramp {
  const [from, to] = [toLab(paper), fromLch(ends[dark ? 'dark' : 'light'].blue)];
  return Uint32Array.from({ length: 256 }, (_, index) => pixel(toRgb(between(from, to, index / 255))));
}

/**
 * Ten even steps of published ramps, whose lightness rises from one end to the other: viridis (Stéfan van der Walt and Nathaniel Smith, 2015)
 * and cividis (Jamie Nuñez and others, 2018), which colour-blind readers see as everybody does. Both are in the public domain.
 */
const published = {
  viridis: '440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725',
  cividis: '00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838',
};

/** Names of the published ramps. */
export const rampNames: readonly string[] = /* @__PURE__ */ Object.keys(published);

/** A published ramp: the same on every paper, dark for zero. */
export function publishedRamp(name: string): Ramp {
  const steps = published[name as keyof typeof published]
    .split(' ')
    .map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const place = (index / 255) * (steps.length - 1);
    const before = Math.min(Math.floor(place), steps.length - 2);
    const rgb = steps[before]!.map((low, channel) => Math.round(low + (steps[before + 1]![channel]! - low) * (place - before)));
    return pixel(rgb as unknown as Rgb);
  });
}

/** The ramp for signed effects: orange below zero, the paper at zero (index 127.5), blue above. */
export function divergingRamp(paper: Rgb, dark: boolean): Ramp {
  const { blue, orange } = ends[dark ? 'dark' : 'light'];
  const zero = toLab(paper);
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const signed = (index - 127.5) / 127.5;
    return pixel(toRgb(between(zero, fromLch(signed < 0 ? orange : blue), Math.abs(signed))));
  });
}

/** A ramp from the paper to colours of an author's: to one of them, or to `below` under zero (index 127.5) and to `above` over it. */
export function authorRamp(paper: Rgb, above: Rgb, below?: Rgb): Ramp {
  const zero = toLab(paper);
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const amount = below ? (index - 127.5) / 127.5 : index / 255;
    return pixel(toRgb(between(zero, toLab(below && amount < 0 ? below : above), Math.abs(amount))));
  });
}

/** Index into a sequential ramp of a value in [0, max]. */
export function rampIndex(value: number, max = 1): number {
  return value <= 0 ? 0 : value >= max ? 255 : Math.round((value / max) * 255);
}

/** The colour of a ramp as CSS. */
export function rampColour(ramp: Ramp, index: number): string {
  return cssColour(rampRgb(ramp, index));
}

export function rampRgb(ramp: Ramp, index: number): Rgb {
  const value = ramp[index] ?? 0;
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Relative luminance of WCAG 2.2, 0 (black) to 1 (white). */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * toLinear(red) + 0.7152 * toLinear(green) + 0.0722 * toLinear(blue);
}

/** Contrast ratio of WCAG 2.2, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever reads better on `background`: at least 4.58 to 1 on any colour. */
export function inkOn(background: Rgb): 'black' | 'white' {
  return luminance(background) > 0.179 ? 'black' : 'white';
}

/** One opaque pixel, or with `alpha` (0 to 255) a translucent one. */
export function pixel([red, green, blue]: Rgb, alpha = 255): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function between(from: Lab, to: Lab, amount: number): Lab {
  const chroma = amount + chromaLead * amount * (1 - amount);
  return { l: from.l + (to.l - from.l) * amount, a: from.a + (to.a - from.a) * chroma, b: from.b + (to.b - from.b) * chroma };
}

function fromLch([l, chroma, hue]: readonly [number, number, number]): Lab {
  const radians = (hue * Math.PI) / 180;
  return { l, a: chroma * Math.cos(radians), b: chroma * Math.sin(radians) };
}

function toLinear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function fromLinear(value: number): number {
  const clamped = Math.min(1, Math.max(0, value));
  return Math.round(255 * (clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055));
}

function toLab(rgb: Rgb): Lab {
  const [r, g, b] = [toLinear(rgb[0]), toLinear(rgb[1]), toLinear(rgb[2])];
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    l: 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    a: 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    b: 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  };
}

function toRgb({ l, a, b }: Lab): Rgb {
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    fromLinear(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    fromLinear(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    fromLinear(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}
