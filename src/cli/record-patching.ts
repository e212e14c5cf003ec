// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import { choice, type CommandSpec, layerList, numberOption, type Parsed, UsageError } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record patching',
  arguments: ['model', 'prompt'],
  summary: 'Writes a sweep for <patching-grid src>. Patching between two prompts, ablation or causal tracing; the figure needs no model.',
  options: {
    ...outOption,
    technique: { value: 'name', describe: 'patching, ablation or tracing (patching)' },
    corrupted: { value: 'prompt', describe: 'for patching: the other prompt, with as many tokens' },
    answer: { value: 'token', describe: 'the right answer, such as " Paris"' },
    wrong: { value: 'token', describe: 'the wrong one: the logit difference is measured, else the probability' },
    site: { value: 'name', describe: 'resid_pre, mlp_out, head_out, head_every, ...; for tracing state, mlp or attn' },
    direction: { value: 'name', describe: 'denoise (clean values into the corrupted run) or noise' },
    raw: { describe: 'the metric itself, not the share of the difference' },
    layers: { value: 'list', describe: 'such as 0,3-5 (all where it is left out)' },
    subject: { value: 'positions', describe: 'for tracing: positions of the subject, such as 3,4' },
    outputs: { value: 'number', describe: 'strongest cells whose likeliest next tokens are kept (0)' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const { corrupted, answer, wrong, site, layers, subject } = parsed.text;
  const technique = choice('technique', parsed.text['technique'], ['patching', 'ablation', 'tracing']) ?? 'patching';
  const direction = choice('direction', parsed.text['direction'], ['denoise', 'noise']);
  const outputs = numberOption(parsed, 'outputs', { least: 0 }) ?? 0;
  if (answer === undefined) throw new UsageError('Say what is measured, with its leading space: --answer " Paris".');
  if (technique === 'patching' && corrupted === undefined)
    throw new UsageError('Patching needs a second prompt: --corrupted "The capital of Italy is".');
  if (technique === 'tracing' && subject === undefined) throw new UsageError('Tracing needs the positions of the subject: --subject 3,4.');
  const positions = subject?.split(',').map(Number);
  if (positions?.some((position) => !Number.isInteger(position)))
    throw new UsageError(`--subject takes whole numbers such as 3,4; got "${subject}".`);
  await withModel(parsed, terminal, async (model) => {
    const options = {
      technique,
      clean: parsed.positional['prompt']!,
      answer,
      outputs,
      normalize: !parsed.switches['raw'],
      ...(corrupted !== undefined && { corrupted }),
      ...(wrong !== undefined && { wrong }),
      ...(site !== undefined && { site }),
      ...(direction && { direction }),
      ...(layers !== undefined && { layers: layerList(layers, model.hooks.architecture.nLayer) }),
      ...(positions && { subject: positions }),
    };
    await writeTrace(parsed, terminal, await recordFigure(model, 'patching', options));
  });
}
