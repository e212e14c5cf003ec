// SPDX-License-Identifier: MIT

/**
 * Steering vectors: a direction of the residual stream that stands for a trait, added while the model runs.
 *
 * Two sets of prompts that differ in the trait give activations that differ along it; adding that difference elsewhere moves the model
 * the same way, as far as the trait is a direction (linear representation). Methods: ActAdd, the difference of one pair at
 * every position (Turner et al. 2023, arXiv:2308.10248); mean difference over pairs (Rimsky et al. 2023, arXiv:2312.06681); principal
 * components (Zou et al. 2023, arXiv:2310.01405, and the repeng library); logistic regression. `directions.ts` tells them apart.
 *
 * Pitfalls. A coefficient that is too large breaks the text before it changes its mood; `keepNorm` helps. The scale of a coefficient
 * depends on the method (a mean difference carries its own length, the others have length 1) and on the layer, whose stream grows. A direction
 * holds all that the pairs differ in, so prompts should differ in the trait alone. Effects vary by prompt, and sometimes turn
 * (Tan et al. 2024, arXiv:2407.12404): measure on prompts that were not used to find it.
 */
import { VitrineError } from '../../errors.js';
import { edit, type Edit } from '../../model/edits/edit.js';
import type { Selection } from '../../model/edits/selection.js';
import type { HookedModel } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import { norm } from '../numerics/linear-algebra.js';
import { checkDirections, sumOfDirections } from './combine.js';
import { fromGguf, toGguf } from './gguf.js';
import { fromJson, toJson, type SteeringVectorJson } from './json.js';
import type { PromptPair } from './read-pairs.js';
import { fromSafetensors, toSafetensors } from './safetensors.js';
import { trainDirections, type SteeringOptions } from './train.js';
import type { SteeringMethod, SteeringPlace, SteeringVectorInit } from './types.js';

/** How a steering vector is applied. */
export interface SteerOptions extends Pick<Selection, 'positions' | 'rows' | 'steps'> {
  /** Times the vector. Negative steers away; 0 gives no edits. @defaultValue 1 */
  coefficient?: number;
  /** Give every changed vector the length it had before (repeng's `normalize`). @defaultValue false */
  keepNorm?: boolean;
  /** Some of the vector's layers. @defaultValue all of them */
  layers?: readonly number[];
}

/**
 * A direction per layer. Immutable: every operation gives a new one.
 *
 * @example
 * const mood = await SteeringVector.train(model, [['I am so happy,', 'I am so sad,'], ['What a joyful day', 'What a gloomy day']]);
 * const { text } = await model.generateText('The day was', { edits: mood.edits({ coefficient: 2 }) });
 * const sadder = mood.scale(-1).add(other.scale(0.5));
 */
export class SteeringVector {
  readonly place: SteeringPlace;
  readonly directions: ReadonlyMap<number, Tensor>;
  readonly method: SteeringMethod | undefined;
  readonly model: string | undefined;

  /** @throws VitrineError `invalid-input` for directions of unequal widths, values that are not finite, or none */
  constructor(init: SteeringVectorInit) {
    checkDirections(init.directions);
    this.place = init.place;
    this.directions = new Map([...init.directions].sort(([a], [b]) => a - b));
    this.method = init.method;
    this.model = init.model;
  }

  /**
   * Finds a vector from pairs of prompts, as texts or token ids.
   *
   * @param pairs - [positive, negative]: with the trait first. `actadd` takes one pair (or averages several of one length)
   * @throws VitrineError `empty-input` without pairs; `invalid-input` where the pairs determine no direction, or lengths differ in `actadd`;
   *   `invalid-option` for layers out of range, `actadd` without layers, or an unknown method
   */
  static async train(model: HookedModel, pairs: readonly PromptPair[], options: SteeringOptions = {}): Promise<SteeringVector> {
    return new SteeringVector({ ...(await trainDirections(model, pairs, options)), model: model.info.name });
  }

  /**
   * Sum of vectors times coefficients; layers that a vector lacks count as zero.
   *
   * @throws VitrineError `invalid-input` for vectors of different models' widths or different places
   */
  static combine(terms: readonly (readonly [vector: SteeringVector, coefficient: number])[]): SteeringVector {
    return sumOfVectors(terms);
  }

  /** Layers in order. */
  get layers(): number[] {
    return [...this.directions.keys()];
  }

  /** Values per direction: d_model. */
  get width(): number {
    return [...this.directions.values()][0]!.dims.at(-1)!;
  }

  /** One layer's direction. @throws VitrineError `invalid-option` with the layers that there are */
  direction(layer: number): Tensor {
    const found = this.directions.get(layer);
    if (found) return found;
    throw new VitrineError('invalid-option', `This steering vector has the layers ${this.layers.join(', ')}; got ${layer}.`);
  }

  /** this + other */
  add(other: SteeringVector): SteeringVector {
    return sumOfVectors([
      [this, 1],
      [other, 1],
    ]);
  }

  /** this - other */
  subtract(other: SteeringVector): SteeringVector {
    return sumOfVectors([
      [this, 1],
      [other, -1],
    ]);
  }

  /** coefficient * this */
  scale(coefficient: number): SteeringVector {
    return sumOfVectors([[this, coefficient]]);
  }

  /** Every layer's direction at length 1 (for positions, the whole of them); a zero direction stays. */
  normalize(): SteeringVector {
    const directions = [...this.directions].map(([layer, { data, dims, axes }]): [number, Tensor] => {
      const length = norm(data) || 1;
      return [
        layer,
        new Tensor(
          data.map((value) => value / length),
          dims,
          axes,
        ),
      ];
    });
    return new SteeringVector({ ...this.#init, directions: new Map(directions) });
  }

  /**
   * The edits that add it, for `run`, `runWithCache` and `generate`. Without `positions` they act on every position of the prompt and
   * on every new token; `steps: 'prompt'` or `'generation'` restricts them. Vectors with positions of their own act on the prompt's first tokens.
   *
   * @returns one edit per layer whose direction is not zero; none for coefficient 0
   * @throws VitrineError `invalid-option`
   */
  edits(options: SteerOptions = {}): Edit[] {
    const { coefficient = 1, keepNorm = false, layers = this.layers, ...select } = options;
    if (!Number.isFinite(coefficient)) throw new VitrineError('invalid-option', `coefficient must be a finite number; got ${coefficient}.`);
    const chosen = layers.map((layer) => [layer, this.direction(layer)] as const);
    if (coefficient === 0) return [];
    const steering = chosen.filter(([, { data }]) => data.some((value) => value !== 0));
    return steering.map(([layer, direction]) => {
      const where = { ...select, ...this.#aligned(direction, select), scale: coefficient, keepNorm };
      return edit.add(`blocks.${layer}.hook_${this.place}`, direction, where);
    });
  }

  /** As JSON, bit for bit; `JSON.stringify` calls it. */
  toJSON(): SteeringVectorJson {
    return toJson(this.#init);
  }

  /** @param json - what `JSON.parse` gave. @throws VitrineError `invalid-input` that names what is wrong */
  static fromJSON(json: unknown): SteeringVector {
    return new SteeringVector(fromJson(json));
  }

  /** The bytes of a safetensors file: one float32 tensor `direction.<layer>` per layer. */
  toSafetensors(): Uint8Array {
    return toSafetensors(this.#init);
  }

  /** @throws VitrineError `invalid-input` for bytes that {@link SteeringVector.toSafetensors} did not write */
  static fromSafetensors(bytes: Uint8Array): SteeringVector {
    return new SteeringVector(fromSafetensors(bytes));
  }

  /**
   * The bytes of a GGUF control vector, as repeng writes and llama.cpp reads them.
   *
   * @param modelHint - `model_type` of config.json of the model that it is for, such as 'llama'
   * @throws VitrineError `invalid-option` for vectors before the block, or with positions
   */
  toGguf(modelHint: string): Uint8Array {
    return toGguf(this.#init, modelHint);
  }

  /** @throws VitrineError `invalid-input` for bytes that are no GGUF control vector */
  static fromGguf(bytes: Uint8Array): SteeringVector {
    return new SteeringVector(fromGguf(bytes));
  }

  get #init(): SteeringVectorInit {
    const { place, directions, method, model } = this;
    return { place, directions, ...(method === undefined ? {} : { method }), ...(model === undefined ? {} : { model }) };
  }

  #aligned(direction: Tensor, select: SteerOptions): Pick<Selection, 'positions' | 'steps'> {
    if (direction.dims.length === 1) return {};
    if (select.positions !== undefined) {
      throw new VitrineError(
        'invalid-option',
        `This vector has ${direction.dims[0]} positions of its own, which are added to the first tokens of the prompt. Leave \`positions\` out.`,
      );
    }
    return { positions: { from: 0, to: direction.dims[0]! }, steps: select.steps ?? 'prompt' };
  }
}

function sumOfVectors(terms: readonly (readonly [vector: SteeringVector, coefficient: number])[]): SteeringVector {
  const places = new Set(terms.map(([vector]) => vector.place));
  if (places.size > 1) {
    throw new VitrineError(
      'invalid-input',
      `Steering vectors can be combined where they act at the same place; these act at ${[...places].join(' and ')}. Pass the edits of both to a run instead.`,
    );
  }
  const directions = sumOfDirections(terms.map(([{ directions }, coefficient]) => ({ directions, coefficient })));
  const common = <T>(values: readonly T[]): T | undefined => (values.every((value) => value === values[0]) ? values[0] : undefined);
  const method = common(terms.map(([vector]) => vector.method));
  const model = common(terms.map(([vector]) => vector.model));
  return new SteeringVector({
    place: [...places][0]!,
    directions,
    ...(method === undefined ? {} : { method }),
    ...(model === undefined ? {} : { model }),
  });
}
