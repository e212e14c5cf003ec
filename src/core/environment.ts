// SPDX-License-Identifier: MIT

/** Where the parts that Vitrine does not contain are found. Every field is optional. */
export interface Environment {
  /**
   * Base URL of files served beside the bundle: `<vendor>transformers.min.js` (transformers.js), `<vendor>ort/` (the files of ONNX
   * Runtime) and `<vendor>storyteller/` (the embedded model). The more particular fields below win over it.
   */
  vendor?: string | undefined;
  /** transformers.js: the URL of an ES module, or its module namespace. */
  transformers?: string | object | undefined;
  /** ONNX Runtime: the URL of an ES module, or its module namespace. */
  ort?: string | object | undefined;
  /** URL of the folder of the embedded model `vitrine/storyteller`. */
  storyteller?: string | undefined;
}

/** One object per page, also where a page holds several copies of this module: in the bundle of the elements and in that of the core. */
const settings: Environment = ((globalThis as unknown as Record<symbol, Environment | undefined>)[Symbol.for('vitrine.environment.1')] ??=
  {});

/**
 * Says where transformers.js, ONNX Runtime and the embedded model are found. Fields that are not named keep their value; a field
 * set to `undefined` goes back to the default. Call it before the first model is opened.
 *
 * @example
 * configure({ vendor: '/assets/vitrine/' });
 * configure({ transformers: 'https://cdn.example/transformers@4.3.1/dist/transformers.min.js' });
 */
export function configure(changes: Environment): void {
  Object.assign(settings, changes);
}

/** The settings made so far. */
export function environment(): Readonly<Environment> {
  return settings;
}

/** The URL of a file under `vendor`, or undefined where no vendor folder is set. Relative folders count from the page. */
export function vendorUrl(file: string): string | undefined {
  if (settings.vendor === undefined) return undefined;
  const folder = settings.vendor.endsWith('/') ? settings.vendor : `${settings.vendor}/`;
  return absoluteUrl(folder + file);
}

/** A URL relative to the page (or worker) made absolute; unchanged where there is no page. */
export function absoluteUrl(url: string): string {
  const page = typeof document === 'object' ? document.baseURI : typeof location === 'object' ? location.href : undefined;
  return URL.canParse(url, page) ? new URL(url, page).href : url;
}
