// SPDX-License-Identifier: MIT
import { NextTokenElement } from '../next-token/next-token.js';
import { defineElement } from '../shared/define.js';

export { NextTokenElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<next-token>`.
 *
 * @example
 * define('my-next-token');
 */
export function define(tag: string = 'next-token', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, NextTokenElement, registry);
}

define();
