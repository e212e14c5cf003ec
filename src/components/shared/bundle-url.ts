// SPDX-License-Identifier: MIT
import { pageShared } from './page-shared.js';

/** Where the bundle for a script tag is, so that a saved page can carry it along. */
export const bundlePlace = pageShared<{ url?: string | undefined }>('bundle.1', () => ({}));

/**
 * Says where `vitrine-page.min.js` is served, the one file that a saved page carries. The bundle for a script tag says it itself; an app
 * that is built from modules says it before a reader saves a page.
 */
export function setBundleUrl(url: string | undefined): void {
  bundlePlace.url = url;
}
