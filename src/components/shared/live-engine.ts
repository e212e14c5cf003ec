// SPDX-License-Identifier: MIT
// The one module of the elements that needs the whole core; it is imported when a reader asks for a live model.
import { configure, HookedModel, logitLens, VitrineError, type Device, type OpenOptions, type Token } from '../../core/index.js';
import type { AttentionData } from '../attention-view/attention-data.js';
import { vocabulary, type LensData } from '../logit-lens/lens-data.js';
import type { LensOptions, LiveModel, LoadModel } from './live-model.js';
import { displayTokens, type DisplayToken } from './token-display.js';

/** Opens a model with the core. */
export const loadLiveModel: LoadModel = async (request, { signal, onProgress }) => {
  if (request.vendor) configure({ vendor: request.vendor });
  const options: OpenOptions = { signal, onProgress };
  if (request.revision) options.revision = request.revision;
  if (request.dtype) options.dtype = request.dtype;
  if (request.device) options.device = request.device as Device;
  const model = await HookedModel.fromPretrained(request.name, options);
  try {
    // The first run fetches ONNX Runtime's WebAssembly and compiles the model: a part of opening it, which the reader can still cancel.
    if (model.hooks.architecture.family !== 'vision') await model.run([0], { signal });
  } catch (error) {
    await model.dispose();
    throw error;
  }
  return new LiveEngine(model);
};

class LiveEngine implements LiveModel {
  readonly name: string;
  readonly #model: HookedModel;

  constructor(model: HookedModel) {
    this.#model = model;
    this.name = model.info.name;
  }

  async attention(prompt: string, { signal }: { signal: AbortSignal }): Promise<AttentionData> {
    const { cache, tokens } = await this.#model.runWithCache(prompt, { names: /hook_pattern$/, logits: false, signal });
    const layers = cache.names.map((name) => Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? 0));
    if (layers.length === 0) {
      throw new VitrineError('unsupported-model', `No attention pattern was found in ${this.name}. Choose a model with attention layers.`);
    }
    const patterns = cache.names.map((name) => cache.get(name));
    const [, headCount, count] = patterns[0]!.dims as [number, number, number, number];
    const pattern = new Float32Array(layers.length * headCount * count * count);
    patterns.forEach(({ data }, row) => pattern.set(data, row * headCount * count * count));
    return {
      prompt,
      source: this.name,
      tokens: shownTokens(tokens?.tokens?.[0] ?? []),
      causal: isCausal(pattern, count),
      layers,
      headCount,
      pattern,
    };
  }

  async lens(prompt: string, { topK, norm, target, signal }: LensOptions): Promise<LensData> {
    const lens = await logitLens(this.#model, prompt, { topK, norm, signal, ...(target !== undefined && { target }) });
    return {
      prompt,
      source: this.name,
      norm,
      tokens: shownTokens(lens.tokens.tokens?.[0] ?? []),
      labels: lens.labels,
      k: lens.topIds.dims.at(-1)!,
      topIds: lens.topIds.data,
      topProbabilities: lens.topProbabilities.data,
      entropy: lens.entropy.data,
      klToFinal: lens.klToFinal.data,
      tokenOf: vocabulary((id) => lens.text(id)),
      target: lens.target && { id: lens.target.id, probability: lens.target.probability.data, rank: lens.target.rank.data },
    };
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }
}

/** Bytes matter only where they are not those of the text: in pieces of characters. */
function shownTokens(tokens: readonly Token[]): DisplayToken[] {
  const encoder = new TextEncoder();
  return displayTokens(
    tokens.map(({ id, text, bytes, special }) => {
      const own = encoder.encode(text);
      const same = own.length === bytes.length && own.every((byte, index) => byte === bytes[index]);
      return { id, text, special, ...(!same && bytes.length > 0 && { bytes: [...bytes] }) };
    }),
  );
}

/** Whether no query ever looks at a later key: exact zeros, as a causal mask leaves them. */
function isCausal(pattern: Float32Array, count: number): boolean {
  if (count < 2) return true;
  for (let index = 0; index < pattern.length; index++) {
    if (index % count > Math.floor(index / count) % count && pattern[index] !== 0) return false;
  }
  return true;
}
