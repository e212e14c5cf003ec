// SPDX-License-Identifier: MIT

/** Contributions of heads, of neurons and of the tokens that heads read from, by folded matrices. */
import { VitrineError } from '../../errors.js';
import type { HookedModel } from '../../model/hooked-model.js';
import { Tensor } from '../../model/tensor.js';
import { dot, fold } from './fold.js';
import type { StreamReading } from './stream-reading.js';

/** Folded matrices by prompt. @throws VitrineError `unsupported-model` where a norm stands between them and the stream */
async function foldedOf(model: HookedModel, matrix: 'W_O' | 'W_out', { keys, directions }: StreamReading): Promise<Float64Array[][]> {
  const after = matrix === 'W_O' ? 'ln1_post.w' : 'ln2_post.w';
  if (model.weights.has(after, 0)) {
    throw new VitrineError(
      'unsupported-model',
      `This model normalises what ${matrix === 'W_O' ? 'attention' : 'MLPs'} write before adding it to the stream, so that single ${matrix === 'W_O' ? 'heads' : 'neurons'} ` +
        'do not add up. Attribute to layers, or measure heads with ablationSweep().',
    );
  }
  return fold(model, matrix, keys, directions);
}

/** [layer, head, batch, pos]. @internal */
export async function headValues(model: HookedModel, read: StreamReading, scale: Float64Array): Promise<Tensor> {
  const { nLayer, nHead, dHead } = model.hooks.architecture;
  const folded = await foldedOf(model, 'W_O', read);
  const rows = scale.length;
  const pos = rows / read.batch;
  const data = new Float32Array(nLayer * nHead * rows);
  for (let layer = 0; layer < nLayer; layer++) {
    const z = read.rows(read.cache.get('z', layer));
    for (let row = 0; row < rows; row++) {
      const along = folded[Math.floor(row / pos)]![layer]!;
      for (let head = 0; head < nHead; head++) {
        const value = dot(z, (row * nHead + head) * dHead, along.subarray(head * dHead, (head + 1) * dHead));
        data[(layer * nHead + head) * rows + row] = value / scale[row]!;
      }
    }
  }
  return new Tensor(data, [nLayer, nHead, read.batch, pos], ['layer', 'head', 'batch', 'pos']);
}

/** [layer, neuron, batch, pos]. @internal */
export async function neuronValues(model: HookedModel, read: StreamReading, scale: Float64Array): Promise<Tensor> {
  const { nLayer } = model.hooks.architecture;
  const folded = await foldedOf(model, 'W_out', read);
  const width = folded[0]![0]!.length;
  if (width === 0)
    throw new VitrineError('unsupported-model', 'This model has no MLP, so there are no neurons to attribute to. Leave `neurons` out.');
  const rows = scale.length;
  const pos = rows / read.batch;
  const data = new Float32Array(nLayer * width * rows);
  for (let layer = 0; layer < nLayer; layer++) {
    const post = read.rows(read.cache.get('post', layer));
    const values = data.subarray(layer * width * rows, (layer + 1) * width * rows);
    for (let row = 0; row < rows; row++) {
      const along = folded[Math.floor(row / pos)]![layer]!;
      spreadRow(values, row, rows, post.subarray(row * width, (row + 1) * width), along, 1 / scale[row]!);
    }
  }
  return new Tensor(data, [nLayer, width, read.batch, pos], ['layer', 'neuron', 'batch', 'pos']);
}

/** [layer, head, batch, pos, key]. @internal */
export async function sourceValues(model: HookedModel, read: StreamReading, scale: Float64Array): Promise<Tensor> {
  const { nLayer, nHead, nKeyValueHead, dHead } = model.hooks.architecture;
  const folded = await foldedOf(model, 'W_O', read);
  const pos = scale.length / read.batch;
  const length = read.cache.get('pattern', 0).length('key');
  const data = new Float32Array(nLayer * nHead * scale.length * length);
  const carried = new Float64Array(length);
  for (let layer = 0; layer < nLayer; layer++) {
    const pattern = read.cache.get('pattern', layer);
    const v = read.cache.get('v', layer).data;
    for (let head = 0; head < nHead; head++) {
      const from = Math.floor((head * nKeyValueHead) / nHead);
      for (let row = 0; row < read.batch; row++) {
        const along = folded[row]![layer]!.subarray(head * dHead, (head + 1) * dHead);
        for (let key = 0; key < length; key++) carried[key] = dot(v, ((row * length + key) * nKeyValueHead + from) * dHead, along);
        read.positions[row]!.forEach((query, place) => {
          const weights = ((row * nHead + head) * length + query) * length;
          const to = (((layer * nHead + head) * read.batch + row) * pos + place) * length;
          for (let key = 0; key < length; key++)
            data[to + key] = (pattern.data[weights + key]! * carried[key]!) / scale[row * pos + place]!;
        });
      }
    }
  }
  return new Tensor(data, [nLayer, nHead, read.batch, pos, length], ['layer', 'head', 'batch', 'pos', 'key']);
}

/**
 * Puts one row, each number times its own factor and one for all, into a matrix that holds rows as columns. Its own function, so that it is
 * compiled after a few of the hundreds of calls of a first attribution and not after the last.
 */
function spreadRow(into: Float32Array, row: number, rows: number, values: Float32Array, factors: Float64Array, factor: number): void {
  for (let at = 0, to = row; at < values.length; at++, to += rows) into[to] = values[at]! * factors[at]! * factor;
}
