// SPDX-License-Identifier: MIT
import { VitrineError, type VitrineErrorCode } from '../core/index.js';

/** An error as it crosses to another thread. */
export interface Failure {
  code: VitrineErrorCode;
  message: string;
  /** Where it happened, in the worker. */
  stack?: string | undefined;
}

/** An error written as plain data: code and message stay. Anything that is not ours is `runtime`. */
export function toFailure(error: unknown): Failure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: error instanceof VitrineError ? error.code : 'runtime', message, stack };
}

/** The error that {@link toFailure} wrote. `cause` holds the stack inside the worker. */
export function fromFailure({ code, message, stack }: Failure): VitrineError {
  return new VitrineError(code, message, { cause: stack });
}
