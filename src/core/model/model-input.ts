// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { Chain } from '../stages/chain.js';
import type { Token } from '../transformers/token.js';
import type { Tokenizer } from '../transformers/tokenizer.js';
import type { Pass } from './edits/selection.js';
import { feedsOfTensors, feedsOfTokens, type Feeds } from './feeds.js';
import { inputShape } from './input-shape.js';
import type { BatchShape } from './materialise.js';
import { checkTokens, padRows, type Tokens } from './tokens.js';

/** What a model can be run on: text, several texts, ids, several rows of ids, a padded batch, or values for the graph's inputs by name. */
export type ModelInput = string | readonly string[] | readonly number[] | readonly (readonly number[])[] | Tokens | Feeds;

/** One message of a conversation, for models that were trained on a chat template. */
export interface ChatMessage {
  role: string;
  content: string;
}

/** How text becomes tokens. */
export interface TokenizeOptions {
  /** Whether the tokenizer adds its special tokens ([CLS], <s>). @defaultValue true, as transformers.js does */
  addSpecialTokens?: boolean;
  /** Begin with the model's begin-of-text token where the text does not. GPT-2's tokenizer adds none; the literature mostly does. @defaultValue false */
  prependBos?: boolean;
}

export interface InputOptions extends TokenizeOptions {
  /** Side on which shorter rows of a batch are padded. @defaultValue 'right', where a causal model's tokens cannot see the padding */
  paddingSide?: 'left' | 'right';
  signal?: AbortSignal;
}

/** An input made ready to run. */
export interface PreparedInput {
  tokens: Tokens | undefined;
  feeds: Map<string, RuntimeTensor>;
  shape: BatchShape;
}

/** Turns what a user gives into what the graph takes. */
export class InputReader {
  readonly #chain: Chain;
  readonly #tokenizer: Tokenizer | undefined;
  readonly #vocabularySize: number | undefined;
  /** Longest prompt by config.json; undefined where nothing is said. */
  readonly contextLength: number | undefined;

  constructor(chain: Chain, tokenizer: Tokenizer | undefined, config: Readonly<Record<string, unknown>>) {
    this.#chain = chain;
    this.#tokenizer = tokenizer;
    this.contextLength = numberOf(config, ['n_positions', 'max_position_embeddings', 'n_ctx', 'max_seq_len', 'seq_length']);
    this.#vocabularySize = numberOf(config, ['vocab_size']);
  }

  /** @throws VitrineError `empty-input`, `input-too-long`, `invalid-input` */
  async prepare(input: ModelInput, options: InputOptions): Promise<PreparedInput> {
    const context = { graph: this.#chain.graph, backend: this.#chain.backend };
    if (isFeeds(input)) {
      const feeds = feedsOfTensors(context, input);
      return { tokens: undefined, feeds, shape: await inputShape(this.#chain, feeds, options.signal) };
    }
    const tokens = isTokens(input) ? input : this.tokens(input, options);
    checkTokens(tokens, { vocabularySize: this.#vocabularySize, contextLength: this.contextLength });
    return { tokens, feeds: feedsOfTokens(context, tokens), shape: { batch: tokens.ids.length, pos: tokens.ids[0]!.length } };
  }

  /** The padded batch of texts or ids. */
  tokens(input: string | readonly string[] | readonly number[] | readonly (readonly number[])[], options: InputOptions): Tokens {
    const padding = { padId: this.#tokenizer?.padId ?? this.#tokenizer?.eosId ?? 0, side: options.paddingSide ?? ('right' as const) };
    const rows = typeof input === 'string' ? [input] : input;
    if (rows.every((row) => typeof row === 'string')) {
      const tokens = rows.map((text) => this.tokenize(text, options));
      const padded = padRows(
        tokens.map((row) => row.map((token) => token.id)),
        padding,
      );
      const pad: Token = { id: padding.padId, text: '', bytes: new Uint8Array(), special: true, start: 0, end: 0 };
      const filled = tokens.map((row) => {
        const padTokens = new Array<Token>(padded.ids[0]!.length - row.length).fill(pad);
        return padding.side === 'left' ? [...padTokens, ...row] : [...row, ...padTokens];
      });
      return { ...padded, tokens: filled };
    }
    const ids = (rows.every((row) => typeof row === 'number') ? [rows] : rows) as readonly (readonly number[])[];
    return padRows(ids, padding);
  }

  /** The tokens of one text. @throws VitrineError `unsupported-model` without a tokenizer */
  tokenize(text: string, options: TokenizeOptions): Token[] {
    const tokenizer = this.#tokenizer;
    if (!tokenizer) {
      throw new VitrineError(
        'unsupported-model',
        'This model has no tokenizer, so it takes no text. Run it with token ids (number[]) or tensors by input name ({ pixel_values: ... }).',
      );
    }
    const tokens = tokenizer.encode(text, { addSpecialTokens: options.addSpecialTokens ?? true });
    const bos = tokenizer.bosId;
    if (!options.prependBos || tokens[0]?.id === bos) return tokens;
    if (bos === undefined)
      throw new VitrineError('invalid-option', 'prependBos was asked for, but this tokenizer has no begin-of-text token.');
    return [{ ...tokenizer.tokens([bos])[0]!, start: 0, end: 0 }, ...tokens];
  }

  /** The ids of a prompt to be continued: text, ids, or a conversation in the model's own template. */
  promptIds(prompt: string | readonly number[] | readonly ChatMessage[], options: TokenizeOptions): number[] {
    if (typeof prompt === 'string') return this.tokenize(prompt, options).map((token) => token.id);
    if (prompt.every((part) => typeof part === 'number')) return [...prompt];
    return chatIds(this.#tokenizer, prompt as readonly ChatMessage[]);
  }

  /** The whole input as one pass, for edits and hook functions. */
  pass({ tokens, shape }: Pick<PreparedInput, 'tokens' | 'shape'>): Pass {
    const ids = tokens?.ids ?? Array.from({ length: shape.batch }, () => new Array<number>(shape.pos).fill(-1));
    const mask = tokens?.mask ?? ids.map((row) => row.map(() => 1));
    return {
      step: 0,
      batch: shape.batch,
      count: shape.pos,
      past: 0,
      ids,
      prompt: mask.map((row) => ({ start: row.indexOf(1), end: row.lastIndexOf(1) + 1 })),
      ...this.textOf,
    };
  }

  /** The text of ids, for selections by text; nothing for a model without a tokenizer. */
  get textOf(): { text?: (id: number) => string } {
    const tokenizer = this.#tokenizer;
    return tokenizer ? { text: (id) => tokenizer.texts([id])[0] ?? '' } : {};
  }
}

interface ChatTokenizer {
  apply_chat_template(messages: readonly ChatMessage[], options: object): unknown;
}

function chatIds(tokenizer: Tokenizer | undefined, messages: readonly ChatMessage[]): number[] {
  try {
    const library = tokenizer?.library as ChatTokenizer | undefined;
    const text = library?.apply_chat_template(messages, { tokenize: false, add_generation_prompt: true });
    // The template writes the special tokens itself.
    if (typeof text === 'string') return tokenizer!.encode(text, { addSpecialTokens: false }).map((token) => token.id);
  } catch (cause) {
    throw new VitrineError(
      'unsupported-model',
      'This model’s tokenizer has no chat template for these messages. Give the prompt as text.',
      { cause },
    );
  }
  throw new VitrineError('unsupported-model', 'This model has no tokenizer with a chat template. Give the prompt as text or token ids.');
}

function isTokens(input: ModelInput): input is Tokens {
  return typeof input === 'object' && !Array.isArray(input) && Array.isArray((input as Tokens).ids);
}

function isFeeds(input: ModelInput): input is Feeds {
  return typeof input === 'object' && !Array.isArray(input) && !isTokens(input);
}

/** A number of config.json under the first of these keys; models of several modalities keep the language model's in `text_config`. */
function numberOf(config: Readonly<Record<string, unknown>>, keys: readonly string[]): number | undefined {
  const nested = config['text_config'];
  const text = typeof nested === 'object' && nested !== null ? (nested as Record<string, unknown>) : config;
  for (const key of keys) {
    const value = text[key];
    if (typeof value === 'number' && value > 0) return value;
  }
  return undefined;
}
