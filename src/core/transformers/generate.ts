// SPDX-License-Identifier: MIT
import { throwIfAborted } from '../errors.js';
import { type TransformersLibrary, exported } from './library.js';
import type { LibraryModel } from './session.js';

export interface GenerateIdsOptions {
  /** [batch][pos] prompts of one length, padded on the left where they differ. */
  ids: readonly (readonly number[])[];
  /** [batch][pos]: 1 for a token, 0 for padding. Default: all tokens. */
  mask?: readonly (readonly number[])[] | undefined;
  /** Settings of transformers.js's generation: `max_new_tokens`, `do_sample`, `temperature`, `top_k`, `num_beams`... */
  settings?: Readonly<Record<string, unknown>> | undefined;
  /** Called after every step with the new token of each row. An error thrown here ends the generation and comes out of it. */
  onStep?: ((ids: number[]) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `generate()` of a transformers.js model with one signature for all versions.
 *
 * @returns [batch][pos] the prompts with what was generated behind them
 * @throws VitrineError `aborted`; whatever the model's runner throws
 * @example
 * await generateIds(library, model, { ids: [[1, 403, 407]], settings: { max_new_tokens: 8, do_sample: false } });
 */
export async function generateIds(library: TransformersLibrary, model: LibraryModel, options: GenerateIdsOptions): Promise<number[][]> {
  const { ids, signal, onStep } = options;
  throwIfAborted(signal);
  const Tensor = exported<new (type: string, data: BigInt64Array, dims: number[]) => object>(library, 'Tensor');
  const tensor = (rows: readonly (readonly number[])[]): object =>
    new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]?.length ?? 0]);
  const inputs = tensor(ids);
  const mask = tensor(options.mask ?? ids.map((row) => row.map(() => 1)));
  const step = (row: number[]): void => {
    throwIfAborted(signal);
    onStep?.(row);
  };
  if (library.major === 2) {
    // Version 2 takes processors of the logits as a parameter of their own.
    const { logits_processor: processors = null, ...rest } = options.settings ?? {};
    const settings = {
      ...rest,
      callback_function: (beams: Beam[]) => step(beams.map((beam) => Number(beam.output_token_ids.at(-1)))),
    };
    const rows = (await model.generate(inputs, settings, processors, { inputs_attention_mask: mask })) as Iterable<number | bigint>[];
    return rows.map((row) => Array.from(row, Number));
  }
  const made = await model.generate({ input_ids: inputs, attention_mask: mask, ...options.settings, streamer: steps(step) });
  return (made as { tolist(): (number | bigint)[][] }).tolist().map((row) => row.map(Number));
}

interface Beam {
  readonly output_token_ids: readonly (number | bigint)[];
}

/** A streamer: it is given the prompts first, then the new tokens of every step. */
function steps(step: (ids: number[]) => void): { put(rows: (number | bigint)[][]): void; end(): void } {
  let prompt = true;
  return {
    put(rows) {
      if (prompt) prompt = false;
      else step(rows.map((row) => Number(row.at(-1))));
    },
    end() {
      // Nothing is held back that would have to be let out at the end.
    },
  };
}
