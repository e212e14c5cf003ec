// SPDX-License-Identifier: MIT
import { PatchingGridElement } from '../patching-grid/patching-grid.js';
import { defineElement } from '../shared/define.js';

export { PatchingGridElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<patching-grid>`.
 *
 * @example
 * define('my-patching-grid');
 */
export function define(tag: string = 'patching-grid', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, PatchingGridElement, registry);
}

define();
