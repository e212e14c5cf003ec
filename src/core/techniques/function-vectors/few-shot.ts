// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import type { TokenizeOptions } from '../../model/model-input.js';
import { seededRandom, shuffled } from '../random.js';

/** Input and output of one example, as the words themselves, without the spaces around them. */
export type TaskPair = readonly [input: string, output: string];

/** A task that examples define: antonyms, capitals, past tenses. */
export interface FewShotTask {
  /** As pairs, or as an object from input to output. */
  pairs: readonly TaskPair[] | Readonly<Record<string, string>>;
  /** How one example is written. @defaultValue ' {input}: {output}\n' */
  template?: string;
  /** Text before the input where a prompt shows no example, such as a few words of a story: ' Then she said the word'. @defaultValue '' */
  context?: string;
}

/** A prompt that ends where the answer begins. */
export interface FewShotPrompt {
  /** Token ids. */
  ids: number[];
  /** First token of the right answer. */
  answer: number;
  text: string;
  pair: TaskPair;
}

/** Writes examples and queries of a task, and reads their tokens. */
export class PromptWriter {
  readonly pairs: readonly TaskPair[];
  readonly #model: HookedModel;
  readonly #tokenize: TokenizeOptions;
  /** What stands before the input, between input and output, and behind the output. */
  readonly #parts: readonly [before: string, between: string, behind: string];
  readonly #context: string;
  readonly #answers = new Map<TaskPair, number>();

  /** @throws VitrineError `invalid-input` for a task of fewer than two pairs, `invalid-option` for a template without its two places */
  constructor(model: HookedModel, task: FewShotTask, tokenize: TokenizeOptions = {}) {
    const { pairs, template = ' {input}: {output}\n', context = '' } = task;
    this.#context = context;
    this.#model = model;
    this.#tokenize = tokenize;
    this.pairs = isList(pairs) ? pairs : Object.entries(pairs);
    const [, before, between, behind] = /^([^{}]*)\{input\}([^{}]*)\{output\}([^{}]*)$/.exec(template) ?? [];
    if (before === undefined || between === undefined || behind === undefined) {
      throw new VitrineError(
        'invalid-option',
        `The template of a task must hold {input} once and then {output} once, such as " {input}: {output}\\n"; got ${JSON.stringify(template)}.`,
      );
    }
    this.#parts = [before, between, behind];
    const empty = this.pairs.findIndex(([input, output]) => !input || !output);
    if (this.pairs.length < 2 || empty >= 0) {
      const came = empty >= 0 ? `pair ${empty} is ${JSON.stringify(this.pairs[empty])}` : `got ${this.pairs.length}`;
      throw new VitrineError('invalid-input', `A task needs at least two pairs of input and output, both with text; ${came}.`);
    }
  }

  /** A prompt: examples, each with its output, or the context where there is none; then the input that is asked. */
  async prompt(shots: readonly TaskPair[], query: TaskPair): Promise<FewShotPrompt> {
    const [before, between, behind] = this.#parts;
    const examples = shots.map(([input, output]) => `${before}${input}${between}${output}${behind}`).join('');
    const text = `${shots.length > 0 ? examples : this.#context}${before}${query[0]}${between.trimEnd()}`;
    const ids = (await this.#model.tokenize(text, this.#tokenize)).map(({ id }) => id);
    return { ids, text, answer: await this.#answer(query), pair: query };
  }

  /** The first token of an answer, as it follows its query: the space before it is part of it. */
  async #answer(pair: TaskPair): Promise<number> {
    const known = this.#answers.get(pair);
    if (known !== undefined) return known;
    const [before, between] = this.#parts;
    const query = `${before}${pair[0]}${between.trimEnd()}`;
    const idsOf = async (text: string): Promise<number[]> =>
      (await this.#model.tokenize(text, { addSpecialTokens: false })).map(({ id }) => id);
    const [asked, answered] = [await idsOf(query), await idsOf(`${query}${between.slice(between.trimEnd().length)}${pair[1]}`)];
    const id = answered[asked.length];
    if (id === undefined || asked.some((own, index) => own !== answered[index])) {
      throw new VitrineError(
        'invalid-input',
        `The tokenizer does not keep ${JSON.stringify(query)} apart from its answer ${JSON.stringify(pair[1])}. End what stands between {input} ` +
          'and {output} with a mark and a space, such as ": ".',
      );
    }
    this.#answers.set(pair, id);
    return id;
  }
}

/**
 * How a prompt hides the rule of its task. `shuffled-labels`: the examples have each other's outputs, the paper's way. `no-examples`: the
 * input stands alone, behind the task's context.
 */
export type PromptCorruption = 'shuffled-labels' | 'no-examples';

/**
 * Prompts of randomly chosen examples and queries, and the same queries where the rule cannot be seen. `shuffled-labels` moves the outputs
 * among the examples, so that none keeps its own: the words and the form of the task are there, but not its rule. `no-examples` has the
 * query alone, behind the task's context.
 *
 * @throws VitrineError `invalid-option` for too few pairs for so many shots
 */
export async function samplePrompts(
  writer: PromptWriter,
  pairs: readonly TaskPair[],
  { nShots, nPrompts, seed, corruption }: { nShots: number; nPrompts: number; seed: number; corruption: PromptCorruption },
): Promise<{ clean: FewShotPrompt[]; corrupted: FewShotPrompt[] }> {
  if (!(Number.isInteger(nShots) && nShots >= 2 && nShots < pairs.length)) {
    throw new VitrineError(
      'invalid-option',
      `nShots must be a whole number from 2 to ${pairs.length - 1}, as ${pairs.length} pairs are there to show and to ask; got ${nShots}.`,
    );
  }
  if (!(Number.isInteger(nPrompts) && nPrompts >= 1)) {
    throw new VitrineError('invalid-option', `nPrompts must be a whole number from 1 up; got ${nPrompts}.`);
  }
  const random = seededRandom(seed);
  const clean: FewShotPrompt[] = [];
  const corrupted: FewShotPrompt[] = [];
  for (let index = 0; index < nPrompts; index++) {
    const [query, ...rest] = shuffled(pairs, random);
    const shots = rest.slice(0, nShots);
    const step = 1 + Math.floor(random() * (nShots - 1));
    const moved = shots.map(([input], place): TaskPair => [input, shots[(place + step) % nShots]![1]]);
    clean.push(await writer.prompt(shots, query!));
    corrupted.push(await writer.prompt(corruption === 'no-examples' ? [] : moved, query!));
  }
  return { clean, corrupted };
}

function isList(pairs: FewShotTask['pairs']): pairs is readonly TaskPair[] {
  return Array.isArray(pairs);
}
