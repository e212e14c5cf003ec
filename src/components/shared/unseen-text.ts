// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';

/** As long as most prompts; stands where nobody has said yet what the text is. */
const likelyText = '<|endoftext|>The capital of France is the city of Paris';

/** Words with the space before them, signs, and special tokens such as `<|endoftext|>`: what most tokens are. */
const word = /<\|[^|]*\|>|\n|\s?[\p{L}\p{M}\p{N}]+|\s?[^\s\p{L}\p{M}\p{N}<]+|\s|</gu;

/** A text in boxes as its tokens will have them, to keep their place free. */
export function unseenWords(text: string, box: (word: TemplateResult) => TemplateResult): TemplateResult[] {
  return ((text || likelyText).match(word) ?? []).map((piece) => {
    if (piece === '\n') return html`<br />`;
    // Special tokens stand in a frame of their own.
    return box(html`<span .style=${piece.startsWith('<|') ? 'padding-inline: 0.3em' : ''}>${piece}</span>`);
  });
}
