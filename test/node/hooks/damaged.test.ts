// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VitrineError } from '../../../src/core/errors.js';
import { findHooks } from '../../../src/core/hooks/find.js';
import { readModel } from '../../../src/core/onnx/read.js';
import type { OnnxGraph, OnnxNode } from '../../../src/core/onnx/types.js';
import { mulberry } from '../onnx/run-onnx.js';
import { sharedPath, skipWithoutShared } from '../shared.js';

const files: [string, string][] = [
  ['gpt2-v3', 'model'],
  ['llama-v3', 'model'],
  ['bert-v2', 'model'],
  ['vit-v3', 'model_quantized'],
  ['qwen3-gqa-v4', 'model'],
  ['bert-ort', 'model_O2'],
];
const rounds = 60;

test('graphs that were changed at random are understood in part or refused, never a crash', skipWithoutShared('fixtures'), (t) => {
  const random = mulberry(11);
  let understood = 0;
  let refused = 0;
  for (const [fixture, file] of files) {
    const bytes = new Uint8Array(readFileSync(sharedPath('fixtures', fixture, 'onnx', `${file}.onnx`)));
    for (let round = 0; round < rounds; round++) {
      const graph = damage(readModel(bytes).graph, random);
      try {
        const table = findHooks(graph);
        const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
        for (const site of table.sites.values()) assert.ok(made.has(site.tensor), `${fixture}: ${site.name} names a tensor of the graph`);
        for (const site of table.sites.values())
          assert.ok(
            site.dims.every((length) => length === null || Number.isInteger(length)),
            `${fixture}: ${site.name} [${site.dims.join()}]`,
          );
        understood++;
      } catch (error) {
        if (!(error instanceof VitrineError)) throw error;
        refused++;
      }
    }
  }
  t.diagnostic(`${understood} understood, ${refused} refused`);
  assert.ok(understood > refused);
});

/** One to three of: an operator that nobody knows, an input left out or crossed, attributes lost, a node removed. */
function damage(graph: OnnxGraph, random: () => number): OnnxGraph {
  const nodes = graph.nodes;
  const pick = (): number => Math.floor(random() * nodes.length);
  const changes: ((node: OnnxNode, at: number) => void)[] = [
    (node) => (node.opType = 'Mystery'),
    (node) => (node.inputs[0] = ''),
    (node, at) => (node.inputs[0] = nodes[Math.floor(random() * at)]?.outputs[0] ?? ''),
    (node) => node.attributes.clear(),
    (node) => (node.inputs = node.inputs.slice(0, 1)),
    (_, at) => nodes.splice(at, 1),
  ];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const at = pick();
    changes[Math.floor(random() * changes.length)]!(nodes[at]!, at);
  }
  return graph;
}
