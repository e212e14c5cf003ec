// SPDX-License-Identifier: MIT
import { LogitAttributionElement } from '../logit-attribution/logit-attribution.js';
import { defineElement } from '../shared/define.js';

export { LogitAttributionElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<logit-attribution>`.
 *
 * @example
 * define('my-logit-attribution');
 */
export function define(tag: string = 'logit-attribution', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, LogitAttributionElement, registry);
}

define();
