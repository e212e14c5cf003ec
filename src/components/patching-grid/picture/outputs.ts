// SPDX-License-Identifier: MIT
import { announce } from '../../shared/announce.js';
import { reasonOf, type PatchedOutput, type StatePlace } from '../../shared/core.js';
import type { LiveModel } from '../../shared/live-model.js';
import type { ModelProvider } from '../../shared/model-directory.js';
import { runQueue } from '../../shared/run-queue.js';
import type { PatchingData } from '../patching-data.js';

/** What is asked: a state of one run put somewhere into the other. */
export interface Move {
  site: string;
  from: StatePlace;
  to: StatePlace;
}

/** Where the answer stands. */
export type OutputStatus = 'known' | 'running' | 'absent' | 'error';

/** What the outputs need of the figure. */
export interface OutputsHost {
  figure(): PatchingData | undefined;
  provider(): ModelProvider | undefined;
  onChange(): void;
  /** The sentence that says what has come out. */
  sentence(output: PatchedOutput): string;
}

/** What the patched model says: from the recording where it is told there, else from the model where it runs, else by the reader's press. */
export class Outputs {
  readonly #host: OutputsHost;
  readonly #known = new Map<string, PatchedOutput>();
  #figure: PatchingData | undefined;
  #asking: AbortController | undefined;
  #waiting = false;
  move: Move | undefined;
  status: OutputStatus = 'absent';
  error: string | undefined;

  constructor(host: OutputsHost) {
    this.#host = host;
  }

  /** The answer to {@link move}. */
  get result(): PatchedOutput | undefined {
    return this.move && this.#known.get(keyOf(this.move));
  }

  /** A figure of other prompts: what was known is of no use. */
  forget(): void {
    this.#asking?.abort();
    this.#known.clear();
    this.move = undefined;
  }

  /** Shows the output of a move. */
  show(move: Move): void {
    this.#asking?.abort();
    this.#read();
    this.move = move;
    this.error = undefined;
    this.#waiting = false;
    this.status = this.#known.has(keyOf(move)) ? 'known' : 'absent';
    const engine = this.#host.provider()?.engine;
    if (this.status === 'absent' && engine) void this.#ask(engine, move);
    this.#host.onChange();
  }

  /** The reader has pressed: the model is loaded, and asked when it is there. */
  async press(): Promise<void> {
    this.#waiting = true;
    await this.#host.provider()?.load();
    this.onProvider();
  }

  /** The model has come. */
  onProvider(): void {
    const engine = this.#host.provider()?.engine;
    if (!this.#waiting || !engine || !this.move) return;
    this.#waiting = false;
    void this.#ask(engine, this.move);
  }

  /** Takes over what the recording tells. */
  #read(): void {
    const figure = this.#host.figure();
    if (!figure || figure === this.#figure) return;
    this.#figure = figure;
    const { outputs, metric, site } = figure;
    for (const patched of outputs?.patched ?? []) {
      const { clean, corrupted } = outputs!;
      this.#known.set(keyOf({ site, from: patched.from, to: patched.to }), { metric, clean, corrupted, patched });
    }
  }

  async #ask(engine: LiveModel, move: Move): Promise<void> {
    const figure = this.#host.figure();
    const { clean, corrupted } = figure?.pair ?? { clean: '', corrupted: undefined };
    if (!figure || corrupted === undefined) return;
    const asking = (this.#asking = new AbortController());
    const { answer, wrong, direction } = figure;
    const options = {
      clean,
      corrupted,
      ...move,
      ...(answer !== undefined && { answer }),
      ...(wrong !== undefined && { wrong }),
      ...(direction && { direction }),
    };
    this.status = 'running';
    this.#host.onChange();
    try {
      const output = await runQueue.add(() => engine.figure('patched-output', options, { signal: asking.signal }), asking.signal);
      if (asking.signal.aborted) return;
      this.#known.set(keyOf(move), output);
      this.status = 'known';
      announce(this.#host.sentence(output));
    } catch (error) {
      if (asking.signal.aborted) return;
      this.status = 'error';
      this.error = reasonOf(error);
    }
    this.#host.onChange();
  }
}

function keyOf({ site, from, to }: Move): string {
  const place = ({ layer, head, position, key }: StatePlace): string => [layer, head, position, key].join();
  return [site, place(from), place(to)].join(' ');
}
