// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';

const utf8 = new TextEncoder();
/** Wrong bytes become U+FFFD, and a byte order mark is a character like others. */
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** How the entries of a vocabulary stand for bytes, read off tokenizer.json. */
interface Spelling {
  /** Every character is one byte, under GPT-2's map (`Ġ` is a space). */
  byteLevel: boolean;
  /** `<0xE2>` is a byte. */
  byteFallback: boolean;
  /** Replacements of the decoder, as `▁` to space. */
  replace: [from: string, to: string][];
  /** `##`: joins a token to the one before. */
  joining: string;
  /** `</w>`: ends a word. */
  ending: string;
}

/** The tokens of tokenizer.json as text and as bytes. */
export class Vocabulary {
  /** One more than the largest id. */
  readonly size: number;
  /** Id of the token that stands for what the vocabulary cannot spell. */
  readonly unknownId: number | undefined;
  readonly #tokens: (string | undefined)[] = [];
  readonly #added = new Set<number>();
  readonly #special = new Set<number>();
  readonly #ids = new Map<string, number>();
  readonly #spelling: Spelling;

  /** @param json - tokenizer.json, parsed. @throws VitrineError `unsupported-model` where it has no vocabulary */
  constructor(json: Readonly<Record<string, unknown>>) {
    const model = record(json['model']);
    for (const [token, id] of entries(model['vocab'])) this.#tokens[id] = token;
    for (const added of list(json['added_tokens']).map(record)) {
      const { id, content, special } = added;
      if (typeof id !== 'number' || typeof content !== 'string') continue;
      this.#tokens[id] = content;
      this.#added.add(id);
      if (special === true) this.#special.add(id);
    }
    if (this.#tokens.length === 0) {
      throw new VitrineError('unsupported-model', 'Expected a vocabulary in tokenizer.json (model.vocab), and there is none.');
    }
    this.#tokens.forEach((token, id) => token !== undefined && this.#ids.set(token, id));
    this.size = this.#tokens.length;
    const unknown = model['unk_token'] ?? (typeof model['unk_id'] === 'number' ? this.#tokens[model['unk_id']] : undefined);
    this.unknownId = typeof unknown === 'string' ? this.#ids.get(unknown) : undefined;
    this.#spelling = readSpelling(json, model);
  }

  /** The id of an entry as the vocabulary spells it. */
  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** Whether the vocabulary marks this id as a control token. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** The bytes that a token stands for; none for an id outside the vocabulary. */
  bytes(id: number): Uint8Array {
    const token = this.#tokens[id];
    if (token === undefined) return new Uint8Array();
    if (this.#added.has(id)) return utf8.encode(token);
    const { byteLevel, byteFallback, joining } = this.#spelling;
    if (byteFallback && /^<0x[0-9A-Fa-f]{2}>$/.test(token)) return Uint8Array.of(Number.parseInt(token.slice(3, 5), 16));
    const text = this.#plain(token);
    if (joining && text.startsWith(joining)) return utf8.encode(text.slice(joining.length));
    return byteLevel ? fromByteLevel(text) : utf8.encode(text);
  }

  /** A token as it can be shown: decoded, but `##ing` as it is written, so that it differs from `ing`. */
  text(id: number): string {
    const token = this.#tokens[id];
    if (token === undefined) return '';
    if (this.#added.has(id)) return token;
    const text = this.#plain(token);
    const { joining } = this.#spelling;
    return joining && text.startsWith(joining) ? text : fromUtf8.decode(this.bytes(id));
  }

  /** The spelling without end-of-word marks and replacement characters. */
  #plain(token: string): string {
    const { ending, replace } = this.#spelling;
    const whole = ending && token.endsWith(ending) ? `${token.slice(0, -ending.length)} ` : token;
    return replace.reduce((text, [from, to]) => text.replaceAll(from, to), whole);
  }
}

function readSpelling(json: Readonly<Record<string, unknown>>, model: Readonly<Record<string, unknown>>): Spelling {
  const decoders = parts(json['decoder'], 'decoders');
  const splitters = parts(json['pre_tokenizer'], 'pretokenizers');
  const typed = (steps: readonly Readonly<Record<string, unknown>>[], type: string): Readonly<Record<string, unknown>> | undefined =>
    steps.find((step) => step['type'] === type);
  const metaspace = typed(decoders, 'Metaspace') ?? typed(splitters, 'Metaspace');
  const wordPiece =
    typed(decoders, 'WordPiece') ?? (model['type'] === 'WordPiece' ? { prefix: model['continuing_subword_prefix'] } : undefined);
  const replace: [string, string][] = [];
  for (const step of decoders) {
    const pattern = record(step['pattern'])['String'];
    if (step['type'] === 'Replace' && typeof pattern === 'string') replace.push([pattern, text(step['content'])]);
  }
  if (metaspace || (model['type'] === 'Unigram' && replace.length === 0)) replace.push([text(metaspace?.['replacement']) || '▁', ' ']);
  const suffix = typed(decoders, 'BPEDecoder');
  const byteLevel = Boolean(typed(decoders, 'ByteLevel') ?? typed(splitters, 'ByteLevel'));
  return {
    byteLevel,
    byteFallback: model['byte_fallback'] === true || Boolean(typed(decoders, 'ByteFallback')),
    replace,
    joining: wordPiece ? text(wordPiece['prefix']) || '##' : '',
    ending: text(model['end_of_word_suffix']) || (suffix ? text(suffix['suffix']) || '</w>' : ''),
  };
}

/**
 * GPT-2's map from characters to bytes: the printable characters of Latin-1 are themselves, the other bytes are the characters from
 * U+0100 on in order. (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2.)
 */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const map = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    map.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return map;
})();

function fromByteLevel(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF.get(character);
    if (byte === undefined) bytes.push(...utf8.encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** A step of a tokenizer, or the steps of a sequence. */
function parts(step: unknown, field: string): Readonly<Record<string, unknown>>[] {
  const one = record(step);
  return Array.isArray(one[field]) ? one[field].flatMap((inner) => parts(inner, field)) : [one];
}

/** Pairs of token and id from any of the forms that `vocab` has: an object, a list of pairs (Unigram), a list of strings. */
function entries(vocab: unknown): [string, number][] {
  if (!Array.isArray(vocab)) {
    return Object.entries(record(vocab)).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  }
  return vocab.map((entry: unknown, id) => [String(Array.isArray(entry) ? entry[0] : entry), id]);
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
