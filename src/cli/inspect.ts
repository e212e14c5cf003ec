// SPDX-License-Identifier: MIT
import type { CommandSpec, Parsed } from './arguments.js';
import { describeHooks } from './describe-hooks.js';
import { modelOptions, withModel } from './model-options.js';
import { width, type Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'inspect',
  arguments: ['model'],
  summary: 'Lists the hooks of a model. Name, shape, the tensor of the graph, whether it can be edited; and what was not found and why.',
  options: {
    ...modelOptions,
    all: { describe: 'one line per hook, not per kind of hook' },
    json: { describe: 'everything as JSON' },
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  await withModel(parsed, terminal, async ({ info, hooks }) => {
    const { architecture, sites, missing } = hooks;
    if (parsed.switches['json']) {
      terminal.out(`${JSON.stringify({ ...info, architecture, hooks: [...sites.values()], missing }, null, 2)}\n`);
      return;
    }
    terminal.out(
      describeHooks(
        { info, architecture, sites: [...sites.values()], missing },
        { width: width(terminal), all: parsed.switches['all'] ?? false },
      ),
    );
  });
}
