// SPDX-License-Identifier: MIT
import type { SteeringData } from './steering-data.js';

const most = 24;

/** Texts that were shown, the last of them: the place stays as high as they need, also while a shorter one is written. */
export class Rooms {
  #texts = new Set<string>();

  get texts(): Iterable<string> {
    return this.#texts;
  }

  add({ trace }: SteeringData): void {
    for (const tokens of [trace.base, ...trace.steered.map((text) => text.tokens)]) {
      this.#texts.add(`${trace.prompt}${tokens.map(({ text }) => text).join('')}`);
    }
    if (this.#texts.size > most) this.#texts = new Set([...this.#texts].slice(-most));
  }
}
