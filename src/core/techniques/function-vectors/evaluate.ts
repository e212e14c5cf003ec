// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { edit } from '../../model/edits/edit.js';
import { gaussianVector } from '../../model/edits/noise.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import type { TokenizeOptions } from '../../model/model-input.js';
import type { Tensor } from '../../model/tensor.js';
import { answersTo, scoreOf, type TaskScore } from './answers.js';
import { PromptWriter, type FewShotTask } from './few-shot.js';

/** What adding a vector does to prompts that show no example. */
export interface FunctionVectorEvaluation {
  /** Number of prompts. */
  count: number;
  /** As the model is. */
  zeroShot: TaskScore;
  /** With the vector added at the last position. */
  withVector: TaskScore;
  /** With a random vector of the same length (Euclidean norm) added there: what any push would do. */
  withRandom: TaskScore;
  /** Accuracy of naming one of the task's own answers at random. */
  chance: number;
  /** Standard error of the accuracy with the vector: sqrt(p (1 - p) / count). */
  standardError: number;
}

export interface EvaluateFunctionVectorOptions extends TokenizeOptions, Pick<RunOptions, 'signal' | 'paddingSide'> {
  /** Factor of the vector. @defaultValue 1 */
  scale?: number;
  /** Decides the random vector. @defaultValue 0 */
  seed?: number;
  /** @defaultValue 32 */
  batchSize?: number;
}

/**
 * Adds a vector to prompts without examples (` hot:`, behind the task's context) and counts right answers.
 *
 * @param vector - the vector [d_model] and the hook to add it at, such as a {@link FunctionVector}
 * @param task - the task that the vector was made for, or another one: a vector that carries a function should not help there
 * @throws VitrineError `invalid-input`, `unknown-hook`, and all that a run throws
 * @example
 * const antonyms = await functionVector(model, { pairs: { hot: 'cold', up: 'down', big: 'small', day: 'night', rich: 'poor', old: 'young' } });
 * const across = await evaluateFunctionVector(model, antonyms, { pairs: { cat: 'cats', dog: 'dogs' } });
 */
export async function evaluateFunctionVector(
  model: HookedModel,
  vector: { readonly vector: Tensor; readonly hook: string },
  task: FewShotTask,
  options: EvaluateFunctionVectorOptions = {},
): Promise<FunctionVectorEvaluation> {
  const { scale = 1, seed = 0, batchSize = 32, addSpecialTokens, prependBos, ...running } = options;
  const { dModel } = model.hooks.architecture;
  if (vector.vector.size !== dModel) {
    throw new VitrineError('invalid-input', `A function vector of this model has ${dModel} values; got ${vector.vector.size}.`);
  }
  const tokenize = { ...(addSpecialTokens !== undefined && { addSpecialTokens }), ...(prependBos !== undefined && { prependBos }) };
  const writer = new PromptWriter(model, task, tokenize);
  const prompts = await Promise.all(writer.pairs.map((pair) => writer.prompt([], pair)));
  const own = vector.vector.data;
  const random = gaussianVector(seed, vector.hook, 0, 0, own.length);
  const factor = Math.hypot(...own) / Math.hypot(...random);
  const score = async (values: Float32Array | undefined): Promise<TaskScore> => {
    const edits = values ? [edit.add(vector.hook, values, { positions: -1, scale })] : [];
    return scoreOf(await answersTo(model, prompts, { ...running, batchSize, edits }));
  };
  const withVector = await score(own);
  return {
    count: prompts.length,
    zeroShot: await score(undefined),
    withVector,
    withRandom: await score(random.map((value) => value * factor)),
    chance: 1 / new Set(prompts.map(({ answer }) => answer)).size,
    standardError: Math.sqrt((withVector.accuracy * (1 - withVector.accuracy)) / prompts.length),
  };
}
