// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { LibraryEnvironment, TransformersLibrary } from './library.js';
import { inNode, nodeModules } from './node.js';
import { fileHandedOver, fileInMemory, fileOnDisk, type StoredFile } from './stored-file.js';

/**
 * The cache of transformers.js, so that nothing is downloaded twice: files that the library fetched are found here and files that are
 * put here are found by the library.
 */
export interface Store {
  /** The same for two stores that hold the same files. */
  readonly id: string;
  /** Whether keys are paths of a folder (`org/name/file`) or request URLs. */
  readonly keys: 'path' | 'url';
  match(key: string): Promise<StoredFile | undefined>;
  /** Keeps a body under a key and gives the file back. A body that fails leaves nothing behind. */
  put(key: string, body: AsyncIterable<Uint8Array>, size: number | undefined, headers: Headers): Promise<StoredFile>;
}

/** What tells one version of a file behind a URL from another; undefined where the server says nothing of the kind. */
export function versionOf(headers: Headers): string | undefined {
  // Of these, pages may read only the second from other hosts, unless those say otherwise.
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined;
}
const KEPT_HEADERS = ['content-type', 'etag', 'last-modified'];

/** The store that the library itself would use under its present settings; undefined where caching is off. */
export async function openStore({ env, major }: TransformersLibrary, cacheDir?: string): Promise<Store | undefined> {
  const custom = (): Store | undefined => (env.useCustomCache && env.customCache ? customStore(env.customCache as CacheLike) : undefined);
  // Version 2 asks the custom cache last, later ones first.
  const first = major === 2 ? undefined : custom();
  return first ?? (await browserStore(env)) ?? (await diskStore(env, cacheDir)) ?? custom();
}

async function browserStore(env: LibraryEnvironment): Promise<Store | undefined> {
  if (!env.useBrowserCache || typeof caches !== 'object') return undefined;
  const name = env.cacheKey ?? 'transformers-cache';
  // A page in a sandboxed frame or a private window may see `caches` and yet be refused.
  const cache = await caches.open(name).catch(() => undefined);
  return cache && webStore(cache, `browser:${name}`);
}

async function diskStore(env: LibraryEnvironment, cacheDir: string | undefined): Promise<Store | undefined> {
  const folder = cacheDir ?? env.cacheDir;
  return inNode && env.useFSCache && folder ? folderStore(folder) : undefined;
}

/** What version 4 documents for `env.customCache`: answers may be Responses, objects with a file path, or paths. */
interface CacheLike {
  match(key: string): Promise<Response | { filePath: string } | string | undefined>;
  put(key: string, response: Response): Promise<void>;
}

const customIds = new WeakMap<object, string>();
let customCount = 0;

function customStore(cache: CacheLike): Store {
  let id = customIds.get(cache);
  if (!id) customIds.set(cache, (id = `custom:${customCount++}`));
  return webStore(cache, id);
}

function webStore(cache: CacheLike, id: string): Store {
  const match = async (key: string): Promise<StoredFile | undefined> => {
    // Some caches refuse keys that are not URLs.
    const found = await Promise.resolve(cache.match(key)).catch(() => undefined);
    if (!found) return undefined;
    if (typeof found === 'string') return fileOnDisk(found);
    if ('filePath' in found) return fileOnDisk(found.filePath);
    const length = Number(found.headers.get('content-length'));
    const bytes = async (response: Response): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await response.arrayBuffer());
    if (!(length > 0)) return fileInMemory(await bytes(found));
    let first: Response | undefined = found;
    return {
      size: length,
      version: versionOf(found.headers),
      async bytes() {
        const response = first ?? (await cache.match(key));
        first = undefined;
        if (response instanceof Response) return bytes(response);
        throw new VitrineError('file-missing', `${key} is gone from the browser cache. Open the model again.`);
      },
    };
  };
  return {
    id,
    keys: 'url',
    match,
    async put(key, body, size, answered) {
      const bytes = await collect(body, size);
      const headers = new Headers({ 'content-length': String(bytes.byteLength) });
      for (const name of KEPT_HEADERS) if (answered.has(name)) headers.set(name, answered.get(name)!);
      // A full disk must not keep a downloaded model from running.
      const kept = await Promise.resolve(cache.put(key, new Response(bytes, { headers }))).then(
        () => true,
        () => false,
      );
      return kept ? fileHandedOver(bytes, () => match(key)) : fileInMemory(bytes);
    },
  };
}

async function folderStore(folder: string): Promise<Store> {
  const { fs, path } = await nodeModules();
  const place = (key: string): string => path.resolve(folder, key);
  return {
    id: `folder:${path.resolve(folder)}`,
    keys: 'path',
    match: (key) => fileOnDisk(place(key)),
    async put(key, body) {
      const target = place(key);
      const unfinished = `${target}.tmp.${process.pid}.${Math.random().toString(36).slice(2)}`;
      await fs.mkdir(path.dirname(target), { recursive: true });
      try {
        const handle = await fs.open(unfinished, 'wx');
        try {
          for await (const piece of body) await handle.write(piece);
        } finally {
          await handle.close();
        }
        await fs.rename(unfinished, target);
      } catch (error) {
        await fs.rm(unfinished, { force: true });
        throw error;
      }
      return (await fileOnDisk(target))!;
    },
  };
}

/** All pieces of a body in one array; `size` is only a first guess. */
export async function collect(body: AsyncIterable<Uint8Array>, size: number | undefined): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(size ?? 0);
  let length = 0;
  for await (const piece of body) {
    if (length + piece.length > bytes.length) {
      const larger = new Uint8Array(Math.max(length + piece.length, size === undefined ? bytes.length * 2 : 0));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(piece, length);
    length += piece.length;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}
