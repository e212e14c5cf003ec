// SPDX-License-Identifier: MIT

/**
 * One token of an encoded text.
 *
 * `text` and `bytes` belong to the token itself, whatever the text around it; `start` and `end` say what it covers of the input. The
 * bytes of the tokens, one after the other, are the UTF-8 of the text as the model sees it, which differs from the input by what the
 * tokenizer normalises: see {@link Tokenizer}.
 */
export interface Token {
  readonly id: number;
  /**
   * The token as it can be shown: ` the` with its space, `##ing` in WordPiece vocabularies, the name of a special token. Where a
   * character is spread over several tokens, each shows U+FFFD in its place, and `bytes` has the truth.
   */
  readonly text: string;
  /** The bytes that the token stands for. */
  readonly bytes: Uint8Array;
  /** Whether the vocabulary marks it as a control token (beginning, end, padding...). */
  readonly special: boolean;
  /** Where it begins in the input, in UTF-16 units. A part of a character covers the whole character. */
  readonly start: number;
  /** Where it ends; equal to `start` for tokens that the tokenizer added. */
  readonly end: number;
}
