// SPDX-License-Identifier: MIT
import type { ModelFacts, ModelTrace } from '../../../src/core/index.js';

/** The map of a small model of any of the usual shapes. */
export function modelTrace(facts: Partial<ModelFacts> = {}, { hidden = false, model = 'test' } = {}): ModelTrace {
  const architecture: ModelFacts = {
    family: 'decoder',
    nLayer: 4,
    nHead: 8,
    nKeyValueHead: facts.nHead ?? 8,
    dHead: 16,
    dModel: 128,
    dMlp: 512,
    dVocab: 2048,
    nCtx: 256,
    norm: 'layer',
    normPosition: 'pre',
    activation: 'gelu-tanh',
    gated: false,
    parallel: false,
    position: 'learned',
    causal: true,
    tied: true,
    ...facts,
  };
  const { nHead, nKeyValueHead, dHead, dModel, parallel, position, normPosition } = architecture;
  const dMlp = architecture.dMlp!;
  const stream = ['batch', 'pos', 'd_model'];
  const square = ['batch', 'head', 'query', 'key'];
  const perHead = ['batch', 'pos', 'head', 'd_head'];
  const block = (name: string): string => `blocks.{layer}.${name}`;
  const learned = position === 'learned';
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'model',
    provenance: { model, vitrine: '0.0.0' },
    prompt: '',
    tokens: [],
    architecture,
    hooks: [
      { name: 'hook_embed', axes: stream, dims: [null, null, dModel] },
      ...(learned ? [{ name: 'hook_pos_embed', axes: stream, dims: [null, null, dModel] }] : []),
      { name: block('hook_resid_pre'), axes: stream, dims: [null, null, dModel] },
      { name: block('ln1.hook_normalized'), axes: stream, dims: [null, null, dModel] },
      { name: block('attn.hook_q'), axes: perHead, dims: [null, null, nHead, dHead] },
      ...(hidden ? [] : [{ name: block('attn.hook_pattern'), axes: square, dims: [null, nHead, null, null] }]),
      { name: block('hook_attn_out'), axes: stream, dims: [null, null, dModel] },
      ...(parallel ? [] : [{ name: block('hook_resid_mid'), axes: stream, dims: [null, null, dModel] }]),
      { name: block('ln2.hook_normalized'), axes: stream, dims: [null, null, dModel] },
      { name: block('mlp.hook_post'), axes: ['batch', 'pos', 'd_mlp'], dims: [null, null, dMlp] },
      { name: block('hook_resid_post'), axes: stream, dims: [null, null, dModel] },
      ...(normPosition === 'pre' ? [{ name: 'ln_final.hook_normalized', axes: stream, dims: [null, null, dModel] }] : []),
      { name: 'logits', axes: ['batch', 'pos', 'd_vocab'], dims: [null, null, architecture.dVocab] },
    ],
    hidden: hidden
      ? [{ name: block('attn.hook_pattern'), because: 'the attention pattern exists only inside the fused node Attention' }]
      : [],
    weights: [
      { name: 'embed.W_E', axes: ['d_vocab', 'd_model'], dims: [architecture.dVocab!, dModel] },
      ...(learned ? [{ name: 'pos_embed.W_pos', axes: ['pos', 'd_model'], dims: [architecture.nCtx!, dModel] }] : []),
      { name: block('attn.W_Q'), axes: ['head', 'd_model', 'd_head'], dims: [nHead, dModel, dHead] },
      { name: block('attn.W_K'), axes: ['head', 'd_model', 'd_head'], dims: [nKeyValueHead, dModel, dHead] },
      { name: block('mlp.W_in'), axes: ['d_model', 'd_mlp'], dims: [dModel, dMlp] },
      { name: 'unembed.W_U', axes: ['d_model', 'd_vocab'], dims: [dModel, architecture.dVocab!], same: 'embed.W_E' },
    ],
  };
}
