// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { type Span, alignTokens } from './align.js';
import type { FileOptions } from './files.js';
import type { TransformersLibrary } from './library.js';
import { type Repository, openRepository } from './repository.js';
import { locate } from './source.js';
import { readJson } from './stored-file.js';
import type { Token } from './token.js';
import { Vocabulary } from './vocabulary.js';

/**
 * A tokenizer of transformers.js whose tokens know their bytes and their place in the text.
 *
 * The bytes of an encoded text's tokens, joined, are its UTF-8 where the tokenizer changes nothing (GPT-2, Llama 3, Qwen). They differ by
 * what it does change: SentencePiece puts a space before the text (Llama 2, T5), WordPiece and Unigram tokenizers drop or merge spaces
 * and may lower the case or strip accents, and a tokenizer may compose characters (NFC). A lone surrogate is U+FFFD, as in all UTF-8.
 * `start` and `end` refer to the input in every case.
 */
export interface Tokenizer {
  /**
   * Text to tokens. Names of special tokens inside the text become those tokens, as in transformers.js.
   * @param options - `addSpecialTokens`: with those that the tokenizer puts around a text (default true)
   */
  encode(text: string, options?: { addSpecialTokens?: boolean }): Token[];
  /** Ids to tokens; `start` and `end` count in the joined `text`s. Ids outside the vocabulary have no text. */
  tokens(ids: readonly number[]): Token[];
  /** Ids to text, as transformers.js decodes, special tokens included. */
  decode(ids: readonly number[]): string;
  /** Every id by itself as it can be shown; see {@link Token.text}. */
  texts(ids: readonly number[]): string[];
  /** The id of one vocabulary entry as the vocabulary spells it (`Ġthe`, `<|endoftext|>`), or undefined. */
  idOf(entry: string): number | undefined;
  /** One more than the largest id. The logits of a model may be longer, padded to a round number. */
  readonly vocabularySize: number;
  readonly bosId?: number;
  readonly eosId?: number;
  /** The padding token, or the end token where there is none of its own. */
  readonly padId?: number;
  readonly paddingSide: 'left' | 'right';
  /** The tokenizer object of transformers.js, for pipelines, streamers and chat templates. */
  readonly library: object;
}

/** What the three major versions have in common. */
interface LibraryTokenizer {
  encode(text: string, ...options: unknown[]): number[];
  decode(ids: number[], options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean }): string;
  padding_side?: unknown;
}
type TokenizerClass = new (json: unknown, config: unknown) => LibraryTokenizer;

/**
 * Opens the tokenizer of a model.
 *
 * @param source - as for `openModelFiles`, or the opened files of the model
 * @throws VitrineError `file-missing` where the model has no tokenizer.json; `unsupported-model` where this version of transformers.js
 * cannot read it; `network`, `aborted`
 * @example
 * const tokenizer = await openTokenizer(library, 'vitrine/storyteller');
 * tokenizer.encode('Once upon a time').map((token) => token.text)   // ['Once', ' upon', ' a', ' time']
 */
export async function openTokenizer(
  library: TransformersLibrary,
  source: string | { readonly name: string; readonly repository: Repository },
  options: Pick<FileOptions, 'revision' | 'cacheDir' | 'signal' | 'onProgress'> = {},
): Promise<Tokenizer> {
  const repository =
    typeof source === 'string' ? await openRepository(library, await locate(source, library.env), options) : source.repository;
  const read = async (name: string): Promise<Record<string, unknown> | undefined> => {
    const file = await repository.read(name, { signal: options.signal, onProgress: options.onProgress });
    return file && readJson(file, repository.where(name));
  };
  const json = await read('tokenizer.json');
  if (!json) {
    throw new VitrineError(
      'file-missing',
      `Expected a tokenizer at ${repository.where('tokenizer.json')}; there is none. Give token ids instead of text, or copy the file there.`,
    );
  }
  return createTokenizer(library, json, (await read('tokenizer_config.json')) ?? {});
}

/**
 * Makes a tokenizer from its files.
 * @param json - tokenizer.json, parsed
 * @param config - tokenizer_config.json, parsed
 * @throws VitrineError `unsupported-model`
 */
export function createTokenizer(
  library: TransformersLibrary,
  json: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
): Tokenizer {
  return wrapTokenizer(library, construct(library, json, config), json, config);
}

/** Wraps a tokenizer that transformers.js made already. */
export function wrapTokenizer(
  library: TransformersLibrary,
  tokenizer: object,
  json: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
): Tokenizer {
  const vocabulary = new Vocabulary(json);
  const inner = tokenizer as LibraryTokenizer;
  const idsOf = (text: string, special: boolean): number[] => {
    const options = { add_special_tokens: special };
    return library.major === 2 ? inner.encode(text, null, options) : inner.encode(text, options);
  };
  const token = (id: number, { start, end }: Span): Token => ({
    id,
    text: vocabulary.text(id),
    bytes: vocabulary.bytes(id),
    special: vocabulary.isSpecial(id),
    start,
    end,
  });
  const named = (...keys: string[]): number | undefined => {
    for (const key of keys) {
      const value = config[key];
      const content = typeof value === 'object' ? (value as { content?: unknown } | null)?.content : value;
      const id = typeof content === 'string' ? vocabulary.idOf(content) : undefined;
      if (id !== undefined) return id;
    }
    return undefined;
  };
  let usualBefore: number | undefined;
  /** How many of `all` stand before the tokens of the text; a sample tells where the text itself spells such tokens. */
  const countBefore = (all: readonly number[], plain: readonly number[]): number => {
    usualBefore ??= findInside(idsOf('a', true), idsOf('a', false));
    return plain.every((id, index) => id === all[usualBefore! + index]) ? usualBefore : findInside(all, plain);
  };
  const [bosId, eosId, padId] = [named('bos_token'), named('eos_token'), named('pad_token', 'eos_token')];
  return {
    encode(text, { addSpecialTokens = true } = {}) {
      const plain = idsOf(text, false);
      const all = addSpecialTokens ? idsOf(text, true) : plain;
      const first = addSpecialTokens ? countBefore(all, plain) : 0;
      const spans = alignTokens(
        text,
        plain.map((id) => (id === vocabulary.unknownId && !text.includes(vocabulary.text(id)) ? undefined : vocabulary.bytes(id))),
      );
      const before = { start: 0, end: 0 };
      const after = { start: text.length, end: text.length };
      return all.map((id, index) => token(id, index < first ? before : (spans[index - first] ?? after)));
    },
    tokens(ids) {
      let at = 0;
      return ids.map((id) => {
        const start = at;
        at += vocabulary.text(id).length;
        return token(id, { start, end: at });
      });
    },
    decode: (ids) => (ids.length === 0 ? '' : inner.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false })),
    texts: (ids) => ids.map((id) => vocabulary.text(id)),
    idOf: (entry) => vocabulary.idOf(entry),
    vocabularySize: vocabulary.size,
    ...(bosId === undefined ? {} : { bosId }),
    ...(eosId === undefined ? {} : { eosId }),
    ...(padId === undefined ? {} : { padId }),
    paddingSide: inner.padding_side === 'left' ? 'left' : 'right',
    library: tokenizer,
  };
}

/** The library's class for a tokenizer, chosen as its AutoTokenizer does; made from the files, so that any source will do. */
function construct(library: TransformersLibrary, json: object, config: Readonly<Record<string, unknown>>): LibraryTokenizer {
  const { module } = library;
  const wanted = typeof config['tokenizer_class'] === 'string' ? config['tokenizer_class'].replace(/Fast$/, '') : 'PreTrainedTokenizer';
  const mapping = (module['AutoTokenizer'] as { TOKENIZER_CLASS_MAPPING?: Record<string, unknown> } | undefined)?.TOKENIZER_CLASS_MAPPING;
  const constructor = (mapping?.[wanted] ?? module[wanted] ?? module['PreTrainedTokenizer']) as TokenizerClass;
  try {
    return new constructor({ added_tokens: [], ...json }, config);
  } catch (cause) {
    throw new VitrineError(
      'unsupported-model',
      `transformers.js ${library.version} cannot read this tokenizer.json: ${(cause as Error).message}. A newer version may; token ids ` +
        'can be given instead of text.',
      { cause },
    );
  }
}

/** Where the tokens of the text begin among those with special tokens around them; 0 where they cannot be told apart. */
function findInside(all: readonly number[], plain: readonly number[]): number {
  for (let first = 0; first + plain.length <= all.length; first++) {
    if (plain.every((id, index) => id === all[first + index])) return first;
  }
  return 0;
}
