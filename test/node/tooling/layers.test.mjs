// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { violation } from '../../../scripts/lint/layers.mjs';

describe('the import rule', () => {
  const allowed = [
    ['src/core/techniques/logit-lens.ts', '../model/tensor.js'],
    ['src/core/model/hooked-model.ts', '../stages/chain.js'],
    ['src/core/stages/chain.ts', '../runtime/backend.js'],
    ['src/core/hooks/find.ts', '../onnx/types.js'],
    ['src/core/onnx/read.ts', '../errors.js'],
    ['src/core/onnx/passes/inline-if.ts', '../types.js'],
    ['src/core/index.ts', './techniques/logit-lens.js'],
    ['src/core/runtime/load-ort.ts', 'onnxruntime-web/wasm'],
    ['src/core/transformers/library.ts', '@huggingface/transformers'],
    ['src/components/logit-lens/logit-lens.ts', '../../core/index.js'],
    ['src/components/logit-lens/logit-lens.ts', '../shared/heatmap.js'],
    ['src/components/shared/core.ts', '../../core/trace/index.js'],
    ['src/components/logit-lens/logit-lens.ts', 'lit'],
    ['src/cli/main.ts', 'node:util'],
    ['src/cli/main.ts', '../core/index.js'],
    ['src/cdn/index.ts', '../components/index.js'],
    ['src/cdn/core.ts', '../core/model/index.js'],
    ['src/worker/host.ts', '../core/load-part.js'],
    ['test/node/a.test.ts', '../../src/core/onnx/read.js'],
  ];
  const forbidden = [
    ['src/core/onnx/read.ts', '../hooks/types.js', /downwards/],
    ['src/core/stages/chain.ts', '../model/tensor.js', /downwards/],
    ['src/core/transformers/library.ts', '../stages/chain.js', /downwards/],
    ['src/core/errors.ts', './onnx/types.js', /downwards/],
    ['src/core/model/hooked-model.ts', '../index.js', /not the index/],
    ['src/core/model/hooked-model.ts', '../../components/index.js', /may not import/],
    ['src/core/model/hooked-model.ts', 'lit', /only src\/components/],
    ['src/core/model/hooked-model.ts', 'onnxruntime-node', /only src\/core\/runtime/],
    ['src/core/model/hooked-model.ts', '@xenova/transformers', /only src\/core\/transformers/],
    ['src/core/model/hooked-model.ts', 'node:fs', /does not exist in a page/],
    ['src/components/logit-lens/logit-lens.ts', '../../core/model/tensor.js', /index\.js only/],
    ['src/cli/main.ts', '../core/model/tensor.js', /index\.js only/],
    ['src/worker/index.ts', '../components/index.js', /may not import/],
    ['src/cli/main.ts', '../../scripts/lib/serve.mjs', /leaves src/],
    ['src/core/onnx/read.ts', './proto-reader', /needs its extension/],
    ['test/node/a.test.ts', '../shared', /needs its extension/],
  ];

  for (const [from, to] of allowed) it(`${from} may import ${to}`, () => assert.equal(violation(from, to), undefined));
  for (const [from, to, why] of forbidden) it(`${from} may not import ${to}`, () => assert.match(violation(from, to) ?? '', why));
});
