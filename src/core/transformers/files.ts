// SPDX-License-Identifier: MIT
import { type OnProgress, VitrineError, throwIfAborted } from '../errors.js';
import { DTYPES, DTYPE_SUFFIXES, type Dtype, dtypeOfFile, isDtype } from './dtypes.js';
import type { TransformersLibrary } from './library.js';
import { type Repository, openRepository } from './repository.js';
import { locate } from './source.js';
import { type StoredFile, readJson } from './stored-file.js';

/** One file of weights beside an ONNX file. */
export interface ExternalSource extends StoredFile {
  /** The name by which the ONNX file refers to it (relative to the ONNX file's folder). */
  readonly location: string;
}

/** An ONNX file with the weight files beside it. `path` is there in Node, so that ONNX Runtime can map the file into memory. */
export interface OnnxSource extends StoredFile {
  /** Weight files opened so far: those that config.json announces, and those asked for by `openExternal`. */
  readonly external: readonly ExternalSource[];
  /**
   * Opens the weight files that the ONNX file itself names, once it has been read.
   * @throws VitrineError `file-missing`, `network`, `aborted`
   */
  openExternal(locations: readonly string[], options?: { signal?: AbortSignal; onProgress?: OnProgress }): Promise<ExternalSource[]>;
}

/** An ONNX file that exists. */
export interface Listed {
  readonly fileName: string;
  readonly dtype: Dtype;
}

/** The files of a model, opened. */
export interface ModelFiles {
  /** The source as it was given; for a URL of the hub, its id. */
  readonly name: string;
  readonly revision: string;
  readonly dtype: Dtype;
  /** The ONNX file relative to the model's folder, for example `onnx/model_q4.onnx`. */
  readonly fileName: string;
  /** config.json, empty where there is none beside an .onnx file that was named. */
  readonly config: Readonly<Record<string, unknown>>;
  /** generation_config.json, or undefined where there is none. */
  readonly generationConfig: Readonly<Record<string, unknown>> | undefined;
  readonly onnx: OnnxSource;
  /** Other files of the same model: `tokenizer.json`, or the ONNX file of an encoder. */
  readonly repository: Repository;
  /** Another ONNX file of the same model. @throws VitrineError `file-missing` where there is none */
  openOnnx(fileName: string): Promise<OnnxSource>;
  /** The ONNX files that exist for the language model, found by asking for each usual name. */
  listing(): Promise<Listed[]>;
}

export interface FileOptions {
  /** Number format of the file; `auto` follows config.json. Default `fp32`, because hooks should show the published numbers. */
  dtype?: string | undefined;
  /** Branch, tag or commit on the hub. Default `main`. */
  revision?: string | undefined;
  /** The ONNX file, where the usual names do not find it: `onnx/decoder_model.onnx`, or `model_merged`. */
  file?: string | undefined;
  /** Folder of the ONNX files. Default `onnx`, then the model's own folder. */
  subfolder?: string | undefined;
  /** Node: where downloads are kept. Default: transformers.js's own cache folder. */
  cacheDir?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

const STEMS = ['model', 'decoder_model_merged', 'decoder_model'];

/**
 * Finds and fetches a model's configuration and ONNX file, through the cache that transformers.js uses itself.
 *
 * @param source - hub id, http(s) URL, folder (Node: a path; a page: a URL relative to it), or `vitrine/storyteller`
 * @throws VitrineError `dtype-missing` (names the formats that exist), `file-missing`, `network`, `invalid-option`, `aborted`
 * @example
 * const files = await openModelFiles(library, 'onnx-community/gpt2-ONNX', { dtype: 'fp32' });
 * files.fileName         // 'onnx/model.onnx'
 * await files.onnx.bytes()
 */
export async function openModelFiles(library: TransformersLibrary, source: string, options: FileOptions = {}): Promise<ModelFiles> {
  throwIfAborted(options.signal);
  const place = await locate(source, library.env);
  const repository = await openRepository(library, place, options);
  const reading = { signal: options.signal, onProgress: options.onProgress };
  const named = options.file ?? place.file;

  const configFile = await repository.read('config.json', { signal: options.signal });
  if (!configFile && named === undefined) throw noModel(library, repository, source);
  const config = configFile ? await readJson(configFile, repository.where('config.json')) : {};
  const generationFile = await repository.read('generation_config.json', { signal: options.signal });
  const generationConfig = generationFile && (await readJson(generationFile, repository.where('generation_config.json')));

  const wanted = chooseDtype(options.dtype, config);
  const folders = [...new Set([options.subfolder ?? 'onnx', ''])].map((folder) =>
    folder === '' || folder.endsWith('/') ? folder : `${folder}/`,
  );
  const candidates = named === undefined ? usualNames(folders, wanted) : spellings(folders, named);
  let fileName: string | undefined;
  let file: StoredFile | undefined;
  for (fileName of candidates) {
    file = await repository.read(fileName, reading);
    if (file) break;
  }
  const listing = (): Promise<Listed[]> => list(repository, folders, options.signal);
  if (!file || !fileName) throw missing(source, repository, wanted, named, candidates, await listing());

  return {
    name: place.name,
    revision: options.revision ?? (place.kind === 'hub' ? place.revision : undefined) ?? 'main',
    dtype: named === undefined ? wanted : dtypeOfFile(fileName),
    fileName,
    config,
    generationConfig,
    onnx: await openOnnx(repository, fileName, file, announced(config, fileName), reading),
    repository,
    async openOnnx(other) {
      const found = await repository.read(other, reading);
      if (!found) throw new VitrineError('file-missing', `Expected an ONNX file at ${repository.where(other)}; there is none.`);
      return openOnnx(repository, other, found, announced(config, other), reading);
    },
    listing,
  };
}

function chooseDtype(dtype: string | undefined, config: Readonly<Record<string, unknown>>): Dtype {
  const chosen = dtype === 'auto' ? (settings(config)['dtype'] ?? 'fp32') : (dtype ?? 'fp32');
  const one = typeof chosen === 'object' && chosen !== null ? (chosen as Record<string, unknown>)['model'] : chosen;
  if (isDtype(one)) return one;
  throw new VitrineError('invalid-option', `Expected a dtype (${DTYPES.join(', ')} or auto), got ${JSON.stringify(one)}.`);
}

/** What config.json says to transformers.js. */
function settings(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const found = config['transformers.js_config'];
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

const usualNames = (folders: readonly string[], dtype: Dtype): string[] =>
  folders.flatMap((folder) => STEMS.map((stem) => `${folder}${stem}${DTYPE_SUFFIXES[dtype]}.onnx`));

/** A named file may be given with or without its folder and ending. */
function spellings(folders: readonly string[], named: string): string[] {
  const whole = named.endsWith('.onnx') ? named : `${named}.onnx`;
  return [...new Set([whole, ...folders.map((folder) => folder + whole)])];
}

/** The external data files that config.json announces: `use_external_data_format` is a yes or a count, for all files or by file name. */
function announced(config: Readonly<Record<string, unknown>>, fileName: string): string[] {
  const base = fileName.slice(fileName.lastIndexOf('/') + 1);
  const stem = base.replace(/\.onnx$/, '');
  const plain = Object.values(DTYPE_SUFFIXES).reduce(
    (name, suffix) => (suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name),
    stem,
  );
  const said = settings(config)['use_external_data_format'];
  const byName = typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : undefined;
  const count = Number(byName ? (byName[base] ?? byName[plain] ?? 0) : (said ?? 0));
  return Array.from({ length: Number.isFinite(count) ? count : 0 }, (_, index) => `${base}_data${index === 0 ? '' : `_${index}`}`);
}

type Reading = { signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined };

async function openOnnx(
  repository: Repository,
  fileName: string,
  file: StoredFile,
  locations: string[],
  reading: Reading,
): Promise<OnnxSource> {
  const folder = fileName.slice(0, fileName.lastIndexOf('/') + 1);
  const external: ExternalSource[] = [];
  const opening = new Map<string, Promise<ExternalSource>>();
  const open = (location: string, options: Reading): Promise<ExternalSource> => {
    let source = opening.get(location);
    if (!source) {
      opening.set(location, (source = fetchExternal(location, options)));
      // A failure is told to who asked for it; the next call tries again.
      source.catch(() => opening.delete(location));
    }
    return source;
  };
  const fetchExternal = async (location: string, options: Reading): Promise<ExternalSource> => {
    const where = folder + location.replace(/^\.\//, '');
    const found = await repository.read(where, options);
    if (!found) {
      throw new VitrineError(
        'file-missing',
        `${fileName} keeps weights in ${repository.where(where)}, and there is no such file. Copy it beside the .onnx file.`,
      );
    }
    const source = { ...found, location };
    external.push(source);
    return source;
  };
  await Promise.all(locations.map((location) => open(location, reading)));
  return {
    ...file,
    external,
    openExternal: (wanted, options = reading) => Promise.all([...new Set(wanted)].map((location) => open(location, options))),
  };
}

/** Asks for every usual name in the first folder that has any. */
async function list(repository: Repository, folders: readonly string[], signal: AbortSignal | undefined): Promise<Listed[]> {
  for (const folder of folders) {
    const names = DTYPES.flatMap((dtype) => usualNames([folder], dtype).map((fileName) => ({ fileName, dtype })));
    const there = await Promise.all(names.map(({ fileName }) => repository.has(fileName, signal).catch(() => false)));
    if (there.includes(true)) return names.filter((_, index) => there[index]);
  }
  return [];
}

function noModel(library: TransformersLibrary, repository: Repository, source: string): VitrineError {
  const offline = library.env.allowRemoteModels ? '' : ' Downloads are switched off (transformers.js: env.allowRemoteModels is false).';
  return new VitrineError(
    'file-missing',
    `Expected a model at ${JSON.stringify(source)}, but there is no ${repository.where('config.json')}.${offline} ` +
      'A model is a folder with config.json, tokenizer.json and onnx/*.onnx.',
  );
}

function missing(
  source: string,
  repository: Repository,
  wanted: Dtype,
  named: string | undefined,
  candidates: readonly string[],
  there: readonly Listed[],
): VitrineError {
  const files = there.map(({ fileName, dtype }) => `${fileName} (${dtype})`).join(', ');
  if (named !== undefined || there.length === 0) {
    const advice = files ? `It has ${files}.` : 'None of the usual names is there: a PyTorch model must be exported to ONNX first.';
    const tried = candidates.map((file) => repository.where(file)).join(', ');
    return new VitrineError('file-missing', `Expected an ONNX file of ${JSON.stringify(source)}; tried ${tried}. ${advice}`);
  }
  const dtypes = [...new Set(there.map(({ dtype }) => dtype))].join(', ');
  return new VitrineError(
    'dtype-missing',
    `${JSON.stringify(source)} has no file of dtype ${wanted}; it has ${dtypes}: ${files}. Pass one of them, as { dtype: '${there[0]!.dtype}' }.`,
  );
}
