// SPDX-License-Identifier: MIT
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { toHookLayout } from '../../../src/core/hooks/layout.js';
import type { HookSite, HookTable } from '../../../src/core/hooks/types.js';
import { GraphIndex } from '../../../src/core/onnx/graph.js';
import { writeModel } from '../../../src/core/onnx/write.js';
import type { OnnxModel } from '../../../src/core/onnx/types.js';
import { float16ToNumber } from '../../../src/core/onnx/tensor-data.js';

const ort = await import('onnxruntime-node');

export type Feeds = Record<string, Tensor>;

/** An activation in the axes of its hook. */
export interface Activation {
  dims: number[];
  data: Float32Array;
}

/** Runs a model once with every found tensor as an output, and gives the activations by hook name. Derived hooks are left out. */
export async function runSites(
  model: OnnxModel,
  table: HookTable,
  feeds: Feeds,
  options: { weightsFolder?: string; batch?: number } = {},
): Promise<{ activations: Map<string, Activation>; outputs: Feeds }> {
  const index = new GraphIndex(model.graph);
  const sites = [...table.sites.values()].filter((site) => !site.derived && index.producer(site.tensor));
  const tensors = new Set(sites.map((site) => site.tensor));
  const added = [...tensors].filter((name) => !index.isOutput(name)).map((name) => ({ name, elementType: 0 }));
  const exposed: OnnxModel = { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, ...added] } };
  const outputs = await runBytes(writeModel(exposed), feeds, options.weightsFolder);
  const batch = options.batch ?? 1;
  const activations = new Map(sites.map((site) => [site.name, activation(site, outputs[site.tensor]!, batch)]));
  return { activations, outputs };
}

async function runBytes(bytes: Uint8Array, feeds: Feeds, weightsFolder: string | undefined): Promise<Feeds> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-'));
  try {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, bytes);
    for (const file of weightsFolder ? readdirSync(weightsFolder) : []) {
      if (file.includes('_data')) copyFileSync(join(weightsFolder!, file), join(folder, file));
    }
    const session = await ort.InferenceSession.create(path, {
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
      graphOptimizationLevel: 'basic',
    });
    const wanted = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
    const outputs = await session.run(wanted);
    await session.release();
    return outputs as Feeds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function activation(site: HookSite, tensor: Tensor, batch: number): Activation {
  const floats = toFloats(tensor);
  const { data, dims } = toHookLayout(floats, tensor.dims, site, { b: batch });
  return { data, dims };
}

function toFloats(tensor: Tensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  if (tensor.type === 'float16') return Float32Array.from(tensor.data as unknown as Uint16Array, (value) => halfOf(value, tensor.data));
  return Float32Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** Node 20 has no Float16Array: the runtime gives the bits. */
const halfOf = (value: number, data: unknown): number => (data instanceof Uint16Array ? float16ToNumber(value) : value);

/** Inputs of a transformers.js graph for a row of tokens or an image; past keys of length zero unless given. */
export function feedsOf(
  model: OnnxModel,
  input: { ids?: BigInt64Array; pixels?: Float32Array; pixelDims?: number[]; past?: Feeds; pastLength?: number },
): Feeds {
  const feeds: Feeds = {};
  const length = input.ids?.length ?? 0;
  const before = input.pastLength ?? 0;
  const int64 = (values: BigInt64Array): Tensor => new ort.Tensor('int64', values, [1, values.length]);
  for (const { name, dims = [], elementType } of model.graph.inputs) {
    if (/input_ids$/.test(name)) feeds[name] = int64(input.ids!);
    else if (name === 'attention_mask') feeds[name] = int64(new BigInt64Array(length + before).fill(1n));
    else if (name === 'position_ids') feeds[name] = int64(BigInt64Array.from({ length }, (_, at) => BigInt(before + at)));
    else if (name === 'token_type_ids') feeds[name] = int64(new BigInt64Array(length));
    else if (name === 'num_logits_to_keep') feeds[name] = new ort.Tensor('int64', [0n], []);
    else if (name === 'use_cache_branch') feeds[name] = new ort.Tensor('bool', [before > 0], [1]);
    else if (name === 'pixel_values') feeds[name] = new ort.Tensor('float32', input.pixels!, input.pixelDims!);
    else if (name.startsWith('past')) {
      const given = input.past?.[name.replace('past_key_values', 'present')];
      const shape = [1, dims[1] as number, 0, dims[3] as number];
      feeds[name] =
        given ??
        (elementType === 10 ? new ort.Tensor('float16', new Uint16Array(0), shape) : new ort.Tensor('float32', new Float32Array(0), shape));
    }
  }
  return feeds;
}

/** Largest absolute difference where the reference is finite, and the relative one of the whole (root mean square). */
export function compare(got: Activation, want: { dims: number[]; data: ArrayLike<number | bigint> }): { worst: number; relative: number } {
  if (got.dims.join() !== want.dims.join()) throw new Error(`dims [${got.dims.join()}] where the reference has [${want.dims.join()}]`);
  let worst = 0;
  let difference = 0;
  let norm = 0;
  for (let index = 0; index < got.data.length; index++) {
    const expected = Number(want.data[index]);
    if (!Number.isFinite(expected) || expected < -1e4) continue;
    const error = Math.abs(got.data[index]! - expected);
    // NaN must not hide.
    worst = error <= worst ? worst : error;
    difference += error * error;
    norm += expected * expected;
  }
  return { worst, relative: Math.sqrt(difference / (norm || 1)) };
}

/** A config.json of a model folder. */
export const readConfig = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
