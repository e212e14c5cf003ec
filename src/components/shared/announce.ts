// SPDX-License-Identifier: MIT
import { pageShared } from './page-shared.js';

interface Announcer {
  region?: HTMLElement;
}

/**
 * Says a sentence to screen readers through the one polite live region of the page: results of a run, a locked selection; never hover.
 * The region is made at the first sentence.
 */
export function announce(sentence: string): void {
  const announcer = pageShared<Announcer>('announcer.1', () => ({}));
  let region = announcer.region;
  if (!region?.isConnected) {
    region = document.createElement('div');
    region.setAttribute('role', 'status');
    region.setAttribute('aria-live', 'polite');
    region.setAttribute('data-vitrine-status', '');
    region.style.cssText = 'position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap';
    document.body.append(region);
    announcer.region = region;
  }
  region.textContent = region.textContent === sentence ? `${sentence}\u00a0` : sentence;
}
