// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookSite } from '../../hooks/types.js';
import type { HookedModel, RunOptions } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import type { Tokens } from '../../model/tokens.js';
import type { ProbeLabel } from './probe.js';

/** One example: an input, where to read, and what is true of it. */
export interface ProbeExample {
  /** Text, or token ids; the same in all examples. */
  input: string | readonly number[];
  label: ProbeLabel;
  /** Position to read, negative from the end of this input. @defaultValue -1, the last token, which has seen the whole input */
  position?: number;
}

export interface ProbeReadOptions extends RunOptions {
  /** Inputs per run. @defaultValue 16 */
  batchSize?: number;
  /** One head of a hook that has heads; all of them side by side otherwise. */
  head?: number;
}

/**
 * The activations of hooks at the examples' positions, all hooks in one pass over the inputs.
 *
 * @returns for every hook [example, feature]
 * @throws VitrineError `invalid-input`, `invalid-option`, and all that a run throws
 */
export async function readExamples(
  model: HookedModel,
  examples: readonly ProbeExample[],
  sites: readonly HookSite[],
  options: ProbeReadOptions = {},
): Promise<Map<string, Tensor>> {
  const { batchSize = 16, head, onProgress, ...runOptions } = options;
  if (examples.length === 0) throw new VitrineError('empty-input', 'A probe needs examples; got none.');
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new VitrineError('invalid-option', `batchSize must be a whole number from 1 up; got ${batchSize}.`);
  }
  for (const site of sites) checkSite(site, head);
  const texts = examples.filter(({ input }) => typeof input === 'string').length;
  if (texts !== 0 && texts !== examples.length) {
    throw new VitrineError('invalid-input', `Examples must be all text or all token ids; got ${texts} of ${examples.length} as text.`);
  }
  const rows = new Map<string, Float32Array>();
  for (let start = 0; start < examples.length; start += batchSize) {
    const chunk = examples.slice(start, start + batchSize);
    const input = chunk.map((example) => example.input) as string[] | number[][];
    const { cache, tokens } = await model.runWithCache(input, { ...runOptions, names: sites.map(({ name }) => name), logits: false });
    for (const { name } of sites) {
      const whole = cache.get(name);
      const activation = head === undefined ? whole : whole.select('head', head);
      const width = activation.dims.slice(2).reduce((product, length) => product * length, 1);
      const kept = rows.get(name) ?? new Float32Array(examples.length * width);
      rows.set(name, kept);
      for (const [row, { position = -1 }] of chunk.entries()) {
        const at = (row * activation.dims[1]! + absolute(position, tokens!, row, start + row)) * width;
        kept.set(activation.data.subarray(at, at + width), (start + row) * width);
      }
    }
    onProgress?.({ phase: 'run', loaded: start + chunk.length, total: examples.length });
  }
  return new Map(
    [...rows].map(([name, data]) => [name, new Tensor(data, [examples.length, data.length / examples.length], ['example', 'feature'])]),
  );
}

function checkSite(site: HookSite, head: number | undefined): void {
  const shape = `its axes are ${site.axes.join(', ')}`;
  if (site.axes[0] !== 'batch' || site.axes[1] !== 'pos') {
    throw new VitrineError('invalid-option', `A probe reads one position of an activation, and ${site.name} has none: ${shape}.`);
  }
  if (head === undefined) return;
  const axis = site.axes.indexOf('head');
  if (axis < 0) throw new VitrineError('invalid-option', `\`head\` selects a head, and ${site.name} has none: ${shape}.`);
  const count = site.dims[axis]!;
  if (Number.isInteger(head) && head >= -count && head < count) return;
  throw new VitrineError('invalid-option', `\`head\` must be a whole number from ${-count} to ${count - 1}; got ${head}.`);
}

/** A position within a row as an index into the padded batch. */
function absolute(position: number, tokens: Tokens, row: number, example: number): number {
  const mask = tokens.mask[row]!;
  const [start, end] = [mask.indexOf(1), mask.lastIndexOf(1) + 1];
  const at = position < 0 ? end + position : start + position;
  if (Number.isInteger(at) && at >= start && at < end) return at;
  throw new VitrineError(
    'invalid-input',
    `Position ${position} of example ${example} lies outside its ${end - start} tokens: give a whole number from ${start - end} to ${end - start - 1}.`,
  );
}
