// SPDX-License-Identifier: MIT
import type { WeightBook } from './weight-book.js';
import type { WeightSite } from './weight-sites.js';

/** Weights that are looked for together. */
export interface WeightSection {
  /** The names that `find` adds or says to be lacking. */
  owns: RegExp;
  find(book: WeightBook): void;
}

/** The weights of a graph: where each lies, and which were looked for in vain. A section is looked through when one of its names is asked for. */
export class WeightTable {
  readonly #sections: readonly WeightSection[];
  readonly #open: () => WeightBook;
  readonly #books = new Map<WeightSection, WeightBook>();

  /** @param open - gives an empty book for a section */
  constructor(sections: readonly WeightSection[], open: () => WeightBook) {
    this.#sections = sections;
    this.#open = open;
  }

  /** Where a weight lies; undefined for one that was not found and for names that are none. */
  site(name: string): WeightSite | undefined {
    return this.#bookOf(name)?.sites.get(name);
  }

  /** Why a weight that people look for was not found. */
  reason(name: string): string | undefined {
    return this.#bookOf(name)?.missing.find((other) => other.name === name)?.because;
  }

  /** All that were found. */
  get names(): string[] {
    return this.#sections.flatMap((section) => [...this.#book(section).sites.keys()]);
  }

  /** All that were looked for in vain. */
  get missing(): { name: string; because: string }[] {
    return this.#sections.flatMap((section) => this.#book(section).missing);
  }

  #bookOf(name: string): WeightBook | undefined {
    const section = this.#sections.find(({ owns }) => owns.test(name));
    return section && this.#book(section);
  }

  #book(section: WeightSection): WeightBook {
    let book = this.#books.get(section);
    if (!book) {
      book = this.#open();
      section.find(book);
      this.#books.set(section, book);
    }
    return book;
  }
}
