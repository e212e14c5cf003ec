// SPDX-License-Identifier: MIT
import type { FigureKinds, SteeringTrace } from '../shared/core.js';

type SteeringPart = FigureKinds['steering']['part'];

/** What live runs have written: the texts of one run as they come, and those of earlier runs with the same prompt, vector and settings. */
export class LiveTexts {
  #trace: SteeringTrace | undefined;
  /** Base tokens that the present run has told of. */
  #told = 0;

  /** A run begins. @param strength - whose text it writes; @returns the trace so far */
  begin(trace: SteeringTrace, strength: number): SteeringTrace {
    this.#told = 0;
    const before = this.#earlier(trace).filter((text) => text.strength !== strength);
    this.#trace = { ...trace, base: before.length > 0 ? this.#trace!.base : [], steered: before };
    return this.#trace;
  }

  /** Another token. @returns the trace so far, undefined where no run has begun */
  add(part: Exclude<SteeringPart, { trace: unknown }>): SteeringTrace | undefined {
    const trace = this.#trace;
    if (!trace) return undefined;
    if (part.side === 'base') {
      // What an earlier run has written is told again.
      if (++this.#told > trace.base.length) trace.base.push(part.token);
      return trace;
    }
    let text = trace.steered.find(({ strength }) => strength === part.strength);
    if (!text) trace.steered.push((text = { strength: part.strength, tokens: [], unsteered: [], baseSteered: [] }));
    text.tokens.push(part.token);
    return trace;
  }

  /** A run has ended. @returns its trace, with the texts of earlier runs */
  end(trace: SteeringTrace): SteeringTrace {
    const fresh = new Set(trace.steered.map(({ strength }) => strength));
    const before = this.#earlier(trace).filter(({ strength }) => !fresh.has(strength));
    this.#trace = { ...trace, steered: [...trace.steered, ...before].sort((a, b) => a.strength - b.strength) };
    return this.#trace;
  }

  /** Whole texts of earlier runs that belong to the same prompt, vector and settings. */
  #earlier(trace: SteeringTrace): SteeringTrace['steered'] {
    const before = this.#trace;
    if (!before || settingsOf(before) !== settingsOf(trace)) return [];
    return before.steered.filter(({ unsteered }) => unsteered.length > 0);
  }
}

/** What two traces must agree in for their texts to belong together. A vector from a file has no prompts to know it by. */
function settingsOf({ provenance, prompt, layers, keepNorm, sampling, vector }: SteeringTrace): string {
  const { positive, negative, method } = vector;
  const known = positive.length > 0 ? [positive, negative, method] : Math.random();
  return JSON.stringify([provenance, prompt, layers, keepNorm, sampling, known]);
}
