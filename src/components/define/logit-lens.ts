// SPDX-License-Identifier: MIT
import { LogitLensElement } from '../logit-lens/logit-lens.js';
import { defineElement } from '../shared/define.js';

export { LogitLensElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<logit-lens>`.
 *
 * @example
 * define('my-logit-lens');
 */
export function define(tag: string = 'logit-lens', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, LogitLensElement, registry);
}

define();
