// SPDX-License-Identifier: MIT
import { ModelMapElement } from '../model-map/model-map.js';
import { defineElement } from '../shared/define.js';

export { ModelMapElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<model-map>`.
 *
 * @example
 * define('my-model-map');
 */
export function define(tag: string = 'model-map', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, ModelMapElement, registry);
}

define();
