// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { toFloat32 } from '../runtime/element-types.js';
import type { RuntimeTensor } from '../runtime/types.js';
import type { StagedGraph } from '../stages/staged-graph.js';
import { download } from './download.js';
import { Tensor } from './tensor.js';
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

/** Graph outputs that are not part of the key-value cache. */
export function mainOutputs(graph: StagedGraph): string[] {
  return graph.outputNames.filter((name) => !/^present/.test(name));
}

/** The result of a run from the runtime's tensors. */
export async function readResult(
  tokens: Tokens | undefined,
  made: ReadonlyMap<string, RuntimeTensor>,
  names: readonly string[],
): Promise<RunResult> {
  const outputs = new Map<string, Tensor>();
  for (const name of names) {
    const raw = await download(made.get(name)!, true);
    outputs.set(name, new Tensor(toFloat32(raw.type, raw.data), raw.dims, outputAxes(name, raw.dims.length)));
  }
  return new RunResult(tokens, outputs);
}

function outputAxes(name: string, rank: number): string[] {
  if (name === 'logits' && rank === 3) return ['batch', 'pos', 'd_vocab'];
  if (name === 'logits' && rank === 2) return ['batch', 'class'];
  if (name === 'last_hidden_state' && rank === 3) return ['batch', 'pos', 'd_model'];
  return Array.from({ length: rank }, (_, axis) => (axis === 0 ? 'batch' : `axis_${axis}`));
}
