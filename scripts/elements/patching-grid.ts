// SPDX-License-Identifier: MIT
import { recordFigure, type HookedModel } from '../../src/core/index.js';
import { capitalPrompt, capitals } from '../figures/prompts.js';

/** Two countries and their capitals: the stream, the heads, one pattern; ablated heads, a traced fact. */
export async function record(model: HookedModel): Promise<Record<string, unknown>> {
  const answers = { answer: ` ${capitals['France']}`, wrong: ` ${capitals['Italy']}` };
  const pair = { clean: capitalPrompt('France'), corrupted: capitalPrompt('Italy'), ...answers };
  const { length } = await model.tokenize(pair.clean);
  const [last, country] = [length - 1, length - 2];
  const state = (layer: number, position: number) => ({ layer, position });
  return {
    'patching-grid.json': await recordFigure(model, 'patching', {
      ...pair,
      outputs: 4 * length,
      moves: [
        { from: state(3, last), to: state(1, last) },
        { from: state(0, country), to: state(2, country) },
      ],
    }),
    'patching-grid-heads.json': await recordFigure(model, 'patching', { ...pair, site: 'head_every' }),
    'patching-grid-head-positions.json': await recordFigure(model, 'patching', { ...pair, site: 'head_out_by_pos', outputs: 24 }),
    'patching-grid-pattern.json': await recordFigure(model, 'patching', {
      ...pair,
      site: 'head_pattern_dest_src',
      layers: [2],
      heads: [7],
      outputs: 12,
    }),
    'patching-grid-ablation.json': await recordFigure(model, 'patching', {
      technique: 'ablation',
      clean: pair.clean,
      ...answers,
      site: 'head_out',
    }),
    'patching-grid-tracing.json': await recordFigure(model, 'patching', {
      technique: 'tracing',
      clean: pair.clean,
      answer: answers.answer,
      subject: [country],
    }),
  };
}
