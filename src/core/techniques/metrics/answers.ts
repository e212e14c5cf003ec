// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { Tensor } from '../../model/tensor.js';
import { logSumExp } from '../../model/top-tokens.js';
import { answerId, answerIds, type Answer } from '../answer.js';
import type { MetricSpec } from './metric-spec.js';
import { absolutePositions, type Metric, type MetricOptions } from './metric.js';

/**
 * logits[answer] - logits[wrong]: 0 where the model cannot tell, and additive in the last residual stream.
 *
 * @param answer - one answer for all prompts, or one per prompt; text must be one token
 * @param wrong - likewise
 * @throws VitrineError `invalid-option` when prepared, for text of several tokens (with the tokens) or lists of another length
 * @example
 * await evaluate(model, logitDiff(' Mary', ' John'), 'When Mary and John went to the store, John gave a drink to');
 */
export function logitDiff(answer: Answer | readonly Answer[], wrong: Answer | readonly Answer[], options: MetricOptions = {}): Metric {
  const spec = { kind: 'logitDiff', answer, wrong, ...options } as const;
  return ofIds('logit difference', spec, { answer, wrong }, (row, ids) => row[ids['answer']!]! - row[ids['wrong']!]!);
}

/** softmax(logits)[answer], from 0 to 1. Parameters as in {@link logitDiff}. */
export function probability(answer: Answer | readonly Answer[], options: MetricOptions = {}): Metric {
  const spec = { kind: 'probability', answer, ...options } as const;
  return ofIds('probability', spec, { answer }, (row, ids) => Math.exp(row[ids['answer']!]! - logSumExp(row)));
}

/** log softmax(logits)[answer], in nats. Parameters as in {@link logitDiff}. */
export function logProbability(answer: Answer | readonly Answer[], options: MetricOptions = {}): Metric {
  const spec = { kind: 'logProbability', answer, ...options } as const;
  return ofIds('log-probability', spec, { answer }, (row, ids) => row[ids['answer']!]! - logSumExp(row));
}

/** How many tokens are likelier than the answer: 0 is the most likely. Parameters as in {@link logitDiff}. */
export function rank(answer: Answer | readonly Answer[], options: MetricOptions = {}): Metric {
  const spec = { kind: 'rank', answer, ...options } as const;
  return ofIds('rank', spec, { answer }, (row, ids) => {
    const value = row[ids['answer']!]!;
    let above = 0;
    for (const logit of row) if (logit > value) above++;
    return above;
  });
}

/**
 * log(p / (1 - p)) of the summed probability p of several tokens, in nats: the score of a behaviour that can begin with any of them, such as
 * a refusal (Arditi et al. 2024, arXiv:2406.11717). Above 0 the behaviour is likelier than not.
 *
 * @param answers - the tokens, the same for all prompts
 */
export function logOdds(answers: readonly Answer[], options: MetricOptions = {}): Metric {
  if (answers.length === 0) throw new VitrineError('invalid-option', 'logOdds needs at least one answer; got an empty list.');
  return {
    name: 'log-odds',
    reads: options.position ?? -1,
    spec: { kind: 'logOdds', answers, ...options },
    async prepare(context) {
      const chosen = new Set(await Promise.all(answers.map((answer, index) => answerId(context.model, answer, `answers[${index}]`))));
      const positions = absolutePositions(context, options.position ?? -1).map((position) => [position]);
      return {
        name: 'log-odds',
        reads: options.position ?? -1,
        length: context.pos,
        positions,
        measure: (logits) => splitLogOdds(logits, chosen),
      };
    },
  };
}

function splitLogOdds({ data }: Tensor, chosen: ReadonlySet<number>): number {
  // Two sums of exponentials rather than p and 1 - p, which loses everything where p is near 1.
  const inside: number[] = [];
  const outside: number[] = [];
  data.forEach((logit, id) => (chosen.has(id) ? inside : outside).push(logit));
  return logSumExp(Float32Array.from(inside)) - logSumExp(Float32Array.from(outside));
}

function ofIds(
  name: string,
  spec: MetricSpec,
  answers: Record<string, Answer | readonly Answer[]>,
  value: (row: Float32Array, ids: Readonly<Record<string, number>>) => number,
): Metric {
  const { position = -1 } = spec;
  return {
    name,
    reads: position,
    spec,
    async prepare(context) {
      const lists: [string, number[]][] = [];
      for (const [what, given] of Object.entries(answers)) lists.push([what, await answerIds(context.model, given, context.batch, what)]);
      const ids = Array.from({ length: context.batch }, (_, row) => Object.fromEntries(lists.map(([what, list]) => [what, list[row]!])));
      const positions = absolutePositions(context, position).map((at) => [at]);
      return {
        name,
        reads: position,
        length: context.pos,
        positions,
        measure: (logits, prompt) => value(logits.data, ids[prompt]!),
      };
    },
  };
}
