// SPDX-License-Identifier: MIT
import { throwIfAborted, VitrineError } from '../errors.js';
import type { Edit } from '../model/edits/edit.js';
import type { GenerateOptions, GenerationStep } from '../model/generation/generate.js';
import { generateSideBySide } from '../model/generation/side-by-side.js';
import type { HookedModel } from '../model/hooked-model.js';
import { logSumExp } from '../model/top-tokens.js';
import type { SteeringVector } from '../techniques/steering.js';
import { writeBase, writeToken } from '../trace/base.js';
import {
  readSteeringVector,
  type SteeredText,
  type SteeringSampling,
  type SteeringTrace,
  type SteeringVectorTrace,
  type WrittenToken,
} from '../trace/kinds/steering.js';
import { trainSteeringVector, vectorOfTrace, type SteeringPrompts } from './steering-vector.js';
import { provenanceOf, type FigureContext, type FigureKind } from './types.js';

/** What a `<steering-lab>` asks for. */
export interface SteeringFigureOptions {
  /** The text to go on from. */
  prompt: string;
  /** Prompts to find the vector from, or one that was found before: that of a trace, or of a file. */
  vector: SteeringPrompts | SteeringVectorTrace;
  /** Layers to add it at; negative from the last. At several layers effects add up. @defaultValue the middle one */
  layers?: readonly number[];
  /** Strengths to write a text for: times the vector, negative steers away. @defaultValue [-8, -4, -2, -1, 0, 1, 2, 4, 8] */
  strengths?: readonly number[];
  /** Give every changed activation the length that it had before. @defaultValue false */
  keepNorm?: boolean;
  /** @defaultValue 32 */
  maxNewTokens?: number;
  /** 0 takes the likeliest token each time. @defaultValue 0 */
  temperature?: number;
  /** Of both texts. @defaultValue 0 */
  seed?: number;
  /** Begin every prompt with the model's begin-of-text token where it does not. @defaultValue false */
  prependBos?: boolean;
}

/** First the trace without texts, with the vector in it; then every token as it is written. */
export type SteeringPart =
  { trace: SteeringTrace } | { side: 'base'; token: WrittenToken } | { side: 'steered'; strength: number; token: WrittenToken };

export type SteeringFigure = FigureKind<SteeringFigureOptions, SteeringTrace, SteeringPart>;

const defaultStrengths = [-8, -4, -2, -1, 0, 1, 2, 4, 8];

/**
 * What a model writes with and without a steering vector, from one prompt and one seed. Vectors and texts are kept with the model, so that
 * another strength or another layer asks only for what is new.
 *
 * @throws VitrineError `empty-input`, `invalid-input`, `invalid-option`: what is wrong with prompts, layers, strengths or sampling
 */
export async function recordSteering(
  model: HookedModel,
  options: SteeringFigureOptions,
  context: FigureContext<SteeringPart>,
): Promise<SteeringTrace> {
  const { strengths = defaultStrengths, keepNorm = false, prependBos = false, vector: given } = options;
  checkStrengths(strengths);
  const sampling = { maxNewTokens: options.maxNewTokens ?? 32, temperature: options.temperature ?? 0, seed: options.seed ?? 0 };
  const tokens = await model.tokenize(options.prompt, { prependBos });
  const found =
    'directions' in given
      ? readSteeringVector(given, 'options.vector')
      : await memory(model).keep(JSON.stringify([given, prependBos]), () => trainSteeringVector(model, given, { prependBos }, context));
  const vector = vectorOfTrace(found, model.info.name);
  checkVector(model, vector);
  const layers = chosenLayers(model, options.layers, vector);
  const trace: SteeringTrace = {
    ...writeBase({ provenance: provenanceOf(model), prompt: options.prompt, tokens }),
    kind: 'steering',
    vector: found,
    layers,
    keepNorm,
    sampling,
    base: [],
    steered: [],
  };
  context.onPart?.({ trace });
  const writer = new Writer(
    model,
    tokens.map(({ id }) => id),
    sampling,
    context,
  );
  const source = 'directions' in given ? undefined : JSON.stringify([given, prependBos, layers, keepNorm]);
  for (const strength of [...strengths].sort((a, b) => a - b)) {
    const edits = vector.edits({ coefficient: strength, layers, keepNorm });
    trace.steered.push(await writer.steered(strength, edits, source && `${source} ${strength}`));
  }
  return { ...trace, base: await writer.base() };
}

/** Writes both texts of one prompt. */
class Writer {
  readonly #model: HookedModel;
  readonly #ids: readonly number[];
  readonly #options: GenerateOptions;
  readonly #context: FigureContext<SteeringPart>;
  readonly #key: string;

  constructor(model: HookedModel, ids: readonly number[], sampling: SteeringSampling, context: FigureContext<SteeringPart>) {
    this.#model = model;
    this.#ids = ids;
    const { maxNewTokens, temperature, seed } = sampling;
    this.#options = {
      maxNewTokens,
      seed,
      candidates: 0,
      ...(temperature !== 0 && { temperature }),
      ...(context.signal && { signal: context.signal }),
    };
    this.#context = context;
    this.#key = JSON.stringify([ids, sampling]);
  }

  async base(): Promise<WrittenToken[]> {
    const kept = this.#kept();
    if (kept) return kept;
    const tokens: WrittenToken[] = [];
    for await (const step of this.#model.generate(this.#ids, this.#options)) this.#put(tokens, step);
    return this.#keepBase(tokens);
  }

  /** @param key - under which the text is kept; undefined for one that is not */
  async steered(strength: number, edits: Edit[], key: string | undefined): Promise<SteeredText> {
    const known = key === undefined ? undefined : memory(this.#model).get<SteeredText>(this.#key + key);
    if (known) {
      this.#repeat(await this.base());
      for (const token of known.tokens) this.#context.onPart?.({ side: 'steered', strength, token });
      return known;
    }
    const tokens: WrittenToken[] = [];
    let base = this.#kept();
    if (base) {
      this.#repeat(base);
      for await (const step of this.#model.generate(this.#ids, { ...this.#options, edits })) this.#put(tokens, step, strength);
    } else {
      base = [];
      for await (const step of generateSideBySide(this.#model, this.#ids, { ...this.#options, edits })) {
        if (step.side === 'base') this.#put(base, step);
        else this.#put(tokens, step, strength);
      }
      this.#keepBase(base);
    }
    const text = {
      strength,
      tokens,
      unsteered: await this.#probabilities(tokens, []),
      baseSteered: await this.#probabilities(base, edits),
    };
    if (key !== undefined) memory(this.#model).set(this.#key + key, text);
    return text;
  }

  #put(tokens: WrittenToken[], { id, probability }: GenerationStep, strength?: number): void {
    const token = { ...writeToken(this.#model.tokenizer.tokens([id])[0]!), probability: rounded(probability!) };
    tokens.push(token);
    this.#context.onPart?.(strength === undefined ? { side: 'base', token } : { side: 'steered', strength, token });
  }

  #told = false;

  /** Tells of a base text that was written before, once. */
  #repeat(base: readonly WrittenToken[]): void {
    if (!this.#told) for (const token of base) this.#context.onPart?.({ side: 'base', token });
    this.#told = true;
  }

  #kept(): WrittenToken[] | undefined {
    return memory(this.#model).get<WrittenToken[]>(this.#key);
  }

  #keepBase(base: WrittenToken[]): WrittenToken[] {
    this.#told = true;
    memory(this.#model).set(this.#key, base);
    return base;
  }

  /** Probability of every token of a text after the prompt and the text before it, under the edits, by one pass. */
  async #probabilities(text: readonly WrittenToken[], edits: readonly Edit[]): Promise<number[]> {
    if (text.length === 0) return [];
    throwIfAborted(this.#context.signal);
    const { signal } = this.#context;
    const ids = [...this.#ids, ...text.map(({ id }) => id)];
    const { logits } = await this.#model.run(ids.slice(0, -1), { edits, ...(signal && { signal }) });
    const rows = logits.select('batch', 0);
    return text.map(({ id }, index) => {
      const row = rows.select('pos', this.#ids.length - 1 + index).data;
      return rounded(Math.exp(row[id]! - logSumExp(row)));
    });
  }
}

/** Six figures of a probability, as many as float32 has. */
function rounded(probability: number): number {
  return Number(probability.toPrecision(6));
}

function checkStrengths(strengths: readonly number[]): void {
  const bad = strengths.find((strength) => !Number.isFinite(strength));
  if (bad === undefined) return;
  throw new VitrineError('invalid-option', `Strengths must be finite numbers, such as 2 or -4; got ${bad}.`);
}

function checkVector(model: HookedModel, vector: SteeringVector): void {
  const { dModel, nLayer } = model.hooks.architecture;
  const beyond = vector.layers.find((layer) => layer >= nLayer);
  if (vector.width === dModel && beyond === undefined) return;
  const has = beyond === undefined ? `${vector.width} values per layer` : `a direction for layer ${beyond}`;
  throw new VitrineError(
    'invalid-input',
    `This vector belongs to another model${vector.model ? ` (${vector.model})` : ''}: it has ${has}, and ${model.info.name} has ${dModel} values in ` +
      `layers 0 to ${nLayer - 1}. Load a vector of this model, or find one from prompts.`,
  );
}

function chosenLayers(model: HookedModel, layers: readonly number[] | undefined, vector: SteeringVector): number[] {
  const { nLayer } = model.hooks.architecture;
  const middle = Math.floor(nLayer / 2);
  if (layers === undefined) return vector.layers.includes(middle) ? [middle] : vector.layers;
  if (layers.length === 0)
    throw new VitrineError('invalid-option', 'layers is empty, so the vector is added nowhere. Choose at least one layer.');
  const chosen = [...new Set(layers.map((layer) => (layer < 0 ? layer + nLayer : layer)))].sort((a, b) => a - b);
  for (const layer of chosen) vector.direction(layer);
  return chosen;
}

// --- what was computed before

/** Texts and vectors of one model, the oldest forgotten first. */
class Memory {
  readonly #kept = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.#kept.get(key) as T | undefined;
  }

  set(key: string, value: unknown): void {
    this.#kept.set(key, value);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
  }

  async keep<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.get<T>(key);
    if (known !== undefined) return known;
    const made = await make();
    this.set(key, made);
    return made;
  }
}

const mostKept = 64;
const memories = new WeakMap<HookedModel, Memory>();

function memory(model: HookedModel): Memory {
  let found = memories.get(model);
  if (!found) memories.set(model, (found = new Memory()));
  return found;
}
