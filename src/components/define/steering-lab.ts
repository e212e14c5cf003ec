// SPDX-License-Identifier: MIT
import { defineElement } from '../shared/define.js';
import { SteeringLabElement } from '../steering-lab/steering-lab.js';

export { SteeringLabElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<steering-lab>`.
 *
 * @example
 * define('my-steering-lab');
 */
export function define(tag: string = 'steering-lab', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, SteeringLabElement, registry);
}

define();
