// SPDX-License-Identifier: MIT
import { inlineIf } from '../onnx/passes/inline-if.js';
import type { OnnxModel } from '../onnx/types.js';

/**
 * A model file as the graphs that it holds: one for prompts and, in a merged file of version 2, another for single steps with a cache.
 * The second is not always able to run a prompt (Llama's leaves out the causal mask), so prompts always go through the first.
 */
export function splitPhases(model: OnnxModel): { prompt: OnnxModel; step: OnnxModel | undefined } {
  const prompt = inlineIf(model, 'else');
  if (!prompt) return { prompt: model, step: undefined };
  return { prompt: prompt.model, step: inlineIf(model, 'then')!.model };
}
