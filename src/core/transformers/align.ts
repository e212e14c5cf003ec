// SPDX-License-Identifier: MIT
import { type Letter, charactersOf, lettersOf } from './letters.js';

/** What a token covers of a text, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

/** The bytes of a token, or undefined for one that stands for anything (`[UNK]`). */
export type Piece = Uint8Array | undefined;

/**
 * Finds what every token covers of the text it was made from. transformers.js does not tell, so it is found from the tokens' bytes: byte
 * by byte where they spell the text, and otherwise by following both with spaces, letter case, accents and compatibility forms set
 * aside, which is what tokenizers change.
 *
 * @param text - the input
 * @param pieces - bytes of every token in order
 * @returns one span per token; starts and ends never go back. A part of a character covers the whole character; a token of which nothing
 * is in the text is empty.
 */
export function alignTokens(text: string, pieces: readonly Piece[]): Span[] {
  return alignExactly(text, pieces) ?? alignLoosely(text, pieces);
}

const utf8 = new TextEncoder();

function alignExactly(text: string, pieces: readonly Piece[]): Span[] | undefined {
  const bytes = utf8.encode(text);
  let length = 0;
  for (const piece of pieces) {
    if (!piece || piece.some((byte, index) => byte !== bytes[length + index])) return undefined;
    length += piece.length;
  }
  if (length !== bytes.length) return undefined;
  // For every byte, the character that it belongs to.
  const starts = new Uint32Array(bytes.length + 1).fill(text.length);
  const ends = new Uint32Array(bytes.length);
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const next = byte + utf8.encode(character).length;
    starts.fill(unit, byte, next);
    ends.fill(unit + character.length, byte, next);
    byte = next;
    unit += character.length;
  }
  let at = 0;
  return pieces.map((piece) => {
    const first = at;
    at += piece!.length;
    return { start: starts[first]!, end: at === first ? starts[first]! : ends[at - 1]! };
  });
}

/** A letter of the text and the character it came from. */
type Placed = Letter & Span;
/** A letter that the tokens spell, and the first and last token that have bytes of it; or a gap, where a token stands for anything. */
type Spelled = (Letter & { gap: false; first: number; last: number }) | { gap: true; first: number };

function alignLoosely(text: string, pieces: readonly Piece[]): Span[] {
  const source = placedLetters(text);
  const spelled = spelledLetters(pieces);
  const spans: (Span | undefined)[] = pieces.map(() => undefined);
  const cover = (first: number, last: number, span: Span): void => {
    for (let token = first; token <= last; token++) {
      const before = spans[token];
      spans[token] = { start: before?.start ?? span.start, end: span.end };
    }
  };
  let gaps: number[] = [];
  let at = 0;
  let covered = 0;
  spelled.forEach((letter, index) => {
    if (letter.gap) {
      gaps.push(letter.first);
      return;
    }
    const found = findLetter(source, at, spelled, index, gaps.length > 0);
    if (found === undefined) return;
    const { start, end } = source[found]!;
    shareGap(text, covered, start, gaps, spans);
    gaps = [];
    cover(letter.first, letter.last, { start, end });
    covered = end;
    at = found + 1;
    // A mark that normalisation dropped stays with its letter.
    const next = spelled[index + 1];
    while (source[at]?.mark && (!next || next.gap || next.letter !== source[at]!.letter)) {
      covered = source[at]!.end;
      cover(letter.first, letter.last, { start, end: covered });
      at++;
    }
  });
  shareGap(text, covered, text.length, gaps, spans);
  let last = 0;
  return spans.map((span) => {
    const known = span ?? { start: last, end: last };
    last = Math.max(last, known.end);
    return known;
  });
}

/** How far ahead a letter is looked for, and how many letters must agree there. */
const REACH = 1024;
const AGREEMENT = 4;

/** The place in the text of the letter at `index`, at or after `at`; undefined for what the tokenizer put in. */
function findLetter(
  source: readonly Placed[],
  at: number,
  spelled: readonly Spelled[],
  index: number,
  afterGap: boolean,
): number | undefined {
  const letter = spelled[index]!;
  if (letter.gap) return undefined;
  const space = letter.letter === ' ';
  if (!afterGap) {
    if (source[at]?.letter === letter.letter) return at;
    if (space || letter.mark) return undefined;
    let next = at;
    while (source[next]?.letter === ' ') next++;
    if (source[next]?.letter === letter.letter) return next;
  }
  // Looked for by the letters that follow; a space after a gap is the one before the first of them.
  const ahead: string[] = [];
  for (let i = index; ahead.length < AGREEMENT; i++) {
    const other = spelled[i];
    if (!other || other.gap) break;
    if (other.letter !== ' ' && !other.mark) ahead.push(other.letter);
  }
  if (letter.mark || ahead.length === 0) return undefined;
  for (let candidate = at; candidate < Math.min(source.length, at + REACH); candidate++) {
    if (source[candidate]!.letter !== ahead[0] || !agrees(source, candidate, ahead)) continue;
    if (!space) return candidate;
    return candidate > at && source[candidate - 1]!.letter === ' ' ? candidate - 1 : undefined;
  }
  return undefined;
}

function agrees(source: readonly Placed[], from: number, letters: readonly string[]): boolean {
  let at = from;
  return letters.every((letter) => {
    while (source[at] && (source[at]!.letter === ' ' || source[at]!.mark)) at++;
    return source[at++]?.letter === letter;
  });
}

/** Gives the text between two known places to the tokens that stand for anything there: a word each, the last one the rest. */
function shareGap(text: string, from: number, until: number, gaps: readonly number[], spans: (Span | undefined)[]): void {
  let at = from;
  gaps.forEach((token, order) => {
    const between = text.slice(at, until);
    const start = at + between.length - between.trimStart().length;
    const word = order === gaps.length - 1 ? text.slice(start, until).trimEnd() : (/^\S*/.exec(text.slice(start, until))?.[0] ?? '');
    at = start + word.length;
    spans[token] = { start, end: at };
  });
}

function placedLetters(text: string): Placed[] {
  const placed: Placed[] = [];
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    placed.push(...lettersOf(character).map((letter) => ({ ...letter, start, end })));
    start = end;
  }
  return placed;
}

function spelledLetters(pieces: readonly Piece[]): Spelled[] {
  const spelled: Spelled[] = [];
  let run: { bytes: number[]; tokens: number[] } = { bytes: [], tokens: [] };
  const endRun = (): void => {
    for (const { character, start, end } of charactersOf(Uint8Array.from(run.bytes))) {
      const place = { gap: false as const, first: run.tokens[start]!, last: run.tokens[end - 1]! };
      spelled.push(...lettersOf(character).map((letter) => ({ ...letter, ...place })));
    }
    run = { bytes: [], tokens: [] };
  };
  pieces.forEach((piece, token) => {
    if (piece) {
      for (const byte of piece) {
        run.bytes.push(byte);
        run.tokens.push(token);
      }
    } else {
      endRun();
      spelled.push({ gap: true, first: token });
    }
  });
  endRun();
  return spelled;
}
