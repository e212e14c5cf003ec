// SPDX-License-Identifier: MIT

/** Every code that a {@link VitrineError} can carry. Codes are stable; messages may be reworded. */
export type VitrineErrorCode =
  | 'invalid-onnx'
  | 'unsupported-model'
  | 'unknown-hook'
  | 'hook-not-found-in-model'
  | 'weight-not-found'
  | 'not-editable'
  | 'hook-failed'
  | 'empty-input'
  | 'input-too-long'
  | 'invalid-input'
  | 'invalid-option'
  | 'dtype-missing'
  | 'file-missing'
  | 'network'
  | 'out-of-memory'
  | 'library-missing'
  | 'runtime'
  | 'device-unavailable'
  | 'aborted'
  | 'disposed'
  | 'invalid-trace';

/**
 * The error of this library. `message` says what was expected, what came and what to do; `code` is for programs.
 *
 * @example
 * try { cache.get('blocks.3.hook_pattren'); }
 * catch (error) { if (error instanceof VitrineError && error.code === 'unknown-hook') console.log(error.message); }
 */
export class VitrineError extends Error {
  override readonly name = 'VitrineError';
  readonly code: VitrineErrorCode;

  constructor(code: VitrineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether an error is a {@link VitrineError}, also one of another copy of the library on the same page. */
export function isVitrineError(error: unknown): error is VitrineError {
  return error instanceof Error && error.name === 'VitrineError' && 'code' in error;
}

/** What a thrown value says of itself: the message of an error, else the value as text. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Throws the error that an aborted `signal` asks for; returns when there is no signal or it is not aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new VitrineError('aborted', 'The work was cancelled through its AbortSignal. Nothing was kept; call again to start over.', {
    cause: signal.reason,
  });
}

/** The phases that long work reports, with units: bytes while loading, counts otherwise. */
export interface Progress {
  /** What is happening now, in words that a reader can be shown: "download", "compile", "run". */
  phase: 'download' | 'read' | 'compile' | 'run';
  /** Bytes (download, read) or steps (compile, run) done so far. */
  loaded: number;
  /** Bytes or steps in all; undefined where nobody knows. */
  total?: number;
  /** The file or hook at work. */
  item?: string;
}
export type OnProgress = (progress: Progress) => void;
