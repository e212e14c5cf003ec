// SPDX-License-Identifier: MIT

/** Text of a growing list of tokens, given out in whole characters: a character spread over tokens comes with its last one. */
export class TextStream {
  readonly #decode: (ids: readonly number[]) => string;
  readonly #ids: number[] = [];
  #shown = '';

  constructor(decode: (ids: readonly number[]) => string) {
    this.#decode = decode;
  }

  /** All text so far, an unfinished character left out. */
  get text(): string {
    return this.#shown;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  /** The text that a token adds, empty while a character is unfinished. */
  push(id: number): string {
    this.#ids.push(id);
    const whole = this.#decode(this.#ids).replace(/\uFFFD+$/, '');
    if (!whole.startsWith(this.#shown)) {
      // A decoder may change what it said before (a space that a later token takes back).
      this.#shown = whole;
      return '';
    }
    const added = whole.slice(this.#shown.length);
    this.#shown = whole;
    return added;
  }
}
