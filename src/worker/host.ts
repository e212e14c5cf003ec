// SPDX-License-Identifier: MIT
import {
  configure,
  HookedModel,
  recordFigure,
  VitrineError,
  type CacheOptions,
  type OnProgress,
  type Progress,
  type Tensor,
} from '../core/index.js';
import { loadPart } from '../core/load-part.js';
import { toFailure } from './failure.js';
import { HELLO, type Calls, type Cancel, type Facts, type Reply, type Request } from './protocol.js';
import { pack, unpack } from './values.js';

/** What a call gets besides its arguments. */
interface Context {
  signal: AbortSignal;
  onProgress?: OnProgress;
}

/** Sends a part of an answer on its way. */
type Step = (value: unknown) => void;

/** Where models are asked for: the scope of a worker, or a port. */
type Scope = Pick<EventTarget, 'addEventListener'>;

/** Serves models to whoever says hello: each conversation has a port and a model of its own. Called by the script of the worker. */
export function serveModels(scope: Scope): void {
  scope.addEventListener('message', (event) => {
    const { data, ports } = event as MessageEvent<unknown>;
    if (data === HELLO && ports[0]) converse(ports[0]);
  });
}

function converse(port: MessagePort): void {
  const host = new ModelHost();
  const running = new Map<number, AbortController>();

  const answer = async ({ id, call, args, progress }: Request): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const reply = (message: Reply, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
    const send = (value: unknown, message: (packed: unknown) => Reply): void => {
      const buffers = new Set<ArrayBufferLike>();
      const packed = pack(value, buffers);
      reply(
        message(packed),
        [...buffers].filter((buffer) => buffer instanceof ArrayBuffer),
      );
    };
    try {
      const context = { signal: controller.signal, ...(progress && { onProgress: (report: Progress) => reply({ id, progress: report }) }) };
      const step: Step = (value) => send(value, (packed) => ({ id, step: packed }));
      const value = await host.call(call, unpack(args) as never, context, step);
      send(value, (packed) => ({ id, value: packed }));
    } catch (error) {
      reply({ id, failure: toFailure(error) });
    } finally {
      running.delete(id);
      if (call === 'dispose') port.close();
    }
  };

  port.addEventListener('message', ({ data }: MessageEvent<Request | Cancel>) => {
    if ('cancel' in data) running.get(data.id)?.abort();
    else void answer(data);
  });
  port.start();
}

/** The model of one conversation, and what can be asked of it. */
class ModelHost {
  #model: HookedModel | undefined;

  readonly #calls: { [Name in keyof Calls]: (context: Context & { step: Step }, ...args: Calls[Name]) => unknown } = {
    open: async ({ step: _, ...context }, source, options, environment): Promise<Facts> => {
      configure(environment);
      this.#model = await HookedModel.fromPretrained(source, { ...options, ...context });
      const { hooks, info, config } = this.#model;
      return { hooks: { ...hooks }, info, config };
    },
    tokenize: (_, text, options) => this.#open.tokenize(text, options),
    run: async ({ step: _, ...context }, input, options) => {
      const { tokens, outputs } = await this.#open.run(input, { ...options, ...context });
      return { tokens, outputs };
    },
    runWithCache: async ({ step: _, ...context }, input, options) => {
      const { cache, tokens, result } = await this.#open.runWithCache(input, { ...(options as CacheOptions), ...context });
      return { tokens, outputs: result.outputs, activations: new Map(cache) };
    },
    generate: async ({ step, signal }, prompt, options) => {
      const steps = this.#open.generate(prompt, { ...options, signal });
      for (;;) {
        const { done, value } = await steps.next();
        if (done) return value;
        const { cache, ...rest } = value;
        step(cache ? { ...rest, activations: new Map(cache) } : rest);
      }
    },
    topTokens: (_, logits, k) => this.#open.topTokens(logits as Tensor, k),
    logitLens: async ({ step: _, ...context }, input, options) => {
      const { runLens } = await loadPart('the logit lens', () => import('./run-lens.js'));
      return runLens(this.#open, input, { ...options, ...context });
    },
    figure: ({ step, ...context }, kind, options) => recordFigure(this.#open, kind, options as never, { ...context, onPart: step }),
    sweep: async ({ step, ...context }, name, options) => {
      const { runSweep } = await loadPart('sweeps', () => import('./run-sweep.js'));
      return runSweep(this.#open, name, { ...options, ...context }, step);
    },
    dispose: async () => {
      await this.#model?.dispose();
      this.#model = undefined;
    },
  };

  async call<Name extends keyof Calls>(name: Name, args: Calls[Name], context: Context, step: Step): Promise<unknown> {
    return this.#calls[name]({ ...context, step }, ...args);
  }

  get #open(): HookedModel {
    if (this.#model) return this.#model;
    throw new VitrineError('disposed', 'This model was disposed, or never opened. Open it again with createWorkerModel().');
  }
}
