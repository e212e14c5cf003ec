// SPDX-License-Identifier: MIT
import type { LiveModel } from '../../../src/components/index.js';
import type { SteeringFigureOptions, SteeringPart, SteeringTrace } from '../../../src/core/index.js';
import { base, happy, steeringTrace } from './steering-lab-data.js';
import { part } from './support.js';

export const wordsOf = (lab: Element, side: string): string[] =>
  [...lab.shadowRoot!.querySelectorAll(`[data-side=${side}]`)].map((word) => word.textContent!.trim());

export const wordAt = (lab: Element, side: string, index: number): HTMLElement => part(lab, `#${side}-${index}`);

export const slider = (lab: Element): HTMLInputElement => part(lab, 'input[type=range]');

export function slide(lab: Element, value: number): void {
  slider(lab).valueAsNumber = value;
  slider(lab).dispatchEvent(new Event('input', { bubbles: true, composed: true }));
}

/** A model that writes when a test tells it to. */
export class FakeWriter implements LiveModel {
  readonly name = 'fake';
  readonly thread = 'worker' as const;
  readonly asked: SteeringFigureOptions[] = [];
  tell: ((part: SteeringPart) => void) | undefined;
  finish: ((trace: SteeringTrace) => void) | undefined;

  async figure(_kind: string, options: unknown, context: unknown): Promise<never> {
    this.asked.push(options as SteeringFigureOptions);
    const { onPart, signal } = context as { onPart: (part: SteeringPart) => void; signal: AbortSignal };
    this.tell = onPart;
    return new Promise((resolve, reject) => {
      this.finish = resolve as unknown as (trace: SteeringTrace) => void;
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  async dispose(): Promise<void> {}

  get last(): SteeringFigureOptions {
    return this.asked.at(-1)!;
  }
}

/** The trace of a run that has written nothing yet. */
export function begun({ vector, layers }: SteeringFigureOptions): SteeringTrace {
  const made = steeringTrace();
  const pairs = { positive: [...vector.positive], negative: [...vector.negative] };
  return { ...made, vector: { ...made.vector, ...pairs }, layers: [...(layers ?? [2])], base: [], steered: [] };
}

/** The trace of a run that has ended. */
export function ended(options: SteeringFigureOptions): SteeringTrace {
  const text = {
    strength: options.strengths![0]!,
    tokens: happy,
    unsteered: [0.1, 0.1, 0.1, 0.1],
    baseSteered: [0.1, 0.1, 0.1],
  };
  return { ...begun(options), base: [...base], steered: [text] };
}
