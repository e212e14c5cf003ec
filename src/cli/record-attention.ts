// SPDX-License-Identifier: MIT
import { writeAttentionTrace } from '../core/index.js';
import { choice, layerList, type CommandSpec, type Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, provenanceOf, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record attention',
  arguments: ['model', 'prompt'],
  summary: 'Writes attention patterns for <attention-view src>. The figure then shows without a model on the page.',
  options: {
    ...outOption,
    layers: { value: 'list', describe: 'such as 0,3-5 (all where it is left out)' },
    precision: { value: 'name', describe: 'uint16 (errs by less than 1e-5), uint8 (half the file) or float32' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const prompt = parsed.positional['prompt']!;
  const dtype = choice('precision', parsed.text['precision'], ['uint16', 'uint8', 'float32']) ?? 'uint16';
  await withModel(parsed, terminal, async (model) => {
    const { nLayer, causal } = model.hooks.architecture;
    const layers = layerList(parsed.text['layers'] ?? `0-${nLayer - 1}`, nLayer);
    const names = layers.map((layer) => `blocks.${layer}.attn.hook_pattern`);
    const { cache } = await model.runWithCache(prompt, { names, logits: false });
    const patterns = names.map((name) => cache.get(name));
    const tokens = await model.tokenize(prompt);
    const trace = writeAttentionTrace({ provenance: provenanceOf(model), prompt, tokens, patterns, layers, causal, dtype });
    await writeTrace(parsed, terminal, trace);
  });
}
