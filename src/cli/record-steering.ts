// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { recordFigure } from '../core/index.js';
import { choice, type CommandSpec, defined, layerList, type Parsed, UsageError } from './arguments.js';
import { modelOptions, withModel } from './model-options.js';
import { outOption, writeTrace } from './record.js';
import type { Terminal } from './terminal.js';

const methods = ['mean-difference', 'pca-diff', 'pca-center', 'pca-uncentered', 'logistic', 'actadd'] as const;

export const spec: CommandSpec = {
  name: 'record steering',
  arguments: ['model', 'prompt'],
  summary: 'Writes texts with and without a steering vector for <steering-lab src>. The figure then shows without a model on the page.',
  options: {
    ...outOption,
    positive: { value: 'file', describe: 'prompts with the trait, one a line' },
    negative: { value: 'file', describe: 'the other prompt of each pair, one a line' },
    method: { value: 'name', describe: `${methods.join(', ')} (the first)` },
    layers: { value: 'list', describe: 'layers to steer, such as 2 or 0,3-5 (the middle one)' },
    strengths: { value: 'list', describe: 'such as -4,-2,0,2,4 (-8 to 8)' },
    'keep-norm': { describe: 'give changed activations the length that they had' },
    'max-new-tokens': { value: 'number', describe: 'tokens of each text (32)' },
    temperature: { value: 'number', describe: '0 takes the likeliest token (0)' },
    seed: { value: 'number', describe: 'of both texts (0)' },
    'prepend-bos': { describe: 'begin every prompt with the begin-of-text token' },
    ...modelOptions,
  },
};

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const prompt = parsed.positional['prompt']!;
  const method = choice('method', parsed.text['method'], methods) ?? 'mean-difference';
  const vector = { positive: await lines(parsed, 'positive'), negative: await lines(parsed, 'negative'), method };
  const { layers, strengths } = parsed.text;
  const numbers = { strengths: strengths?.split(',').map((text) => number('strengths', text)), ...sampling(parsed) };
  await withModel(parsed, terminal, async (model) => {
    const chosen = layers === undefined ? {} : { layers: layerList(layers, model.hooks.architecture.nLayer) };
    const flags = { keepNorm: parsed.switches['keep-norm'] ?? false, prependBos: parsed.switches['prepend-bos'] ?? false };
    const options = { prompt, vector, ...chosen, ...flags, ...defined(numbers) };
    await writeTrace(parsed, terminal, await recordFigure(model, 'steering', options));
  });
}

function sampling({ text }: Parsed): { maxNewTokens?: number | undefined; temperature?: number | undefined; seed?: number | undefined } {
  const given = (name: string): number | undefined => (text[name] === undefined ? undefined : number(name, text[name]));
  return { maxNewTokens: given('max-new-tokens'), temperature: given('temperature'), seed: given('seed') };
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UsageError(`--${option} takes numbers, such as 2 or -0.5; got "${text}".`);
}

async function lines({ text }: Parsed, option: 'positive' | 'negative'): Promise<string[]> {
  const file = text[option];
  if (file === undefined) throw new UsageError(`--${option} is missing. Name a file with one prompt a line.`);
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`--${option}: ${file} cannot be read (${error.message}).`);
  });
  return content.split(/\r?\n/).filter((line) => line.trim() !== '');
}
