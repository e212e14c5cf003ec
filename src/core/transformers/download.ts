// SPDX-License-Identifier: MIT
import { type OnProgress, type Progress, VitrineError, throwIfAborted } from '../errors.js';
import type { LibraryEnvironment } from './library.js';
import { inNode } from './node.js';
import { type Store, collect } from './store.js';
import { type StoredFile, fileInMemory } from './stored-file.js';

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/** A download under way, with everyone who waits for it. */
interface Shared {
  readonly file: Promise<StoredFile | undefined>;
  readonly controller: AbortController;
  readonly listeners: Set<OnProgress>;
  latest: Progress | undefined;
  waiting: number;
}

const underWay = new Map<string, Shared>();

/**
 * Fetches a URL into a store (or memory where there is none); undefined where the server says that there is no such file. Callers that
 * ask for the same file at the same time share one request, which is cancelled when the last of them gives up.
 *
 * @param url - absolute, or relative to the page
 * @param key - key in the store
 * @param item - name of the file for progress
 * @throws VitrineError `network`, `aborted`
 */
export async function download(
  env: LibraryEnvironment,
  url: string,
  store: Store | undefined,
  key: string,
  item: string,
  options: DownloadOptions,
): Promise<StoredFile | undefined> {
  throwIfAborted(options.signal);
  const identity = `${store?.id ?? 'memory'} ${key} ${url}`;
  let shared = underWay.get(identity);
  if (!shared || shared.controller.signal.aborted) {
    shared = begin(env, url, store, key, item);
    underWay.set(identity, shared);
    const mine = shared;
    const forget = (): void => {
      if (underWay.get(identity) === mine) underWay.delete(identity);
    };
    shared.file.then(forget, forget);
  }
  return join(shared, options);
}

function begin(env: LibraryEnvironment, url: string, store: Store | undefined, key: string, item: string): Shared {
  const controller = new AbortController();
  const listeners = new Set<OnProgress>();
  const tell = (progress: Progress): void => {
    shared.latest = progress;
    for (const listener of listeners) listener(progress);
  };
  const work = async (): Promise<StoredFile | undefined> => {
    const response = await request(env, url, { signal: controller.signal });
    if (response.status === 404) return undefined;
    if (!response.ok || !response.body) throw refusal(url, response.status);
    // With a content encoding the header counts the encoded bytes.
    const length = response.headers.has('content-encoding') ? Number.NaN : Number(response.headers.get('content-length') ?? Number.NaN);
    const total = Number.isFinite(length) ? length : undefined;
    const body = counted(response.body, controller.signal, url, item, total, tell);
    return store ? store.put(key, body, total, response.headers) : fileInMemory(await collect(body, total));
  };
  const shared: Shared = { file: work(), controller, listeners, latest: undefined, waiting: 0 };
  return shared;
}

async function join(shared: Shared, { signal, onProgress }: DownloadOptions): Promise<StoredFile | undefined> {
  shared.waiting++;
  // Two callers may pass one and the same function; each is told.
  const listener: OnProgress = (progress) => onProgress?.(progress);
  if (onProgress) {
    shared.listeners.add(listener);
    if (shared.latest) listener(shared.latest);
  }
  let cancel: (() => void) | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    if (!signal) return;
    cancel = () => {
      try {
        throwIfAborted(signal);
      } catch (error) {
        reject(error as Error);
      }
    };
    signal.addEventListener('abort', cancel, { once: true });
  });
  try {
    return await Promise.race([shared.file, cancelled]);
  } finally {
    if (cancel) signal?.removeEventListener('abort', cancel);
    shared.listeners.delete(listener);
    if (--shared.waiting === 0) {
      shared.controller.abort();
      // What was begun is cleared away before the caller hears of it.
      await shared.file.catch(() => undefined);
    }
  }
}

/** The promise, or a rejection as soon as the signal aborts: for requests that do not heed the signal themselves. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DOMException('Cancelled', 'AbortError'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** The pieces of a body, with progress told at most every 50 ms and at the end. */
async function* counted(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  url: string,
  item: string,
  total: number | undefined,
  tell: OnProgress,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let loaded = 0;
  let told = -Infinity;
  const report = (): void => tell({ phase: 'download', loaded, item, ...(total === undefined ? {} : { total }) });
  try {
    for (;;) {
      const { done, value } = await unlessAborted(reader.read(), signal).catch((cause: unknown) => {
        throw interrupted(url, loaded, total, cause);
      });
      if (done) break;
      loaded += value.length;
      const now = performance.now();
      if (now - told >= 50 && loaded !== total) {
        told = now;
        report();
      }
      yield value;
    }
    if (total !== undefined && loaded < total) throw interrupted(url, loaded, total, undefined);
    report();
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** A request as the library would make it: its `env.fetch`, its user agent and, for the hub in Node, the token of the environment. */
export async function request(env: LibraryEnvironment, url: string, init: RequestInit): Promise<Response> {
  const send = env.fetch ?? fetch;
  const headers = new Headers(init.headers);
  if (inNode) {
    headers.set('User-Agent', `transformers.js/${env.version}; is_ci/false;`);
    const token = process.env['HF_TOKEN'] ?? process.env['HF_ACCESS_TOKEN'];
    const host = URL.canParse(url) ? new URL(url).hostname : '';
    if (token && (host === 'huggingface.co' || host === 'hf.co')) headers.set('Authorization', `Bearer ${token}`);
  }
  try {
    const answer = send(url, { ...init, headers });
    return await (init.signal ? unlessAborted(answer, init.signal) : answer);
  } catch (cause) {
    if (init.signal?.aborted) throw new VitrineError('aborted', `The request for ${url} was cancelled.`, { cause });
    throw new VitrineError(
      'network',
      `No answer from ${url}. Either this machine is offline, or the server does not allow this page to read it (CORS). ` +
        'Files in the cache and local folders need no network; nor does "vitrine/storyteller".',
      { cause },
    );
  }
}

/** The error for an answer that is neither a file nor "not found". */
export function refusal(url: string, status: number): VitrineError {
  const advice =
    status === 401 || status === 403
      ? 'On the Hugging Face hub this means that no such model exists, or that it is gated or private: check the name, accept its terms ' +
        'there, and set HF_TOKEN (Node). A page has no token, so it needs a public model or your own copy.'
      : status === 429
        ? 'The server asks for fewer requests. Wait a little, then try again.'
        : 'The server could not give the file. Try again later, or use another host (transformers.js: env.remoteHost).';
  return new VitrineError('network', `Expected the file ${url}, got HTTP status ${status}. ${advice}`);
}

function interrupted(url: string, loaded: number, total: number | undefined, cause: unknown): VitrineError {
  if ((cause as { name?: unknown } | undefined)?.name === 'AbortError') {
    return new VitrineError('aborted', `The download of ${url} was cancelled. Nothing of it was kept.`, { cause });
  }
  const of = total === undefined ? '' : ` of ${total}`;
  return new VitrineError('network', `The download of ${url} broke off after ${loaded}${of} bytes. Nothing of it was kept; try again.`, {
    cause,
  });
}
