// SPDX-License-Identifier: MIT
import { HeadFinderElement } from '../head-finder/head-finder.js';
import { defineElement } from '../shared/define.js';

export { HeadFinderElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<head-finder>`.
 *
 * @example
 * define('my-head-finder');
 */
export function define(tag: string = 'head-finder', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, HeadFinderElement, registry);
}

define();
