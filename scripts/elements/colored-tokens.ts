// SPDX-License-Identifier: MIT
// What docs/elements/colored-tokens.html shows.
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { sentence, stories, START } from '../figures/prompts.js';

const longText = `${START}${stories.map((text) => text.slice(START.length)).join('\n')}`;

export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const record = (prompt: string, values: readonly string[]) => recordFigure(model, 'tokens', { prompt, values });
  const loudest = await loudestNeuron(model);
  return {
    'colored-tokens.json': await record(sentence.prompt, ['surprise', 'entropy', 'rank']),
    'colored-tokens-neuron.json': await record(sentence.prompt, [loudest]),
    'colored-tokens-story.json': await record(longText, ['surprise', 'blocks.3.hook_mlp_out']),
  };
}

/** The neuron of the last MLP that varies most over the sentence: a choice that any run finds again. */
async function loudestNeuron(model: HookedModel): Promise<string> {
  const hook = `blocks.${model.hooks.architecture.nLayer - 1}.mlp.hook_pre`;
  const { cache } = await model.runWithCache(sentence.prompt, { names: hook, logits: false });
  const values = cache.get(hook).select('batch', 0);
  const [count, width] = values.dims as [number, number];
  const spread = (neuron: number): number => {
    const own = Array.from({ length: count - 1 }, (_, at) => values.at(at + 1, neuron));
    return Math.max(...own) - Math.min(...own);
  };
  const best = Array.from({ length: width }, (_, neuron) => neuron).reduce(
    (top, neuron) => (spread(neuron) > spread(top) ? neuron : top),
    0,
  );
  return `${hook}:${best}`;
}
