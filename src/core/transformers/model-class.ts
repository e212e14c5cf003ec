// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { TransformersLibrary } from './library.js';
import type { StageRunner } from './session.js';

/** A model class of the library: `(config, sessions, configs)` from version 3 on, `(config, session, ..., generation_config)` in 2. */
export type ModelClass = new (config: unknown, ...rest: unknown[]) => unknown;

/** What the library's AutoModel classes say; entries are class names in version 4, pairs of name and class before. */
interface AutoClass {
  readonly MODEL_CLASS_MAPPINGS?: readonly ReadonlyMap<string, string | readonly [string, ModelClass]>[] | null;
}

const GENERATING = ['AutoModelForCausalLM', 'AutoModelForSeq2SeqLM', 'AutoModelForVision2Seq', 'AutoModelForSpeechSeq2Seq'];
const READING = [
  'AutoModelForMaskedLM',
  'AutoModelForSequenceClassification',
  'AutoModelForTokenClassification',
  'AutoModelForQuestionAnswering',
  'AutoModelForImageClassification',
  'AutoModelForAudioClassification',
  'AutoModel',
];

/**
 * The library's class for a model: the one that is asked for, the one that config.json names, or else the first kind of model that the
 * library has for this model type and that fits the graph (a cache among the inputs means that it generates).
 *
 * @throws VitrineError `unsupported-model`
 */
export function chooseModelClass(
  library: TransformersLibrary,
  config: Readonly<Record<string, unknown>>,
  asked: string | undefined,
  runner: Pick<StageRunner, 'inputs' | 'outputs'>,
): ModelClass {
  const { module } = library;
  const architectures = Array.isArray(config['architectures']) ? (config['architectures'] as unknown[]) : [];
  const names = asked === undefined ? architectures : [asked];
  for (const name of names) {
    const found = typeof name === 'string' ? module[name] : undefined;
    if (typeof found === 'function') return found as ModelClass;
  }
  const generates = runner.inputs.some(({ name }) => /^past_|^use_cache_branch$/.test(name));
  const type = String(config['model_type']);
  for (const auto of asked === undefined ? (generates ? [...GENERATING, ...READING] : [...READING, ...GENERATING]) : []) {
    for (const mapping of (module[auto] as AutoClass | undefined)?.MODEL_CLASS_MAPPINGS ?? []) {
      const entry = mapping.get(type);
      const found = typeof entry === 'string' ? module[entry] : entry?.[1];
      if (typeof found === 'function') return found as ModelClass;
    }
  }
  throw new VitrineError(
    'unsupported-model',
    `transformers.js ${library.version} has no model class for ${asked ?? `model type "${type}" (${names.join(', ') || 'no architecture named'})`}. ` +
      'Activations can be read all the same; for generation, use a version of the library that knows the model.',
  );
}
