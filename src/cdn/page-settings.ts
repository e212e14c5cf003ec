// SPDX-License-Identifier: MIT
import { configure } from '../components/shared/core.js'; // not the index of the core: a page with recorded figures loads none of that

/** The name of the `<meta>` that says where the page keeps the files of ONNX Runtime, transformers.js and the embedded model. */
const NAME = 'vitrine:vendor';

/**
 * Reads `<meta name="vitrine:vendor" content="./vendor/">`, so that a page of plain HTML can load everything from its own server without
 * a line of script. An address is relative to the page.
 */
export function readPageSettings(page: Document): void {
  const vendor = page.querySelector<HTMLMetaElement>(`meta[name="${NAME}"]`)?.content.trim();
  if (vendor) configure({ vendor });
}

if (typeof document !== 'undefined') readPageSettings(document);
