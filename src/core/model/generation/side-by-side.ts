// SPDX-License-Identifier: MIT
import type { HookedModel } from '../hooked-model.js';
import type { GenerateOptions, GenerationStep } from './generate.js';

/** A step of one of the two texts. */
export interface SideBySideStep extends GenerationStep {
  side: 'base' | 'edited';
}

/**
 * Writes on from one prompt twice, as published and with the edits and hook functions, from one seed: what differs is what they do.
 * Steps come as they are made, both sides in turn.
 *
 * @example
 * for await (const { side, text } of generateSideBySide(model, 'Lily was', { edits, maxNewTokens: 20 })) columns[side] += text;
 */
export async function* generateSideBySide(
  model: HookedModel,
  prompt: string | readonly number[],
  options: GenerateOptions,
): AsyncGenerator<SideBySideStep, void, void> {
  const { edits, hooks, ...base } = { ...options, seed: options.seed ?? Math.floor(Math.random() * 2 ** 32) };
  const changes = { ...(edits ? { edits } : {}), ...(hooks ? { hooks } : {}) };
  const open = new Map([
    ['base' as const, model.generate(prompt, base)],
    ['edited' as const, model.generate(prompt, { ...base, ...changes })],
  ]);
  try {
    while (open.size > 0) {
      for (const [side, steps] of [...open]) {
        const next = await steps.next();
        if (next.done) open.delete(side);
        else yield { side, ...next.value };
      }
    }
  } finally {
    for (const steps of open.values()) await steps.return(undefined as never);
  }
}
