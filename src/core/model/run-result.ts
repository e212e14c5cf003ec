// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { Tensor } from './tensor.js';
import type { Tokens } from './tokens.js';

/** What a run of the model gave. */
export class RunResult {
  /** The tokens that went in; undefined where the input was given as tensors. */
  readonly tokens: Tokens | undefined;
  /** Every output of the model that is not its key-value cache, by the name that the graph gives it. */
  readonly outputs: ReadonlyMap<string, Tensor>;

  /** @internal */
  constructor(tokens: Tokens | undefined, outputs: ReadonlyMap<string, Tensor>) {
    this.tokens = tokens;
    this.outputs = outputs;
  }

  /**
   * [batch, pos, d_vocab] for language models, [batch, class] for classifiers.
   *
   * @throws VitrineError `invalid-option` where the run stopped before the head or the model has none
   */
  get logits(): Tensor {
    const logits = this.outputs.get('logits');
    if (logits) return logits;
    const others = [...this.outputs.keys()].join(', ');
    throw new VitrineError(
      'invalid-option',
      others
        ? `This model gives no logits; its outputs are ${others}. Read them from \`outputs\`.`
        : 'This run gave no logits: it stopped before the head. Leave out stopAtLayer, or pass logits: true.',
    );
  }
}
