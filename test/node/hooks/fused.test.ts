// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VitrineError } from '../../../src/core/errors.js';
import { findHooks } from '../../../src/core/hooks/find.js';
import { readModel } from '../../../src/core/onnx/read.js';
import { fixtureFiles } from '../onnx/run-onnx.js';
import { hookMapNames, readFixture } from '../reference.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { compare, feedsOf, readConfig, runSites } from './run-sites.js';

const fused: [string, string, number][] = [
  ['bert-ort', 'model_O2', 2e-4],
  ['bert-ort', 'model_mha', 2e-4],
  ['bert-ort', 'model_ortopt', 2e-4],
  ['gpt2-ort', 'decoder_model', 2e-4],
  ['gpt2-ort', 'model', 2e-4],
  ['llama-gqa', 'model', 2e-4],
  ['llama-gqa', 'model_q4', 2e-4],
  ['llama-gqa-packed', 'model', 2e-4],
  ['qwen3-gqa-v4', 'model', 2e-4],
  ['stories260K-gqa', 'model', 3e-4],
];

for (const [fixture, file, tolerance] of fused) {
  test(
    `${fixture}/${file}.onnx, fused: what is found is right, what is not has a reason`,
    skipWithoutShared('fixtures', fixture),
    async (t) => {
      const folder = sharedPath('fixtures', fixture);
      const model = readModel(new Uint8Array(readFileSync(join(folder, 'onnx', `${file}.onnx`))));
      const table = findHooks(model.graph, { config: readConfig(folder) });
      const map = existsSync(join(folder, 'hookmap', `${file}.json`)) ? file : 'model';
      const names = existsSync(join(folder, 'hookmap', `${map}.json`)) ? hookMapNames(fixture, map) : [];
      for (const name of names) {
        const reason = table.missing.find((missing) => missing.name === name)?.because;
        assert.ok(table.sites.has(name) || reason, `${name} is neither found nor missing`);
        if (!table.sites.has(name)) assert.match(reason!, /inside the fused node|no table of token types|reads the stream without/, name);
      }
      const { reference } = readFixture(fixture, `${file}.onnx`);
      const ids = reference.get('p0/input_ids')!.data as BigInt64Array;
      const { activations } = await runSites(model, table, feedsOf(model, { ids }), { weightsFolder: join(folder, 'onnx') });
      let worst = 0;
      let compared = 0;
      for (const [name, got] of activations) {
        const want = reference.get(`p0/act/${name}`);
        if (!want) continue;
        const { worst: error } = compare(got, want);
        assert.ok(error <= tolerance, `${name} is off by ${error}`);
        worst = Math.max(worst, error);
        compared++;
      }
      const readOnly = [...table.sites.values()].filter((site) => !site.editable);
      for (const site of readOnly) assert.ok(site.notEditableBecause, `${site.name} says why it cannot be edited`);
      t.diagnostic(
        `${compared} of ${names.length} activations, worst ${worst.toExponential(1)}, tolerance ${tolerance}; ${table.missing.length} missing with reasons`,
      );
      assert.ok(compared > 0);
    },
  );
}

test('every file of the fixtures is read, or refused with what was looked for', skipWithoutShared('fixtures'), (t) => {
  let found = 0;
  let refused = 0;
  for (const [folder, file] of fixtureFiles()) {
    const model = readModel(new Uint8Array(readFileSync(sharedPath('fixtures', folder, 'onnx', file))));
    try {
      const table = findHooks(model.graph);
      assert.ok(table.architecture.nLayer > 0 && table.sites.size > 0, `${folder}/${file}`);
      for (const { name, because } of table.missing) assert.ok(because.length > 10, `${folder}/${file} ${name}`);
      found++;
    } catch (error) {
      assert.ok(error instanceof VitrineError && error.code === 'unsupported-model', `${folder}/${file}: ${String(error)}`);
      assert.match(error.message, /Looked for attention.*found/);
      // Files that hold no transformer of their own: an If around it, or a table of embeddings.
      assert.match(file, /merged|embed_tokens/, `${folder}/${file} should be understood`);
      refused++;
    }
  }
  t.diagnostic(`${found} files understood, ${refused} refused`);
});
