// SPDX-License-Identifier: MIT
// What the elements load at a reader's press: a thin line to a worker, and the core itself only where workers are not allowed.
import { configure, environment, isVitrineError, type Device, type FigureModel, type OnProgress, type OpenOptions } from '../core/index.js';
import { askFigure } from './ask-figure.js';
import { connect, disposed } from './connect.js';

/** Which model a figure asks for, and how it is run. */
export interface LiveRequest {
  name: string;
  revision?: string | undefined;
  dtype?: string | undefined;
  device?: string | undefined;
  /** Base URL of the runtime files. */
  vendor?: string | undefined;
  /** `page` runs on the page's own thread; a worker is taken otherwise, where one can be had. */
  thread?: 'worker' | 'page' | undefined;
}

/** Opens a model for figures: in a worker, or in the page where there is no worker or the page's policy forbids it. */
export async function openLive(
  request: LiveRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: OnProgress },
  workerScript?: string | URL,
): Promise<FigureModel> {
  if (request.vendor) configure({ vendor: request.vendor });
  const options: OpenOptions = { signal, onProgress };
  if (request.revision) options.revision = request.revision;
  if (request.dtype) options.dtype = request.dtype;
  if (request.device) options.device = request.device as Device;
  if (request.thread !== 'page') {
    try {
      return await openInWorker(request.name, options, workerScript);
    } catch (error) {
      // The script did not start, or there are no workers. Anything else would fail in the page just the same.
      if (!isVitrineError(error) || !['library-missing', 'device-unavailable'].includes(error.code)) throw error;
    }
  }
  const { openLocal } = await import('./local.js');
  return openLocal(request.name, options, environment());
}

async function openInWorker(source: string, options: OpenOptions, worker: string | URL | undefined): Promise<FigureModel> {
  const { conversation, facts, close } = await connect(source, { ...options, ...(worker && { worker }) });
  try {
    if (facts.hooks.architecture.family !== 'vision') {
      await conversation.ask('run', [[0], {}], options.signal ? { signal: options.signal } : {});
    }
  } catch (error) {
    close(disposed());
    throw error;
  }
  return {
    name: facts.info.name,
    thread: 'worker',
    figure: (kind, figureOptions, context) => askFigure(conversation, kind, figureOptions, context),
    dispose: async () => {
      await conversation.ask('dispose', []).catch(() => undefined); // the worker is gone: nothing is left to free
      close(disposed());
    },
  };
}
