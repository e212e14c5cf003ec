// SPDX-License-Identifier: MIT
import { throwIfAborted } from '../errors.js';
import { absoluteUrl } from '../environment.js';
import { type DownloadOptions, download, refusal, request } from './download.js';
import type { TransformersLibrary } from './library.js';
import { inNode, nodeModules } from './node.js';
import type { ModelPlace } from './source.js';
import { type Store, openStore, versionOf } from './store.js';
import { type StoredFile, fileOnDisk } from './stored-file.js';

/** The files of one model, wherever they lie. File names are relative to the model's folder: `config.json`, `onnx/model.onnx`. */
export interface Repository {
  /** Where a file is looked for, for messages. */
  where(file: string): string;
  /** Whether there is such a file, found out without reading it. */
  has(file: string, signal?: AbortSignal): Promise<boolean>;
  /** The file, downloaded where it is not here yet; undefined where there is none. @throws VitrineError `network`, `aborted` */
  read(file: string, options?: DownloadOptions): Promise<StoredFile | undefined>;
}

/** Opens a place for reading, with the cache and permissions that the library's `env` has now. */
export async function openRepository(
  library: TransformersLibrary,
  place: ModelPlace,
  options: { revision?: string | undefined; cacheDir?: string | undefined } = {},
): Promise<Repository> {
  if (place.kind === 'folder') return folderRepository(place.path);
  const store = await openStore(library, options.cacheDir);
  if (place.kind === 'url') return urlRepository(library, place.base, store?.keys === 'url' ? store : undefined);
  return hubRepository(library, place.id, options.revision ?? place.revision ?? 'main', store);
}

async function folderRepository(folder: string): Promise<Repository> {
  const { path } = await nodeModules();
  const where = (file: string): string => path.join(folder, file);
  return {
    where,
    has: async (file) => (await fileOnDisk(where(file))) !== undefined,
    async read(file, options = {}) {
      throwIfAborted(options.signal);
      return fileOnDisk(where(file));
    },
  };
}

/**
 * A folder behind a URL. A hub id stands for a revision and is kept for good, but the files behind a URL may be changed by whoever serves
 * them: what is kept is used while the server tells the same version of it, or does not answer. In Node nothing is kept.
 */
function urlRepository({ env }: TransformersLibrary, base: string, store: Store | undefined): Repository {
  const where = (file: string): string => base + file;
  const isCurrent = async ({ version, size }: StoredFile, url: string, signal: AbortSignal | undefined): Promise<boolean> => {
    if (version === undefined) return false;
    const answer = await request(env, url, { method: 'HEAD', ...(signal ? { signal } : {}) }).catch(() => undefined);
    throwIfAborted(signal);
    if (!answer) return true;
    const length = answer.headers.has('content-encoding') ? null : answer.headers.get('content-length');
    return answer.ok && versionOf(answer.headers) === version && (length === null || Number(length) === size);
  };
  return {
    where,
    has: (file, signal) => exists(env, where(file), signal),
    async read(file, options = {}) {
      throwIfAborted(options.signal);
      const url = where(file);
      const kept = await store?.match(url);
      if (kept && (await isCurrent(kept, url, options.signal))) return kept;
      return download(env, url, store, url, file, options);
    },
  };
}

/**
 * A model named by its hub id, looked for as the library does: in its cache, under `env.localModelPath`, on the hub. The keys of the
 * cache are those of the library (all versions: `org/name/file`, or `org/name/revision/file` off the main branch, in a folder; the
 * request URL in a browser).
 */
function hubRepository({ env }: TransformersLibrary, id: string, revision: string, store: Store | undefined): Repository {
  const folder = env.remotePathTemplate.replaceAll('{model}', id).replaceAll('{revision}', encodeURIComponent(revision));
  const remote = (file: string): string => joinUrl(env.remoteHost, folder, file);
  const local = (file: string): string => joinUrl(env.localModelPath, id, file);
  const key = (file: string): string => {
    if (store?.keys !== 'path') return remote(file);
    return revision === 'main' ? joinUrl(id, file) : joinUrl(id, revision, file);
  };
  const cached = async (file: string): Promise<StoredFile | undefined> => {
    if (!store) return undefined;
    // In a browser the library keeps files of its local folder under their own path.
    const ofLocal = store.keys === 'url' && env.allowLocalModels ? await store.match(local(file)) : undefined;
    return ofLocal ?? store.match(key(file));
  };
  const onDisk = inNode && env.useFS !== false;
  const readLocal = async (file: string, options: DownloadOptions): Promise<StoredFile | undefined> => {
    if (!env.allowLocalModels) return undefined;
    if (onDisk) return fileOnDisk(local(file));
    const url = absoluteUrl(local(file));
    // Servers of single-page sites answer every path with their page, so an answer of that kind is no file.
    return (await exists(env, url, options.signal)) ? download(env, url, store, local(file), file, options) : undefined;
  };
  return {
    where: (file) => (env.allowRemoteModels ? remote(file) : local(file)),
    async has(file, signal) {
      if (await cached(file)) return true;
      if (env.allowLocalModels && (onDisk ? await fileOnDisk(local(file)) : await exists(env, absoluteUrl(local(file)), signal)))
        return true;
      return env.allowRemoteModels && exists(env, remote(file), signal);
    },
    async read(file, options = {}) {
      throwIfAborted(options.signal);
      const here = (await cached(file)) ?? (await readLocal(file, options));
      if (here || !env.allowRemoteModels) return here;
      return download(env, remote(file), store, key(file), file, options);
    },
  };
}

/** Whether a URL has a file behind it. @throws VitrineError `network` for answers that leave it open */
async function exists(env: TransformersLibrary['env'], url: string, signal: AbortSignal | undefined): Promise<boolean> {
  let response = await request(env, url, { method: 'HEAD', ...(signal ? { signal } : {}) });
  if (response.status === 405 || response.status === 501) {
    response = await request(env, url, { headers: { Range: 'bytes=0-0' }, ...(signal ? { signal } : {}) });
    await response.body?.cancel();
  }
  if (response.ok) return !(response.headers.get('content-type') ?? '').startsWith('text/html');
  if (response.status === 404) return false;
  throw refusal(url, response.status);
}

/** Parts joined by one slash each, as the library joins them: its cache keys depend on it. */
function joinUrl(...parts: string[]): string {
  return parts
    .map((part, index) => {
      const begun = index > 0 ? part.replace(/^\//, '') : part;
      return index < parts.length - 1 ? begun.replace(/\/$/, '') : begun;
    })
    .join('/');
}
