// SPDX-License-Identifier: MIT
import { AttentionViewElement } from '../attention-view/attention-view.js';
import { defineElement } from '../shared/define.js';

export { AttentionViewElement };

/**
 * Registers the element under another tag, or in another registry; importing this module has registered it as `<attention-view>`.
 *
 * @example
 * define('my-attention-view');
 */
export function define(tag: string = 'attention-view', registry: CustomElementRegistry = customElements): CustomElementConstructor {
  return defineElement(tag, AttentionViewElement, registry);
}

define();
