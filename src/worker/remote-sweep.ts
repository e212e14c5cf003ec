// SPDX-License-Identifier: MIT
import { Sweep, VitrineError, type Metric, type MetricSpec, type SweepCell, type SweepResult } from '../core/index.js';
import type { Conversation } from './conversation.js';
import type { Sweeps } from './protocol.js';
import { StepQueue } from './step-queue.js';

/** The page's end of a sweep in a worker. Nothing is asked before it is iterated, awaited or prepared. */
export function remoteSweep<R extends SweepResult, Name extends keyof Sweeps>(
  conversation: Conversation,
  name: Name,
  options: Sweeps[Name],
): Sweep<R> {
  const { signal, onProgress, metric, ...rest } = options;
  return new Sweep<R>(async () => {
    const stop = new AbortController();
    const steps = new StepQueue();
    const answer = conversation.ask('sweep', [name, { ...rest, metric: specOf(metric) }], {
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      ...(onProgress && { onProgress }),
      onStep: (step) => steps.push(step),
    });
    steps.endWith(answer);
    const arriving = steps[Symbol.asyncIterator]();
    const first = await arriving.next();
    const cells = async function* (): AsyncGenerator<Omit<SweepCell, 'place'>, void, undefined> {
      try {
        for await (const cell of arriving) yield cell as Omit<SweepCell, 'place'>;
      } finally {
        stop.abort(); // where the loop was left early, the worker stops too
      }
    };
    return { result: first.value as Omit<SweepResult, 'complete'>, cells: cells() };
  }, signal);
}

function specOf({ name, spec }: Metric): MetricSpec {
  if (spec) return spec;
  throw new VitrineError(
    'invalid-option',
    `The metric "${name}" is a function, which cannot be sent to a worker. Use a built-in metric such as logitDiff or probability, or ` +
      'open the model with HookedModel.fromPretrained() and sweep on this page.',
  );
}
