// SPDX-License-Identifier: MIT
import { ColoredTokensElement } from '../colored-tokens/colored-tokens.js';
import { defineElement } from '../shared/define.js';

export { ColoredTokensElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<colored-tokens>`.
 *
 * @example
 * define('my-colored-tokens');
 */
export function define(tag: string = 'colored-tokens', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, ColoredTokensElement, registry);
}

define();
