// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { topIds } from '../top-tokens.js';

/** How the next token is drawn. */
export interface SamplingOptions {
  /** Divides the logits before the softmax; 0 takes the most likely token. @defaultValue 0 without topK and topP, else 1 */
  temperature?: number;
  /** Only the k most likely tokens. */
  topK?: number;
  /** Only the most likely tokens that together reach this probability (nucleus sampling, Holtzman et al. 2020). */
  topP?: number;
  /** Only tokens at least this fraction as likely as the likeliest one, after the limits above (Nguyen et al. 2024). */
  minP?: number;
  /** The same seed draws the same tokens from the same logits, on every device and in every version of transformers.js. @defaultValue drawn at random */
  seed?: number;
}

/** @throws VitrineError `invalid-option` */
export function checkSampling({ temperature, topK, topP, minP }: SamplingOptions): void {
  const refuse = (name: string, expected: string, value: number): never => {
    throw new VitrineError('invalid-option', `${name} must be ${expected}; got ${value}.`);
  };
  if (temperature !== undefined && !(temperature >= 0 && Number.isFinite(temperature)))
    refuse('temperature', 'a number from 0 up', temperature);
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) refuse('topK', 'a whole number from 1 up', topK);
  if (topP !== undefined && !(topP > 0 && topP <= 1)) refuse('topP', 'above 0 and at most 1', topP);
  if (minP !== undefined && !(minP >= 0 && minP <= 1)) refuse('minP', 'from 0 to 1', minP);
}

/** Whether these options draw at random at all. */
export function isSampling({ temperature, topK, topP, minP }: SamplingOptions): boolean {
  return temperature === undefined ? topK !== undefined || topP !== undefined || minP !== undefined : temperature > 0;
}

/** Tokens less likely than the best one by this factor (e^30) are never drawn; sorting them would take most of the time. */
const NEGLIGIBLE = -30;

/** The tokens that sampling may draw, most likely first, with the probabilities that they are drawn with. */
export function candidates(logits: Float32Array, options: SamplingOptions): { ids: number[]; probabilities: Float64Array } {
  const temperature = options.temperature ?? 1;
  const [best] = topIds(logits, 1);
  const largest = logits[best!]!;
  const ids = options.topK === undefined ? likelyIds(logits, largest + NEGLIGIBLE * temperature) : topIds(logits, options.topK);
  const powers = Float64Array.from(ids, (id) => Math.exp((logits[id]! - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  let count = ids.length;
  if (options.topP !== undefined) {
    let reached = 0;
    for (count = 0; count < ids.length && reached < options.topP; count++) reached += powers[count]! / sum;
  }
  // The powers are relative to the likeliest token.
  if (options.minP !== undefined) while (count > 1 && powers[count - 1]! < options.minP) count--;
  const within = powers.subarray(0, count).reduce((total, power) => total + power, 0);
  return { ids: ids.slice(0, count), probabilities: powers.slice(0, count).map((power) => power / within) };
}

function likelyIds(logits: Float32Array, least: number): number[] {
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) if (logits[id]! >= least) ids.push(id);
  return ids.sort((a, b) => logits[b]! - logits[a]! || a - b);
}

/**
 * Draws tokens by a seed. transformers.js draws without one in most versions, so the draw is made here, as the last processor of the logits:
 * it leaves one token possible, which the library's greedy choice then takes.
 */
export class SeededSampler {
  readonly #options: SamplingOptions;
  #state: number;

  constructor(options: SamplingOptions) {
    this.#options = options;
    this.#state = (options.seed ?? Math.floor(Math.random() * 2 ** 32)) | 0;
  }

  /** Leaves of a row of logits only the drawn token; changes the row. */
  draw(logits: Float32Array): number {
    const { ids, probabilities } = candidates(logits, this.#options);
    let rest = this.#uniform();
    let chosen = ids[ids.length - 1]!;
    for (let place = 0; place < ids.length; place++) {
      rest -= probabilities[place]!;
      if (rest < 0) {
        chosen = ids[place]!;
        break;
      }
    }
    logits.fill(-Infinity);
    logits[chosen] = 0;
    return chosen;
  }

  /** Mulberry32. */
  #uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  }
}
