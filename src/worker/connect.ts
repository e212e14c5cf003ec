// SPDX-License-Identifier: MIT
import { environment, VitrineError, type Environment, type OnProgress, type OpenOptions } from '../core/index.js';
import { Conversation } from './conversation.js';
import { HELLO, type Facts } from './protocol.js';
import { startWorker } from './start-worker.js';

/** Options of {@link createWorkerModel}. */
export interface WorkerModelOptions extends OpenOptions {
  /**
   * A worker that runs `vitrine/worker`'s script and may hold several models, or the URL of that script. A worker that is given lives
   * on after `dispose()`.
   * @defaultValue a new worker for this model, from the script beside this module
   */
  worker?: Worker | string | URL;
}

/** A model that was opened in a worker. */
export interface Connection {
  conversation: Conversation;
  facts: Facts;
  /** Ends the conversation with this error, and the worker where it was started for this model. */
  close(error: VitrineError): void;
}

/** Opens a model in a worker. @throws VitrineError as `createWorkerModel` says */
export async function connect(source: string, options: WorkerModelOptions): Promise<Connection> {
  const { worker: given, signal, onProgress, transformers, ort, ...rest } = options;
  if (transformers !== undefined || ort !== undefined) {
    throw new VitrineError(
      'invalid-option',
      'A module cannot be sent to a worker. Give its address: configure({ transformers: url, ort: url }).',
    );
  }
  const own = !(given instanceof Worker);
  const worker = given instanceof Worker ? given : startWorker(given);
  const { port1, port2 } = new MessageChannel();
  const conversation = new Conversation(port1);
  const failed = (event: Event): void => conversation.end(notStarted(event));
  worker.addEventListener('error', failed);
  const close = (error: VitrineError): void => {
    worker.removeEventListener('error', failed);
    conversation.end(error);
    if (own) worker.terminate();
  };
  try {
    worker.postMessage(HELLO, [port2]);
    const args = [absoluteSource(source), rest, addresses(environment())] as const;
    const facts = (await conversation.ask('open', [...args], waiting(signal, onProgress))) as Facts;
    // A worker of the page's own may fail for reasons of its own from here on.
    if (!own) worker.removeEventListener('error', failed);
    return { conversation, facts: { ...facts, info: { ...facts.info, name: source } }, close };
  } catch (error) {
    close(disposed());
    throw error;
  }
}

/** Options of a question: what the caller gave, and nothing else. */
export function waiting(
  signal: AbortSignal | undefined,
  onProgress: OnProgress | undefined,
): { signal?: AbortSignal; onProgress?: OnProgress } {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}

/** A hub id or `vitrine/storyteller` as it is; a path of the page as a full address, as a worker's own address is another. */
function absoluteSource(source: string): string {
  return /^(\.{0,2}\/|.*\/.*\/)/.test(source) ? absolute(source) : source;
}

/** The settings that a worker can take over: addresses, made absolute. */
function addresses(settings: Readonly<Environment>): Environment {
  const entries = Object.entries(settings).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries.map(([name, url]) => [name, absolute(url)]));
}

function absolute(url: string): string {
  const base = typeof document === 'object' ? document.baseURI : location.href;
  return URL.canParse(url, base) ? new URL(url, base).href : url;
}

function notStarted(event: Event): VitrineError {
  const { message, filename } = event as ErrorEvent;
  return new VitrineError(
    'library-missing',
    `The worker stopped${message ? `: ${message}` : ', or its script could not be loaded'}${filename ? ` (${filename})` : ''}. ` +
      'Serve the script of vitrine/worker, name it with { worker: url }, or open the model with HookedModel.fromPretrained() on this page.',
  );
}

/** What is said of a model that was given back. */
export function disposed(): VitrineError {
  return new VitrineError('disposed', 'This model was disposed. Open it again with createWorkerModel().');
}
