// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { Device } from './types.js';

/** Messages by which the builds of ONNX Runtime tell that memory ran out; transformers.js users see them as riddles. */
const OUT_OF_MEMORY =
  /bad_alloc|out of memory|offset is out of bounds|allocation failed|Array buffer allocation|memory access out of bounds|failed to allocate/i;

/** Turns what ONNX Runtime throws into an error that says what to do. */
export function explainRuntimeError(error: unknown, during: 'compile' | 'run', device?: Device): VitrineError {
  if (error instanceof VitrineError) return error;
  const text = error instanceof Error ? error.message : typeof error === 'number' ? `C++ exception ${error}` : String(error);
  if (OUT_OF_MEMORY.test(text) || typeof error === 'number') {
    return new VitrineError(
      'out-of-memory',
      `ONNX Runtime ran out of memory while it ${during === 'compile' ? 'prepared' : 'ran'} a part of the model (${text}). ` +
        'Choose a smaller dtype (q8, q4), a shorter prompt or fewer hooks, dispose models that are no longer used, or run in Node.',
      { cause: error },
    );
  }
  if (during === 'compile') {
    return new VitrineError(
      'runtime',
      `ONNX Runtime could not prepare a part of this model${device ? ` on "${device}"` : ''}: ${text}. ` +
        (device === 'webgpu' ? 'Try device "wasm". ' : '') +
        'If transformers.js runs the same file, please report it with the output of `vitrine inspect`.',
      { cause: error },
    );
  }
  return new VitrineError(
    'runtime',
    `ONNX Runtime failed while it ran the model: ${text}. Check that token ids are inside the vocabulary and the prompt fits the context.`,
    { cause: error },
  );
}
