// SPDX-License-Identifier: MIT
import { throwIfAborted, VitrineError } from '../../errors.js';
import type { NameSelector } from '../../hooks/names.js';
import { generateIds } from '../../transformers/generate.js';
import type { ActivationCache } from '../activation-cache.js';
import type { Edit } from '../edits/edit.js';
import type { HookFunctions } from '../edits/plan.js';
import type { TokenizeOptions } from '../model-input.js';
import { libraryModel } from '../library-model.js';
import type { OpenedModel } from '../open.js';
import { logSumExp, topTokens, type TopToken } from '../top-tokens.js';
import type { WeightReader } from '../weights.js';
import { Channel } from './channel.js';
import { checkSampling, isSampling, SeededSampler, type SamplingOptions } from './sampling.js';
import { TextStream } from './text-stream.js';

export interface GenerateOptions extends TokenizeOptions, SamplingOptions {
  /** New tokens at most; fewer where the context is full. @defaultValue 50 */
  maxNewTokens?: number;
  /** Divides the logits of tokens that occurred already (Keskar et al. 2019). @defaultValue 1, no penalty */
  repetitionPenalty?: number;
  /** No sequence of so many tokens twice. @defaultValue 0, not checked */
  noRepeatNgramSize?: number;
  /** Beams of transformers.js's beam search; steps then arrive together at the end. @defaultValue 1 */
  numBeams?: number;
  /** Ends the generation when one of these texts has been written. */
  stop?: readonly string[];
  /** Ids that end the generation. @defaultValue those of generation_config.json */
  eosTokenId?: number | readonly number[];
  /** Changes as data; positions are absolute, and a position in the prompt is changed in the prompt's pass. */
  edits?: readonly Edit[];
  /** Functions of activations; `context.step` and `context.past` say where the pass stands. */
  hooks?: HookFunctions;
  /** Hooks to keep in every step. */
  capture?: NameSelector;
  /**
   * Tell with every step how probable its token was, and as many of the likeliest tokens as this says (0: none of them). Probabilities
   * are those of the model under the edits: after a repetition penalty, before temperature, `topK`, `topP` and `minP`. Not with beams.
   */
  candidates?: number;
  signal?: AbortSignal;
  /** More settings of transformers.js's `generate()`, by their own names. They win over the options above. */
  settings?: Readonly<Record<string, unknown>>;
}

/** One new token. */
export interface GenerationStep {
  /** 0 for the first new token. */
  step: number;
  id: number;
  /** What this token adds to the text; empty while a character is spread over tokens. */
  text: string;
  /** All text so far. */
  fullText: string;
  /** Between 0 and 1, where `candidates` was given. */
  probability?: number;
  /** The likeliest tokens of this step, most likely first, where `candidates` was given. */
  candidates?: TopToken[];
  /** Activations of the pass that this token was read from, where `capture` was given: the prompt's in step 0, then one position each. */
  cache?: ActivationCache;
}

/** What a generation gives in the end. */
export interface GenerationResult {
  /** The new text, without the prompt. */
  text: string;
  /** The new ids. */
  ids: number[];
  promptIds: number[];
}

interface Generation {
  opened: OpenedModel;
  weights: WeightReader;
  /** Ids of the prompt. */
  ids: readonly number[];
  contextLength: number | undefined;
  text: ((id: number) => string) | undefined;
}

/** Ends a generation from inside. */
const STOPPED = Symbol('stopped');

/** Runs transformers.js's generation through the stages and gives out every token as it is chosen. */
export async function* generateSteps(
  generation: Generation,
  options: GenerateOptions,
): AsyncGenerator<GenerationStep, GenerationResult, void> {
  throwIfAborted(options.signal);
  const { opened, ids } = generation;
  const watch = watcher(options, generation.text);
  const settings = settingsOf(generation, options, watch);
  const cancel = new AbortController();
  const forward = (): void => cancel.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', forward, { once: true });

  const caches = new Map<number, ActivationCache>();
  const model = libraryModel(opened, generation.weights, {
    ...(options.edits ? { edits: options.edits } : {}),
    ...(options.hooks ? { hooks: options.hooks } : {}),
    ...(options.capture === undefined ? {} : { capture: options.capture }),
    onPass: (step, cache) => caches.set(step, cache),
    ...(generation.text ? { text: generation.text } : {}),
    signal: cancel.signal,
  });
  const { library, tokenizer } = opened;
  const stream = new TextStream((some) => tokenizer?.decode(some) ?? '');
  const channel = new Channel<GenerationStep>();
  const push = (id: number): void => {
    const step = stream.ids.length;
    const text = stream.push(id);
    const cache = caches.get(step);
    caches.delete(step);
    channel.put({ step, id, text, fullText: stream.text, ...(streams && watch ? watch.chose(id) : {}), ...(cache ? { cache } : {}) });
  };
  const streams = !(Number(settings['num_beams'] ?? 1) > 1);
  const done = generateIds(library, model, {
    ids: [ids],
    settings,
    signal: cancel.signal,
    onStep: ([id]) => {
      if (!streams) return;
      push(id!);
      if (options.stop?.some((text) => text !== '' && stream.text.includes(text))) throw STOPPED;
    },
  }).then(
    ([row]) => {
      if (!streams) for (const id of row!.slice(ids.length)) push(id);
      channel.close();
    },
    (error: unknown) => (error === STOPPED ? channel.close() : channel.fail(error)),
  );
  try {
    yield* channel.values();
    return { text: stream.text, ids: [...stream.ids], promptIds: [...ids] };
  } finally {
    // Whoever stops listening stops the model.
    options.signal?.removeEventListener('abort', forward);
    cancel.abort();
    await done;
  }
}

/** Settings of transformers.js for the options given. @throws VitrineError `invalid-option`, `input-too-long`, `empty-input` */
function settingsOf({ ids, contextLength }: Generation, options: GenerateOptions, watch: Watch | undefined): Record<string, unknown> {
  checkSampling(options);
  const asked = options.maxNewTokens ?? 50;
  if (!Number.isInteger(asked) || asked < 1)
    throw new VitrineError('invalid-option', `maxNewTokens must be a whole number from 1 up; got ${asked}.`);
  const room = (contextLength ?? Infinity) - ids.length;
  if (ids.length === 0)
    throw new VitrineError('empty-input', 'There is no prompt to go on from. Give at least one token, such as the begin-of-text token.');
  if (room < 1) {
    throw new VitrineError(
      'input-too-long',
      `The prompt has ${ids.length} tokens and fills the context of ${contextLength}. Shorten it to have room for new ones.`,
    );
  }
  const settings: Record<string, unknown> = { max_new_tokens: Math.min(asked, room), do_sample: false };
  if (options.repetitionPenalty !== undefined) settings['repetition_penalty'] = options.repetitionPenalty;
  if (options.noRepeatNgramSize !== undefined) settings['no_repeat_ngram_size'] = options.noRepeatNgramSize;
  if (options.numBeams !== undefined) settings['num_beams'] = options.numBeams;
  if (options.eosTokenId !== undefined) settings['eos_token_id'] = options.eosTokenId;
  const processors: ((input: unknown, logits: LogitsTensor) => LogitsTensor)[] = [];
  if (watch) processors.push((_, logits) => watch.saw(logits));
  if (isSampling(options)) {
    const sampler = new SeededSampler(options);
    processors.push((_, logits) => drawRows(sampler, logits));
  }
  if (processors.length > 0) settings['logits_processor'] = processors;
  return { ...settings, ...options.settings };
}

interface LogitsTensor {
  data: Float32Array;
  dims: readonly number[];
}

/** Sees the logits that a token is chosen from, before they are drawn from, and tells of the token that was. */
interface Watch {
  saw(logits: LogitsTensor): LogitsTensor;
  chose(id: number): Pick<GenerationStep, 'probability' | 'candidates'>;
}

/** @throws VitrineError `invalid-option` */
function watcher({ candidates }: GenerateOptions, text: (id: number) => string = String): Watch | undefined {
  if (candidates === undefined) return undefined;
  if (!Number.isInteger(candidates) || candidates < 0)
    throw new VitrineError('invalid-option', `candidates must be a whole number from 0 up; got ${candidates}.`);
  let row = new Float32Array();
  return {
    saw: (logits) => {
      row = logits.data.slice(0, logits.dims.at(-1));
      return logits;
    },
    chose: (id) => ({ probability: Math.exp(row[id]! - logSumExp(row)), candidates: topTokens(row, candidates, text) }),
  };
}

function drawRows(sampler: SeededSampler, logits: LogitsTensor): LogitsTensor {
  const width = logits.dims.at(-1)!;
  for (let start = 0; start < logits.data.length; start += width) sampler.draw(logits.data.subarray(start, start + width));
  return logits;
}
