// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';

/** As long as most prompts; stands where nobody has said yet what the text is. */
const likelyText = '<|endoftext|>The capital of France is the city of Paris';

/** Words with the space before them, signs, and special tokens such as `<|endoftext|>`: what most tokens are. */
const word = /<\|[^|]*\|>|\n|\s?[\p{L}\p{M}\p{N}]+|\s?[^\s\p{L}\p{M}\p{N}<]+|\s|</gu;

/**
 * A text in boxes as its tokens will have them, to keep their place free.
 *
 * @param style - of each box
 */
export function unseenWords(text: string, style: string, below?: TemplateResult): TemplateResult[] {
  const words = (text || likelyText).match(word) ?? [];
  return words.map((piece) => {
    if (piece === '\n') return html`<br />`;
    // Special tokens stand in a frame of their own.
    const frame = piece.startsWith('<|') ? 'padding-inline: 0.3em' : '';
    return html`<span .style=${style}><span .style=${frame}>${piece}</span>${below}</span>`;
  });
}
