// SPDX-License-Identifier: MIT
import { VitrineError, type OnProgress } from '../core/index.js';
import { fromFailure } from './failure.js';
import type { Calls, Cancel, Reply, Request } from './protocol.js';
import { pack, unpack } from './values.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress: OnProgress | undefined;
  onStep: ((step: unknown) => void) | undefined;
}

/** What goes with a question. */
export interface AskOptions {
  /** Gives up: the promise rejects at once, and the worker stops at its next stage. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
  /** Called with each part of an answer that comes in parts. */
  onStep?: (step: unknown) => void;
}

/** The page's side of a conversation with a model in a worker: questions out, one answer to each. */
export class Conversation {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: VitrineError | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#receive(data));
    port.start();
  }

  /** How many answers are outstanding. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws VitrineError with the code and message that it had in the worker
   */
  ask<Name extends keyof Calls>(call: Name, args: Calls[Name], options: AskOptions = {}): Promise<unknown> {
    const { signal, onProgress } = options;
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(aborted(signal));
    const id = ++this.#lastId;
    const { promise, stop } = this.#answerTo(id, options);
    try {
      this.#port.postMessage({ id, call, args: pack(args) as unknown[], progress: onProgress !== undefined } satisfies Request);
    } catch (cause) {
      stop(
        new VitrineError(
          'invalid-input',
          `The input cannot be sent to a worker: ${String(cause)} Use text, numbers, Tensor and plain objects.`,
          { cause },
        ),
      );
    }
    return promise;
  }

  /** Ends the conversation: what is outstanding, and what is asked later, fails with `error`. */
  end(error: VitrineError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#port.close();
  }

  #answerTo(id: number, { signal, onProgress, onStep }: AskOptions): { promise: Promise<unknown>; stop: (error: VitrineError) => void } {
    let stop!: (error: VitrineError) => void;
    const promise = new Promise<unknown>((resolve, reject) => {
      const giveUp = (): void => {
        this.#port.postMessage({ id, cancel: true } satisfies Cancel);
        stop(aborted(signal));
      };
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T): void => {
          signal?.removeEventListener('abort', giveUp);
          this.#waiting.delete(id);
          settle(value);
        };
      };
      stop = settled(reject);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.set(id, { resolve: settled(resolve), reject: stop, onProgress, onStep });
    });
    return { promise, stop };
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if ('progress' in reply) waiting.onProgress?.(reply.progress);
    else if ('step' in reply) waiting.onStep?.(unpack(reply.step));
    else if ('failure' in reply) waiting.reject(fromFailure(reply.failure));
    else waiting.resolve(unpack(reply.value));
  }
}

function aborted(signal: AbortSignal | undefined): VitrineError {
  return new VitrineError('aborted', 'The work was cancelled through its AbortSignal. Nothing was kept; call again to start over.', {
    cause: signal?.reason,
  });
}
