// SPDX-License-Identifier: MIT

/**
 * Function vectors (Todd et al. 2023, arXiv:2310.15213): the vector by which a model tells itself which task its examples show.
 *
 * 1. Run prompts with examples (` hot: cold\n up: down\n big:`) and take the mean output of every head at the last token.
 * 2. Run prompts in which the rule cannot be seen, and put in each head's mean in turn: how much likelier the right answer becomes is that
 *    head's causal indirect effect. The paper gives the examples each other's answers (`shuffled-labels`).
 * 3. The function vector is the sum of the mean outputs, projected by W_O, of the heads with the largest effects. Added to the stream at
 *    the last token of a prompt without any example, about a third of the way up, it should make the model do the task.
 *
 * The second step is what makes it more than a mean activation: heads are chosen by what they cause, on prompts that lack only the rule.
 *
 * Pitfalls. A model that knows its pairs by heart answers under shuffled labels too, and then no head has an effect there: look at
 * `corrupted`, and search on prompts without examples instead (`corrupted: 'no-examples'`, with a `context` in which the model would go on
 * differently). The same heads serve many tasks, so vectors of different tasks are alike; where a task's words occur in no other, a vector
 * that says "answer as in a list" does as well as one that says which list. So evaluate each vector on other tasks too, and beside a random
 * vector of the same norm, which every evaluation has. The effect hangs on layer and scale. Answers of several tokens are judged by the first,
 * as in the paper. Accuracy on a handful of held-out pairs has a wide error: read `standardError`.
 */
import { VitrineError } from '../errors.js';
import type { HookedModel, RunOptions } from '../model/hooked-model.js';
import type { TokenizeOptions } from '../model/model-input.js';
import type { Tensor } from '../model/tensor.js';
import { answersTo, scoreOf, type TaskScore } from './function-vectors/answers.js';
import { evaluateFunctionVector, type FunctionVectorEvaluation } from './function-vectors/evaluate.js';
import { PromptWriter, samplePrompts, type PromptCorruption, type FewShotTask, type TaskPair } from './function-vectors/few-shot.js';
import { headEffects } from './function-vectors/head-effects.js';
import { givenHeads, meanHeads, projectHeads, strongestHeads, sumOfHeads, type TaskHead } from './function-vectors/heads.js';
import { seededRandom, shuffled } from './random.js';
import { layerOf, requireHook } from './where.js';

export type { TaskScore } from './function-vectors/answers.js';
export { evaluateFunctionVector, type EvaluateFunctionVectorOptions, type FunctionVectorEvaluation } from './function-vectors/evaluate.js';
export type { PromptCorruption, FewShotTask, TaskPair } from './function-vectors/few-shot.js';
export { strongestHeads, type TaskHead } from './function-vectors/heads.js';

export interface FunctionVectorOptions extends TokenizeOptions, Pick<RunOptions, 'signal' | 'onProgress' | 'paddingSide'> {
  /** Examples per prompt. @defaultValue 10, or one less than there are pairs to learn from */
  nShots?: number;
  /** Prompts to average over, of either kind. @defaultValue 25 */
  nPrompts?: number;
  /** How many heads to sum. @defaultValue 10 */
  topHeads?: number;
  /** On which prompts heads are tried. @defaultValue 'shuffled-labels' */
  corrupted?: PromptCorruption;
  /** Heads to sum instead of those with the largest effects, such as the best over several tasks. Saves the search. */
  heads?: readonly { layer: number; head: number }[];
  /** Block at which the vector is added. @defaultValue a third of the way up */
  layer?: number;
  /** Before or behind that block. @defaultValue 'resid_post' */
  at?: 'resid_pre' | 'resid_post';
  /** Share of pairs kept for the evaluation, out of examples and queries. @defaultValue 0.25 */
  heldOut?: number;
  /** Decides the held-out pairs, the prompts and the random vector. @defaultValue 0 */
  seed?: number;
  /** Rows per run. @defaultValue 32 */
  batchSize?: number;
}

/** What {@link functionVector} finds. */
export interface FunctionVector {
  /** [d_model] */
  vector: Tensor;
  /** Where to add it, at the last position. */
  hook: string;
  /** The heads that it sums, largest effect first. */
  heads: TaskHead[];
  /** Causal indirect effect by prompt, [prompt, layer, head]; undefined where heads were given. */
  effects: Tensor | undefined;
  /** Mean head outputs in the stream at the last token, [layer, head, d_model]. */
  meanOutputs: Tensor;
  /** Pairs that prompts were made of, and pairs that the evaluation asked. */
  pairs: { train: TaskPair[]; heldOut: TaskPair[] };
  /** Whether the model does the task at all, with examples. */
  fewShot: TaskScore;
  /** The same queries on the prompts that heads were tried on. */
  corrupted: TaskScore;
  /** Prompts without examples, of held-out pairs. */
  evaluation: FunctionVectorEvaluation;
}

/**
 * Finds the function vector of a task.
 *
 * @throws VitrineError `invalid-input` for too few pairs, `invalid-option`, `unknown-hook` for a model whose heads cannot be told apart, and
 *   all that a run throws
 * @example
 * const pairs = { hot: 'cold', up: 'down', big: 'small', day: 'night', rich: 'poor', old: 'young' };   // better twenty
 * const antonyms = await functionVector(model, { pairs });
 * antonyms.evaluation.withVector.accuracy          // beside .zeroShot, .withRandom and .chance
 * await model.run(' rich:', { edits: [edit.add(antonyms.hook, antonyms.vector, { positions: -1 })] });
 */
export async function functionVector(model: HookedModel, task: FewShotTask, options: FunctionVectorOptions = {}): Promise<FunctionVector> {
  const {
    nPrompts = 25,
    topHeads = 10,
    heldOut = 0.25,
    seed = 0,
    batchSize = 32,
    at = 'resid_post',
    corrupted: corruption = 'shuffled-labels',
  } = options;
  checkOptions(model, { topHeads, at, corruption });
  const { name: hook } = requireHook(model, at, layerOf(model, options.layer ?? Math.floor(model.hooks.architecture.nLayer / 3)));
  const tokenize = given(options, ['addSpecialTokens', 'prependBos']);
  const running = { ...given(options, ['signal', 'paddingSide']), batchSize };

  const writer = new PromptWriter(model, task, tokenize);
  const pairs = splitPairs(writer.pairs, heldOut, seed);
  const nShots = options.nShots ?? Math.min(10, pairs.train.length - 1);
  const { clean, corrupted } = await samplePrompts(writer, pairs.train, { nShots, nPrompts, seed, corruption });
  const ids = clean.map((prompt) => prompt.ids);
  const means = await meanHeads(model, ids, running);
  const effects = options.heads ? undefined : await headEffects(model, corrupted, means, { ...running, ...given(options, ['onProgress']) });
  const heads = effects ? strongestHeads(effects, topHeads) : givenHeads(model, options.heads!);
  const meanOutputs = await projectHeads(model, means);
  const vector = sumOfHeads(meanOutputs, heads);
  return {
    vector,
    hook,
    heads,
    effects,
    meanOutputs,
    pairs,
    fewShot: scoreOf(await answersTo(model, clean, running)),
    corrupted: scoreOf(await answersTo(model, corrupted, running)),
    evaluation: await evaluateFunctionVector(model, { vector, hook }, { ...task, pairs: pairs.heldOut }, { ...tokenize, ...running, seed }),
  };
}

function splitPairs(pairs: readonly TaskPair[], share: number, seed: number): { train: TaskPair[]; heldOut: TaskPair[] } {
  if (!(share > 0 && share < 1)) throw new VitrineError('invalid-option', `heldOut must be a share above 0 and below 1; got ${share}.`);
  const order = shuffled(pairs, seededRandom(seed));
  const count = Math.max(2, Math.round(pairs.length * share));
  if (pairs.length - count >= 3) return { heldOut: order.slice(0, count), train: order.slice(count) };
  throw new VitrineError(
    'invalid-input',
    `A function vector needs at least three pairs to learn from, and two or more to be tested on; ${pairs.length} pairs leave ${pairs.length - count}.`,
  );
}

function checkOptions(model: HookedModel, options: { topHeads: number; at: string; corruption: string }): void {
  const { nLayer, nHead } = model.hooks.architecture;
  const refuse = (name: string, expected: string, came: unknown): never => {
    throw new VitrineError('invalid-option', `${name} must be ${expected}; got ${JSON.stringify(came)}.`);
  };
  if (!(Number.isInteger(options.topHeads) && options.topHeads >= 1 && options.topHeads <= nLayer * nHead))
    refuse('topHeads', `a whole number from 1 to ${nLayer * nHead}, all heads`, options.topHeads);
  if (!['resid_pre', 'resid_post'].includes(options.at)) refuse('at', '"resid_pre" or "resid_post"', options.at);
  if (!['shuffled-labels', 'no-examples'].includes(options.corruption)) {
    refuse('corrupted', '"shuffled-labels" or "no-examples"', options.corruption);
  }
}

/** Those of the options that are there. */
function given<T extends object, K extends keyof T>(options: T, names: readonly K[]): { [Name in K]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]])) as {
    [Name in K]?: Exclude<T[Name], undefined>;
  };
}
