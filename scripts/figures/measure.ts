// SPDX-License-Identifier: MIT
// The facts of the article "A first look", measured. Everything here is a number or a token of the model; the words are made in words.ts.
import { edit, logitLens, type HookedModel, type LogitLensResult, type Tensor, type Token } from '../../src/core/index.js';
import { capitalPrompt, capitals, manySentences, sentence, START, stories, swapped, unknownCountry, type Giving } from './prompts.js';

/** A token with its probability. */
export interface Guess {
  text: string;
  probability: number;
}

/** What a name is in its sentence. */
export type Role = 'receiver' | 'giver' | 'giver again';

/** The name that a head looks at most. */
export interface NameSeen {
  key: number;
  text: string;
  weight: number;
  role: Role;
}

/** Where a head looks: a weight, averaged or at one place. */
export interface HeadFact {
  layer: number;
  head: number;
  weight: number;
}

/** The next token at one point of the residual stream. */
export interface LensRow {
  /** "2_mid". */
  label: string;
  top: Guess;
  /** The followed token; rank 1 is the likeliest. */
  target: { probability: number; rank: number };
}

export interface LensFacts {
  target: string;
  /** From the embedding to the output, at the last position. */
  rows: LensRow[];
  /** Label of the first row from which the output's own token leads to the end. */
  settled: string;
}

export interface Facts {
  model: { layers: number; heads: number; width: number; vocabulary: number; context: number; parameters: number };
  names: {
    top: Guess[];
    receiver: Guess;
    giver: Guess;
    /** The head that puts most on a name, at the last position. */
    head: HeadFact & NameSeen;
    /** The same head where the other person gives: which name it looks at most. */
    swapped: NameSeen;
    /**
     * Over many sentences of the form: in how many the receiver is likelier than the giver, in how many the head's name stands in the same
     * place as in the first, and the weight that it puts on that place on average.
     */
    many: { sentences: number; right: number; samePlace: number; weight: number };
    /** The head that looks most from the second mention of a name (`query` in the first sentence) back to the first, on average over the same sentences. */
    again: HeadFact & { query: number };
    /** The output's own token where one head's result at the last position is set to zero: that head, and the one that costs it most. */
    without: { head: Guess; most: HeadFact & { text: string; mentions: number; after: Guess; top: Guess } };
    lens: LensFacts;
  };
  habits: {
    texts: number;
    previous: HeadFact;
    first: HeadFact;
    repeat: HeadFact & { sequences: number; length: number; lossOnce: number; lossAgain: number };
  };
  capital: {
    top: Guess[];
    lens: LensFacts;
    withoutStart: { top: Guess; target: Guess };
    countries: number;
    right: number;
    unknown: Guess;
  };
}

/** Measures all of it; a few hundred short runs. */
export async function measure(model: HookedModel): Promise<Facts> {
  return { model: shapeOf(model), names: await names(model), habits: await habits(model), capital: await capital(model) };
}

function shapeOf(model: HookedModel): Facts['model'] {
  const { nLayer: layers, nHead: heads, dModel: width } = model.hooks.architecture;
  const vocabulary = Number(model.config['vocab_size']);
  const context = Number(model.config['n_positions']);
  // GPT-2: two embeddings, per block 12 width² weights and 13 width biases and norms, the final norm; the unembedding is the embedding.
  const parameters = (vocabulary + context) * width + layers * (12 * width * width + 13 * width) + 2 * width;
  return { layers, heads, width, vocabulary, context, parameters };
}

async function names(model: HookedModel): Promise<Facts['names']> {
  const { logits } = await model.run(sentence.prompt);
  const seen = await patternsOf(model, sentence.prompt);
  const head = allHeads(model)
    .map((at) => ({ ...at, ...nameSeen(seen, at, sentence) }))
    .reduce(larger);
  const many = await Promise.all(manySentences.map(async (one) => ({ one, seen: await patternsOf(model, one.prompt) })));
  const inSamePlace = many.map(({ one, seen }) => seen.weight(head, seen.tokens.length - 1, placeOf(seen, one, head.role)));
  const again = allHeads(model).map((at) => {
    const weights = many.map(({ one, seen }) => seen.weight(at, placeOf(seen, one, 'giver again'), placeOf(seen, one, 'giver')));
    return { ...at, weight: mean(weights) };
  });
  const right = await Promise.all(
    manySentences.map(async (one) => {
      const [receiver, giver] = (await probabilities(model, one.prompt, [one.receiver, one.giver])) as [Guess, Guess];
      return receiver.probability > giver.probability;
    }),
  );
  const [receiver, giver] = (await probabilities(model, sentence.prompt, [sentence.receiver, sentence.giver])) as [Guess, Guess];
  return {
    top: model.topTokens(logits, 3).map(guess),
    receiver,
    giver,
    head,
    swapped: nameSeen(await patternsOf(model, swapped.prompt), head, swapped),
    many: {
      sentences: manySentences.length,
      right: right.filter(Boolean).length,
      samePlace: many.filter(({ one, seen }) => nameSeen(seen, head, one).role === head.role).length,
      weight: mean(inSamePlace),
    },
    again: { ...again.reduce(larger), query: placeOf(seen, sentence, 'giver again') },
    without: await without(model, seen, head),
    lens: await lensFacts(model, sentence.prompt, sentence.receiver),
  };
}

/** Sets the result of each head at the last position to zero, one after the other, and looks at the token that leads without that. */
async function without(model: HookedModel, seen: Seen, head: Head): Promise<Facts['names']['without']> {
  const leader = model.topTokens((await model.run(sentence.prompt)).logits, 1)[0]!;
  const results: { at: Head; after: Guess; top: Guess }[] = [];
  for (const at of allHeads(model)) {
    const edits = [edit.zero(`blocks.${at.layer}.attn.hook_z`, { heads: at.head, positions: -1 })];
    const { logits } = await model.run(sentence.prompt, { edits });
    const after = { text: leader.text, probability: probabilityOf(logits, leader.id) };
    results.push({ at, after, top: guess(model.topTokens(logits, 1)[0]!) });
  }
  const own = results.find(({ at }) => at.layer === head.layer && at.head === head.head)!;
  const most = results.reduce((one, two) => (two.after.probability < one.after.probability ? two : one));
  const last = seen.tokens.length - 1;
  const looksAt = seen.tokens
    .map(({ text }) => {
      const keys = seen.tokens.flatMap((token, key) => (token.text === text ? [key] : []));
      return { text, mentions: keys.length, weight: keys.reduce((sum, key) => sum + seen.weight(most.at, last, key), 0) };
    })
    .reduce(larger);
  return { head: own.after, most: { ...most.at, ...looksAt, after: most.after, top: most.top } };
}

async function habits(model: HookedModel): Promise<Facts['habits']> {
  const all = await Promise.all(stories.map((text) => patternsOf(model, text)));
  // The first two queries have little choice: they are left out.
  const average = (at: Head, key: (query: number) => number): number =>
    mean(all.flatMap((seen) => range(2, seen.tokens.length).map((query) => seen.weight(at, query, key(query)))));
  const best = (key: (query: number) => number): HeadFact =>
    allHeads(model)
      .map((at) => ({ ...at, weight: average(at, key) }))
      .reduce(larger);
  return {
    texts: stories.length,
    previous: best((query) => query - 1),
    first: best(() => 0),
    repeat: await repeats(model),
  };
}

/** Random tokens, said twice: only a model that looks back at the first time can foresee the second. */
async function repeats(model: HookedModel): Promise<Facts['habits']['repeat']> {
  const [sequences, length] = [8, 32];
  const vocabulary = Number(model.config['vocab_size']);
  const next = generator(1);
  const [start] = (await model.tokenize(START)) as [Token];
  const rows = range(0, sequences).map(() => {
    const once = range(0, length).map(() => 300 + Math.floor(next() * (vocabulary - 300)));
    return [start.id, ...once, ...once];
  });
  const { cache, logits } = await model.runWithCache(rows, { names: 'pattern' });
  const scores = allHeads(model).map((at) => {
    const pattern = cache.get('pattern', at.layer);
    let sum = 0;
    // The present token was said `length` positions ago; an induction head looks at what came after it.
    for (let row = 0; row < sequences; row++)
      for (const query of range(length + 1, 2 * length)) sum += pattern.at(row, at.head, query, query - length + 1);
    return { ...at, weight: sum / (sequences * (length - 1)) };
  });
  const loss = (from: number, to: number): number => {
    let sum = 0;
    rows.forEach((row, batch) => {
      for (const position of range(from, to))
        sum -= logProbability(logits.select('batch', batch).select('pos', position), row[position + 1]!);
    });
    return sum / (rows.length * (to - from));
  };
  // The first token of the second time cannot be foreseen either.
  return { ...scores.reduce(larger), sequences, length, lossOnce: loss(1, length), lossAgain: loss(length + 1, 2 * length) };
}

async function capital(model: HookedModel): Promise<Facts['capital']> {
  const prompt = capitalPrompt('France');
  const { logits } = await model.run(prompt);
  const bare = prompt.slice(START.length);
  let right = 0;
  for (const [country, city] of Object.entries(capitals)) if ((await topGuess(model, capitalPrompt(country))).text === ` ${city}`) right++;
  return {
    top: model.topTokens(logits, 3).map(guess),
    lens: await lensFacts(model, prompt, ' Paris'),
    withoutStart: { top: await topGuess(model, bare), target: (await probabilities(model, bare, [' Paris']))[0]! },
    countries: Object.keys(capitals).length,
    right,
    unknown: await topGuess(model, capitalPrompt(unknownCountry)),
  };
}

async function lensFacts(model: HookedModel, prompt: string, target: string): Promise<LensFacts> {
  const lens = await logitLens(model, prompt, { topK: 1, target });
  const rows = lens.labels.map((label, point) => lensRow(lens, label, point));
  const final = rows.at(-1)!.top.text;
  const lastOther = rows.findLastIndex((row) => row.top.text !== final);
  return { target, rows, settled: rows[lastOther + 1]!.label };
}

function lensRow(lens: LogitLensResult, label: string, point: number): LensRow {
  return {
    label,
    top: { text: lens.text(lens.topIds.at(point, 0, -1, 0)), probability: lens.topProbabilities.at(point, 0, -1, 0) },
    target: { probability: lens.target!.probability.at(point, 0, -1), rank: lens.target!.rank.at(point, 0, -1) + 1 },
  };
}

interface Head {
  layer: number;
  head: number;
}

interface Seen {
  tokens: readonly Token[];
  weight(at: Head, query: number, key: number): number;
}

async function patternsOf(model: HookedModel, prompt: string): Promise<Seen> {
  const tokens = await model.tokenize(prompt);
  const { cache } = await model.runWithCache(prompt, { names: 'pattern', logits: false });
  return { tokens, weight: ({ layer, head }, query, key) => cache.get('pattern', layer).at(0, head, query, key) };
}

/** The name that a head looks at most, from the last position. */
function nameSeen(seen: Seen, at: Head, one: Giving): NameSeen {
  const last = seen.tokens.length - 1;
  return (['receiver', 'giver', 'giver again'] as const)
    .map((role) => {
      const key = placeOf(seen, one, role);
      return { key, text: seen.tokens[key]!.text, weight: seen.weight(at, last, key), role };
    })
    .reduce(larger);
}

/** Position of a name. The first token of a text may be a name without its space; those of `Giving` never begin one. */
function placeOf({ tokens }: Seen, one: Giving, role: Role): number {
  const wanted = role === 'receiver' ? one.receiver : one.giver;
  const found = (token: Token): boolean => token.text === wanted;
  return role === 'giver again' ? tokens.findLastIndex(found) : tokens.findIndex(found);
}

function allHeads(model: HookedModel): Head[] {
  const { nLayer, nHead } = model.hooks.architecture;
  return range(0, nLayer).flatMap((layer) => range(0, nHead).map((head) => ({ layer, head })));
}

async function topGuess(model: HookedModel, prompt: string): Promise<Guess> {
  return guess(model.topTokens((await model.run(prompt)).logits, 1)[0]!);
}

/** Probabilities of given next tokens. */
async function probabilities(model: HookedModel, prompt: string, texts: readonly string[]): Promise<Guess[]> {
  const { logits } = await model.run(prompt);
  const ids = await Promise.all(texts.map(async (text) => (await model.tokenize(text, { addSpecialTokens: false })).map(({ id }) => id)));
  return texts.map((text, index) => {
    if (ids[index]!.length !== 1) throw new Error(`"${text}" is not one token of this model; choose other words in prompts.ts.`);
    return { text, probability: probabilityOf(logits, ids[index]![0]!) };
  });
}

/** The probability of a token after the last position. */
function probabilityOf(logits: Tensor, id: number): number {
  return Math.exp(logProbability(logits.select('batch', 0).select('pos', -1), id));
}

function logProbability(row: Tensor, id: number): number {
  const largest = row.data.reduce((most, value) => Math.max(most, value), -Infinity);
  let sum = 0;
  for (const value of row.data) sum += Math.exp(value - largest);
  return row.data[id]! - largest - Math.log(sum);
}

function guess({ text, probability }: Guess): Guess {
  return { text, probability };
}

function larger<T extends { weight: number }>(one: T, two: T): T {
  return two.weight > one.weight ? two : one;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Numbers from 0 to 1, the same in every run (a linear congruential generator, constants of Numerical Recipes). */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
