// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { type Dtype, isDtype } from './dtypes.js';

/** What an already loaded model of transformers.js tells about itself. */
export interface AdoptedModel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly generationConfig: Readonly<Record<string, unknown>> | undefined;
  /** Names of its sessions: `model`, or `decoder_model_merged`. */
  readonly sessions: readonly string[];
  /** Number format, where the library remembers it (from version 3 on). */
  readonly dtype: Dtype | undefined;
  readonly device: string | undefined;
  /** Name of its class. */
  readonly architectureClass: string;
  /**
   * Where the weights came from as config.json remembers it. transformers.js itself forgets the name it was asked for, and this one may
   * be that of the PyTorch original, so let the caller name the source.
   */
  readonly nameHint: string | undefined;
}

/**
 * Looks into a loaded transformers.js model (or a pipeline with one), so that the same model can be opened with hooks: read its config
 * and number format here, open the files by `openModelFiles` (they are in the cache already), and release the library's own session.
 *
 * @throws VitrineError `invalid-option` for anything else
 * @example
 * const loaded = await AutoModelForCausalLM.from_pretrained('onnx-community/gpt2-ONNX', { dtype: 'q8' });
 * adopt(loaded).dtype   // 'q8'
 */
export function adopt(loaded: unknown): AdoptedModel {
  const outer = loaded as { model?: unknown; config?: unknown } | null | undefined;
  const model = (outer && outer.config === undefined && outer.model ? outer.model : outer) as Record<string, unknown> | null | undefined;
  const config = model?.['config'];
  const sessions = sessionsOf(model);
  if (!model || typeof config !== 'object' || config === null || Object.keys(sessions).length === 0) {
    throw new VitrineError(
      'invalid-option',
      'Expected a model that transformers.js has loaded (from_pretrained) or a pipeline with one. Pass the model, or the name of its folder.',
    );
  }
  const first = Object.values(sessions)[0] as { config?: { dtype?: unknown; device?: unknown } };
  const generation = (model['configs'] as { generation_config?: unknown } | undefined)?.generation_config ?? model['generation_config'];
  const json = config as Readonly<Record<string, unknown>>;
  return {
    config: json,
    generationConfig: typeof generation === 'object' && generation !== null ? (generation as Record<string, unknown>) : undefined,
    sessions: Object.keys(sessions),
    dtype: isDtype(first.config?.dtype) ? first.config.dtype : undefined,
    device: typeof first.config?.device === 'string' ? first.config.device : undefined,
    architectureClass: model.constructor.name,
    nameHint: typeof json['_name_or_path'] === 'string' && json['_name_or_path'] ? json['_name_or_path'] : undefined,
  };
}

/** Sessions by name: `sessions` from version 3 on; fields that can run in version 2. */
function sessionsOf(model: Record<string, unknown> | null | undefined): Record<string, unknown> {
  if (!model) return {};
  if (typeof model['sessions'] === 'object' && model['sessions'] !== null) return model['sessions'] as Record<string, unknown>;
  const named = Object.entries(model).filter(([, value]) => typeof (value as { run?: unknown } | null)?.run === 'function');
  return Object.fromEntries(named.map(([name, value]) => [name === 'session' ? 'model' : name.replace(/_session$/, ''), value]));
}
