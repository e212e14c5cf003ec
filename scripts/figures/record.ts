// SPDX-License-Identifier: MIT
import {
  logitLens,
  version,
  writeAttentionTrace,
  writeLogitLensTrace,
  type AttentionTrace,
  type HookedModel,
  type LogitLensTrace,
  type Provenance,
} from '../../src/core/index.js';
import { capitalPrompt, sentence, story } from './prompts.js';

/** The recorded figures of the article, by file name. */
export async function recordFigures(model: HookedModel): Promise<Record<string, AttentionTrace | LogitLensTrace>> {
  return {
    'names.json': await attention(model, sentence.prompt),
    'habits.json': await attention(model, story),
    'capital.json': await lens(model, capitalPrompt('France'), ' Paris'),
    'names-lens.json': await lens(model, sentence.prompt, sentence.receiver),
  };
}

async function attention(model: HookedModel, prompt: string): Promise<AttentionTrace> {
  const { nLayer, causal } = model.hooks.architecture;
  const { cache } = await model.runWithCache(prompt, { names: 'pattern', logits: false });
  const patterns = Array.from({ length: nLayer }, (_, layer) => cache.get('pattern', layer));
  return writeAttentionTrace({ provenance: provenance(model), prompt, tokens: await model.tokenize(prompt), patterns, causal });
}

async function lens(model: HookedModel, prompt: string, target: string): Promise<LogitLensTrace> {
  const result = await logitLens(model, prompt, { topK: 5, target });
  return writeLogitLensTrace({
    ...result,
    provenance: provenance(model),
    prompt,
    tokens: await model.tokenize(prompt),
    textOf: result.text,
  });
}

function provenance({ info }: HookedModel): Provenance {
  return { model: info.name, revision: info.revision, dtype: info.dtype, file: info.file, vitrine: version };
}
