// SPDX-License-Identifier: MIT
import { headKinds, recordFigure } from '../core/index.js';
import { choice, layerList, type CommandSpec, type Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record attention',
  arguments: ['model', 'prompt'],
  summary: 'Writes attention patterns for <attention-view src>. The figure then shows without a model on the page.',
  options: {
    ...outOption,
    layers: { value: 'list', describe: 'such as 0,3-5 (all where it is left out)' },
    precision: { value: 'name', describe: 'uint16 (errs by less than 1e-5), uint8 (half the file) or float32' },
    scores: { value: 'name', describe: `a number for each head, on random repeated tokens: ${headKinds.join(', ')}` },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const prompt = parsed.positional['prompt']!;
  const dtype = choice('precision', parsed.text['precision'], ['uint16', 'uint8', 'float32']) ?? 'uint16';
  const scores = choice('scores', parsed.text['scores'], headKinds);
  await withModel(parsed, terminal, async (model) => {
    const { nLayer } = model.hooks.architecture;
    const layers = layerList(parsed.text['layers'] ?? `0-${nLayer - 1}`, nLayer);
    await writeTrace(parsed, terminal, await recordFigure(model, 'attention', { prompt, layers, dtype, ...(scores && { scores }) }));
  });
}
