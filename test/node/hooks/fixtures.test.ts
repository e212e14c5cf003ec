// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findHooks } from '../../../src/core/hooks/find.js';
import { inlineIf } from '../../../src/core/onnx/passes/inline-if.js';
import { readModel } from '../../../src/core/onnx/read.js';
import type { OnnxModel } from '../../../src/core/onnx/types.js';
import { hookMapNames, readFixture } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { compare, feedsOf, readConfig, runSites } from './run-sites.js';
import type { Feeds } from './run-sites.js';

/** Ten times what the fixtures' README saw for float files. */
const floatTolerance = 2e-4;

interface Case {
  fixture: string;
  file: string;
  /** Hook map to satisfy; that of the float file for its quantised versions. */
  map: string;
  branch?: 'else' | 'then';
  /** Largest relative error (root mean square) allowed, for files whose weights or activations are rounded. */
  loose?: number;
}

const int8 = 0.3;
const half = 0.05;
const cases: Case[] = [
  { fixture: 'gpt2-v2', file: 'decoder_model.onnx', map: 'decoder_model' },
  { fixture: 'gpt2-v2', file: 'decoder_model_merged.onnx', map: 'decoder_model', branch: 'else' },
  { fixture: 'gpt2-v2', file: 'decoder_model_merged.onnx', map: 'decoder_model', branch: 'then' },
  { fixture: 'gpt2-v2', file: 'decoder_with_past_model.onnx', map: 'decoder_model', branch: 'then' },
  { fixture: 'gpt2-v2', file: 'decoder_model_quantized.onnx', map: 'decoder_model', loose: int8 },
  { fixture: 'gpt2-v2', file: 'decoder_model_merged_quantized.onnx', map: 'decoder_model', branch: 'else', loose: int8 },
  { fixture: 'gpt2-v3', file: 'model.onnx', map: 'model' },
  { fixture: 'gpt2-v3', file: 'model_fp16.onnx', map: 'model', loose: half },
  { fixture: 'gpt2-v3', file: 'model_q4.onnx', map: 'model' },
  { fixture: 'gpt2-v3', file: 'model_quantized.onnx', map: 'model', loose: int8 },
  { fixture: 'gpt2-op17', file: 'model.onnx', map: 'model' },
  { fixture: 'llama-v3', file: 'model.onnx', map: 'model' },
  { fixture: 'llama-v3', file: 'model_q4.onnx', map: 'model' },
  { fixture: 'llama-v4', file: 'model.onnx', map: 'model' },
  { fixture: 'qwen2-v3-sdpa', file: 'model.onnx', map: 'model' },
  { fixture: 'qwen2-v3-sdpa', file: 'model_fp16.onnx', map: 'model', loose: half },
  { fixture: 'qwen2-v3-sdpa', file: 'model_q4f16.onnx', map: 'model', loose: half },
  { fixture: 'gemma-v3', file: 'model.onnx', map: 'model' },
  { fixture: 'bert-v2', file: 'model.onnx', map: 'model' },
  { fixture: 'bert-v2', file: 'model_quantized.onnx', map: 'model', loose: int8 },
  { fixture: 'bert-v3', file: 'model.onnx', map: 'model' },
  { fixture: 'bert-v3', file: 'model_quantized.onnx', map: 'model', loose: int8 },
  { fixture: 'distilbert-v2', file: 'model.onnx', map: 'model' },
  { fixture: 'distilbert-v2', file: 'model_quantized.onnx', map: 'model', loose: int8 },
  { fixture: 'vit-v3', file: 'model.onnx', map: 'model' },
  { fixture: 'vit-v3', file: 'model_quantized.onnx', map: 'model', loose: int8 },
  { fixture: 'stories260K-v2', file: 'decoder_model.onnx', map: 'decoder_model' },
  { fixture: 'stories260K-v2', file: 'decoder_model_merged.onnx', map: 'decoder_model', branch: 'else' },
  { fixture: 'stories260K-v2', file: 'decoder_model_merged.onnx', map: 'decoder_model', branch: 'then' },
  { fixture: 'stories260K-v2', file: 'decoder_model_merged_quantized.onnx', map: 'decoder_model', branch: 'else', loose: int8 },
  { fixture: 'stories260K-v3', file: 'model.onnx', map: 'model' },
  { fixture: 'stories260K-v3', file: 'model_fp16.onnx', map: 'model', loose: half },
  { fixture: 'stories260K-v3', file: 'model_q4.onnx', map: 'model' },
  { fixture: 'stories260K-v3', file: 'model_q4f16.onnx', map: 'model', loose: half },
  { fixture: 'stories260K-v3', file: 'model_quantized.onnx', map: 'model', loose: int8 },
];

for (const entry of cases) {
  const { fixture, file, branch } = entry;
  test(
    `${fixture}/${file}${branch ? ` (${branch})` : ''}: every hook of the map, by value`,
    skipWithoutShared('fixtures', fixture),
    async (t) => {
      const folder = sharedPath('fixtures', fixture);
      const config = readConfig(folder);
      const model = open(fixture, file, branch);
      const table = findHooks(model.graph, { config });
      const wanted = hookMapNames(fixture, entry.map);
      const unfound = wanted.filter((name) => !table.sites.has(name));
      assert.deepEqual(unfound, [], `not found: ${unfound.join(', ')}`);
      const { nLayer } = table.architecture;
      assert.equal(table.cuts.length, nLayer + 1);

      const { reference } = readFixture(fixture, file);
      const worst = { name: 'none', error: -1, relative: 0 };
      let compared = 0;
      for (const prompt of ['p0', 'p1', 'p2']) {
        const given = reference.get(`${prompt}/input_ids`) ?? reference.get(`${prompt}/pixel_values`);
        if (!given) continue;
        const ids = reference.has(`${prompt}/input_ids`) ? (given.data as BigInt64Array) : undefined;
        const step = branch === 'then';
        const run = step
          ? await lastStep(fixture, file, model, table, ids!)
          : await runSites(model, table, feedsOf(model, ids ? { ids } : { pixels: given.data as Float32Array, pixelDims: given.dims }), {
              weightsFolder: join(folder, 'onnx'),
            });
        for (const name of wanted) {
          const stored = reference.get(`${prompt}/act/${name}`);
          if (!stored) continue;
          const got = run.activations.get(name);
          assert.ok(got, `${name} has a tensor`);
          const want = step ? lastRows(stored, table.sites.get(name)!.axes) : stored;
          // Tables of positions are looked up once for all rows of a batch.
          const { worst: error, relative } = compare(got, want);
          compared++;
          if (entry.loose ? relative > worst.relative : error > worst.error || Number.isNaN(error))
            Object.assign(worst, { name, error, relative });
        }
      }
      const tolerance = entry.loose ? `${entry.loose} relative` : String(floatTolerance);
      t.diagnostic(
        `${compared} activations, worst ${worst.error.toExponential(1)} (relative ${worst.relative.toExponential(1)}) at ${worst.name}; tolerance ${tolerance}`,
      );
      assert.ok(compared > 0);
      assert.ok(entry.loose ? worst.relative <= entry.loose : worst.error <= floatTolerance, `worst ${worst.error} at ${worst.name}`);
    },
  );
}

function open(fixture: string, file: string, branch?: 'else' | 'then'): OnnxModel {
  const path = sharedPath('fixtures', fixture, 'onnx', file);
  assert.ok(existsSync(path));
  const model = readModel(new Uint8Array(readFileSync(path)));
  return (branch && inlineIf(model, branch)?.model) ?? model;
}

/** Runs all but the last token without a cache, and the last one with it. */
async function lastStep(
  fixture: string,
  file: string,
  model: OnnxModel,
  table: ReturnType<typeof findHooks>,
  ids: BigInt64Array,
): Promise<Awaited<ReturnType<typeof runSites>>> {
  const first = file.includes('with_past')
    ? open(fixture, file.replace('decoder_with_past_model', 'decoder_model'))
    : open(fixture, file, 'else');
  const before = ids.subarray(0, -1);
  const empty = { ...table, sites: new Map() };
  const { outputs } = await runSites(first, empty, feedsOf(first, { ids: before.slice() }));
  const past: Feeds = outputs;
  return runSites(model, table, feedsOf(model, { ids: ids.slice(-1), past, pastLength: before.length }));
}

/** The rows of the last position, or of the last query. */
function lastRows(stored: { dims: number[]; data: ArrayLike<number | bigint> }, axes: string[]): { dims: number[]; data: number[] } {
  const axis = axes.findIndex((name) => name === 'pos' || name === 'query');
  const length = stored.dims[axis]!;
  const inner = stored.dims.slice(axis + 1).reduce((product, n) => product * n, 1);
  const data = Array.from(stored.data as ArrayLike<number>).filter((_, index) => Math.floor(index / inner) % length === length - 1);
  return { dims: stored.dims.map((n, at) => (at === axis ? 1 : n)), data };
}
