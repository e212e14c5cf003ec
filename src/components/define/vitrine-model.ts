// SPDX-License-Identifier: MIT
import { VitrineModelElement } from '../vitrine-model/vitrine-model.js';
import { defineElement } from '../shared/define.js';

export { VitrineModelElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<vitrine-model>`.
 *
 * @example
 * define('my-vitrine-model');
 */
export function define(tag: string = 'vitrine-model', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, VitrineModelElement, registry);
}

define();
