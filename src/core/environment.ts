// SPDX-License-Identifier: MIT

/** Where the large libraries and the embedded model come from. Everything is optional; the defaults suit an npm install. */
export interface Environment {
  /**
   * Base URL of a folder with the files of ONNX Runtime and transformers.js, served beside a page. Both libraries are then loaded
   * from there and from nowhere else.
   */
  vendor?: string;
  /** URL of an ES module of transformers.js, or the module itself. Wins over `vendor`. */
  transformers?: unknown;
  /** URL of an ES module of ONNX Runtime for the web, or the module itself. Wins over `vendor`. */
  ort?: unknown;
  /** URL of the folder of the embedded model. */
  storyteller?: string;
}

let current: Environment = {};

/**
 * Says where libraries come from, before the first model is opened. Later calls add to earlier ones.
 *
 * @example
 * configure({ vendor: '/assets/vitrine-vendor/' });   // self-hosted: no request leaves your site
 */
export function configure(environment: Environment): void {
  current = { ...current, ...environment };
}

/** The environment as configured so far. */
export function environment(): Readonly<Environment> {
  return current;
}
