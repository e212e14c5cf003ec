// SPDX-License-Identifier: MIT

/** A letter as two spellings of one text can be compared: without case, accents and compatibility forms. */
export interface Letter {
  readonly letter: string;
  /** An accent or another combining mark, which normalisation may drop or add. */
  readonly mark: boolean;
}

/** The letters of one character: `É` is e, `ﬁ` is f and i, any space is a space; a mark alone is itself. */
export function lettersOf(character: string): Letter[] {
  if (/^\s$/u.test(character)) return [{ letter: ' ', mark: false }];
  const letters = [...character.normalize('NFKD').toLowerCase()].filter((part) => !/\p{M}/u.test(part));
  // Half of a surrogate pair is encoded as U+FFFD.
  if (letters.length > 0) return letters.map((letter) => ({ letter: /\p{Cs}/u.test(letter) ? '\ufffd' : letter, mark: false }));
  return [{ letter: character, mark: true }];
}

/** A character with the bytes it takes of a byte sequence. */
export interface EncodedCharacter {
  readonly character: string;
  readonly start: number;
  readonly end: number;
}

/** The characters of UTF-8 bytes with their places; a byte that belongs to no character is U+FFFD by itself. */
export function charactersOf(bytes: Uint8Array): EncodedCharacter[] {
  const found: EncodedCharacter[] = [];
  for (let start = 0; start < bytes.length;) {
    const lead = bytes[start]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    const end = start + Math.max(1, length);
    const character = length === 0 || end > bytes.length ? undefined : decodeOne(bytes.subarray(start, end));
    found.push({ character: character ?? '\ufffd', start, end: character === undefined ? start + 1 : end });
    start = found[found.length - 1]!.end;
  }
  return found;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeOne(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
