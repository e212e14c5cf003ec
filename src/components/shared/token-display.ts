// SPDX-License-Identifier: MIT
import type { TraceToken } from './core.js';
import { strings } from './strings.js';

/** A piece of a token with one way of being shown. */
export interface TokenPart {
  kind: 'text' | 'space' | 'newline' | 'return' | 'tab' | 'control' | 'bytes' | 'mark';
  /** What copying gives. Empty for bytes that are no character by themselves. */
  text: string;
  /** What is shown in place of invisible text: "U+200B", "E2 80". */
  name?: string;
  /** Where several tokens form one character: which of them this is. */
  run?: ByteRun;
}

/** A place in a character that was split over tokens; `part` counts from 1. */
export interface ByteRun {
  part: number;
  of: number;
  character: string;
}

/** A token ready to be shown, spoken and quoted. */
export interface DisplayToken {
  position: number;
  id: number;
  text: string;
  special: boolean;
  parts: TokenPart[];
  /** In words, for screen readers: blanks and bytes are named. */
  spoken: string;
  /** In a sentence: `"John"`, blanks as words. */
  quoted: string;
}

/** What a token is made of before it is shown. */
type Piece = { text: string } | { bytes: number[]; run: ByteRun | undefined };

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for characters. The segmenter takes 50 ms to come to life: plain English does without. */
function graphemes(text: string): string[] {
  if (/^[\x00-\x7f]*$/.test(text)) return text.match(/\r\n|[^]/g) ?? [];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const encoder = new TextEncoder();

/**
 * Prepares tokens for showing. A character that was split over tokens is found again by reading all bytes in one go: its pieces show
 * their bytes, the last one the character too.
 */
export function displayTokens(tokens: readonly TraceToken[]): DisplayToken[] {
  const pieces = splitBytes(tokens);
  return tokens.map((token, position) => displayToken(token, position, pieces[position]!));
}

/** One token by itself, such as a candidate of a logit lens. */
export function displayOne(text: string, position = 0): DisplayToken {
  return displayTokens([{ id: 0, text }]).map((token) => ({ ...token, position }))[0]!;
}

function splitBytes(tokens: readonly TraceToken[]): Piece[][] {
  const splits = tokens.map((token): Piece[] => (token.bytes && !token.special ? [] : [{ text: token.text }]));
  for (let start = 0; start < tokens.length; start++) {
    if (splits[start]!.length > 0) continue;
    let end = start;
    while (end < tokens.length && splits[end]!.length === 0) end++;
    scan(tokens, splits, start, end);
    start = end - 1;
  }
  return splits;
}

/** Reads the bytes of the tokens from `start` to `end` as one UTF-8 text and hands every character to the tokens that hold it. */
function scan(tokens: readonly TraceToken[], splits: Piece[][], start: number, end: number): void {
  const bytes: number[] = [];
  const owner: number[] = [];
  for (let index = start; index < end; index++) {
    const own = tokens[index]!.bytes ?? [...encoder.encode(tokens[index]!.text)];
    if (own.length === 0) splits[index]!.push({ text: tokens[index]!.text });
    for (const byte of own) {
      bytes.push(byte);
      owner.push(index);
    }
  }
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    const length = character ? encoder.encode(character).length : 1;
    const holders = [...new Set(owner.slice(at, at + length))];
    if (character && holders.length === 1) addText(splits[holders[0]!]!, character);
    else {
      const runs = holders.map((_, part) => character && { part: part + 1, of: holders.length, character });
      for (let byte = at; byte < at + length; byte++)
        addByte(splits[owner[byte]!]!, bytes[byte]!, runs[holders.indexOf(owner[byte]!)] || undefined);
    }
    at += length;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The character whose UTF-8 begins at `at`, or undefined where no whole character does. */
function characterAt(bytes: readonly number[], at: number): string | undefined {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return undefined;
  try {
    return strict.decode(Uint8Array.from(bytes.slice(at, at + length)));
  } catch {
    return undefined;
  }
}

function addText(pieces: Piece[], text: string): void {
  const last = pieces.at(-1);
  if (last && 'text' in last) last.text += text;
  else pieces.push({ text });
}

function addByte(pieces: Piece[], byte: number, run: ByteRun | undefined): void {
  const last = pieces.at(-1);
  if (last && 'bytes' in last && last.run === run) last.bytes.push(byte);
  else pieces.push({ bytes: [byte], run });
}

function displayToken(token: TraceToken, position: number, pieces: readonly Piece[]): DisplayToken {
  const special = token.special ?? false;
  const parts: TokenPart[] = special ? [{ kind: 'text', text: token.text }] : pieces.flatMap(pieceParts);
  const spoken = special ? strings.special(token.text) : speak(parts);
  const blank = parts.every(({ kind }) => kind !== 'text' && kind !== 'mark');
  const quoted = special ? token.text : blank || parts.some(({ kind }) => kind === 'bytes') ? spoken : isolated(`"${quotable(parts)}"`);
  return { position, id: token.id, text: token.text, special, parts, spoken, quoted };
}

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Where a text begins, by its first letter: tokens are isolated from each other, so that the direction of their line has to be told. */
export function directionOf(text: string): 'ltr' | 'rtl' {
  return rightToLeft.test(/\p{L}/u.exec(text)?.[0] ?? '') ? 'rtl' : 'ltr';
}

/** A right-to-left token in a sentence leaves the numbers beside it where they are. */
function isolated(text: string): string {
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

/** The last piece of a split character carries the character, so that copying gives it once. */
function pieceParts(piece: Piece): TokenPart[] {
  if ('text' in piece) return textParts(piece.text);
  const { bytes, run } = piece;
  return [{ kind: 'bytes', text: run && run.part === run.of ? run.character : '', name: hex(bytes), ...(run && { run }) }];
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

const invisible = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]|^(?! )\p{Zs}$/u;

/** Nearly every token of an English text: a word, mostly with a space before it. */
const plain = /^( ?)([!-~]+)$/;

function textParts(text: string): TokenPart[] {
  const [, space, word] = plain.exec(text) ?? [];
  if (word)
    return space
      ? [
          { kind: 'space', text: space },
          { kind: 'text', text: word },
        ]
      : [{ kind: 'text', text: word }];
  const parts: TokenPart[] = [];
  const add = (part: TokenPart): void => {
    const last = parts.at(-1);
    if (part.kind === 'text' && (last?.kind === 'text' || last?.kind === 'mark')) last.text += part.text;
    else parts.push(part);
  };
  for (const [index, segment] of graphemes(text).entries()) {
    if (segment === ' ') add({ kind: 'space', text: segment });
    else if (segment === '\n') add({ kind: 'newline', text: segment });
    else if (segment === '\r\n') parts.push({ kind: 'return', text: '\r' }, { kind: 'newline', text: '\n' });
    else if (segment === '\r') add({ kind: 'return', text: segment });
    else if (segment === '\t') add({ kind: 'tab', text: segment });
    else if (index === 0 && /^\p{M}/u.test(segment)) parts.push({ kind: 'mark', text: segment });
    else if (invisible.test(segment)) add({ kind: 'control', text: segment, name: codePoints(segment) });
    else add({ kind: 'text', text: segment });
  }
  return parts;
}

function codePoints(text: string): string {
  return [...text].map((point) => `U+${point.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`).join(' ');
}

/** Without one leading space, which nearly every word has; everything else stays. */
function quotable(parts: readonly TokenPart[]): string {
  const shown = parts[0]?.kind === 'space' && parts[1]?.kind === 'text' ? parts.slice(1) : parts;
  return shown
    .map(({ kind, text, name }) => (kind === 'newline' ? '↵' : kind === 'tab' ? '⇥' : kind === 'return' ? '␍' : (name ?? text)))
    .join('');
}

function speak(parts: readonly TokenPart[]): string {
  const said: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const { kind, text, name, run } = parts[index]!;
    let count = 1;
    while ((kind === 'space' || kind === 'newline') && parts[index + count]?.kind === kind) count++;
    const leadsWord = index === 0 && kind === 'space' && count === 1 && parts.length > 1 && parts[1]!.kind === 'text';
    if (kind === 'text' || kind === 'mark') said.push(text);
    else if (kind === 'bytes') said.push(run ? strings.byteRun(name!, run.part, run.of, run.character) : strings.bytes(name!));
    else if (kind === 'control') said.push(name!);
    else if (kind === 'tab') said.push(strings.tab);
    else if (kind === 'return') said.push(strings.carriageReturn);
    else if (!leadsWord) said.push(count > 1 ? (kind === 'space' ? strings.spaces(count) : strings.newlines(count)) : strings[kind]);
    index += count - 1;
  }
  return said.join(' ') || strings.emptyToken;
}

/** At most `most` graphemes, with an ellipsis where something was left out; never cuts inside a character. */
export function truncate(text: string, most: number): string {
  const all = graphemes(text);
  return all.length <= most ? text : `${all.slice(0, most - 1).join('')}…`;
}
