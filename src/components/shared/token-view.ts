// SPDX-License-Identifier: MIT
import { css, html, nothing, type TemplateResult } from 'lit';
import type { DisplayToken, TokenPart } from './token-display.js';

/**
 * A token as marked-up text. Markers of white space are generated content, so copying gives the text itself; nothing is ever built from
 * markup. `<bdi>` keeps a right-to-left token from turning its neighbours around.
 *
 * @param token - from `displayTokens`
 */
export function tokenTemplate(token: DisplayToken): TemplateResult {
  return html`<bdi class=${token.special ? 'token special' : 'token'}>${token.parts.map(partTemplate)}</bdi>`;
}

/** {@link tokenTemplate} as a plain node, for running texts of thousands of tokens; spaces between words have no dot. */
export function tokenNode({ special, parts }: DisplayToken): HTMLElement {
  const node = document.createElement('bdi');
  node.className = special ? 'token special' : 'token';
  const blank = parts.every(({ kind }) => kind === 'space');
  if (!blank && parts.every(({ kind }) => kind === 'text' || kind === 'space')) {
    node.textContent = parts.map(({ text }) => text).join('');
    // One space before a word may end a line without a trace.
    if (/^\s?\S+$/.test(node.textContent)) node.classList.add('word');
    return node;
  }
  for (const { kind, text, name, run } of parts) {
    if (kind === 'text') {
      node.append(text);
      continue;
    }
    const piece = document.createElement('span');
    piece.className = `part ${kind} ${run ? 'run' : ''}`;
    if (name !== undefined) piece.dataset['name'] = name;
    piece.textContent = text;
    node.append(piece);
  }
  return node;
}

function partTemplate({ kind, text, name, run }: TokenPart): TemplateResult | string {
  if (kind === 'text') return text;
  return html`<span class="part ${kind} ${run ? 'run' : ''}" data-name=${name ?? nothing}>${text}</span>`;
}

/** How {@link tokenTemplate} looks, in labels and in running text. */
export const tokenStyles = css`
  .token {
    unicode-bidi: isolate;
    white-space: pre;
    text-transform: none;
  }
  .token:empty::before {
    content: '∅';
    opacity: 0.55;
  }
  .part.space {
    position: relative;
  }
  .part.space::before {
    content: '·';
    position: absolute;
    inset-inline: 0;
    text-align: center;
    opacity: 0.4;
  }
  .part.newline,
  .part.return,
  .part.tab {
    font-size: 0;
    white-space: normal;
  }
  .part.newline::before,
  .part.return::before,
  .part.tab::before {
    font-size: var(--token-size, 0.8rem);
    opacity: 0.55;
  }
  .part.newline::before {
    content: '↵';
  }
  .part.return::before {
    content: '␍';
  }
  .part.tab::before {
    content: '⇥';
  }
  .part.control,
  .part.bytes {
    unicode-bidi: isolate;
  }
  .part.control {
    font-size: 0;
  }
  .part.control::before,
  .part.bytes::before {
    content: attr(data-name);
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: max(11px, var(--token-size, 0.8rem) * 0.85);
    opacity: 0.7;
  }
  .part.bytes:not(:empty)::before {
    margin-inline-end: 0.3em;
  }
  .part.mark::before {
    content: '◌';
    opacity: 0.4;
  }
  .token.special {
    outline: 1px solid color-mix(in srgb, currentColor 45%, transparent);
    outline-offset: -1px;
    border-radius: 2px;
    padding-inline: 0.3em;
    font-variant-ligatures: none;
  }
  .part.run {
    border-block-end: 1px solid color-mix(in srgb, currentColor 45%, transparent);
  }
`;
