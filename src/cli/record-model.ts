// SPDX-License-Identifier: MIT
import { recordFigure } from '../core/index.js';
import type { CommandSpec, Parsed } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'record model',
  arguments: ['model'],
  summary: 'Writes the map of a model for <model-map src>. Sizes, parts, hooks, shapes and parameters; nothing is run.',
  options: { ...outOption, ...modelOptions },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  await withModel(parsed, terminal, async (model) => writeTrace(parsed, terminal, await recordFigure(model, 'model', {})));
}
