// SPDX-License-Identifier: MIT

/** Number formats of a model file, named as in transformers.js, with the suffix that the file name carries. */
export const DTYPE_SUFFIXES = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
  q2: '_q2',
  q2f16: '_q2f16',
  q1: '_q1',
  q1f16: '_q1f16',
} as const;

/** Number format of a model file: `fp32`, `fp16`, `q8`, `int8`, `uint8`, `q4`, `q4f16`, `bnb4`, `q2`, `q2f16`, `q1`, `q1f16`. */
export type Dtype = keyof typeof DTYPE_SUFFIXES;

export const DTYPES = Object.keys(DTYPE_SUFFIXES) as Dtype[];

export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(DTYPE_SUFFIXES, name);
}

/** The format that a file name tells by its suffix; a name without a known suffix is `fp32`. */
export function dtypeOfFile(fileName: string): Dtype {
  const stem = fileName.replace(/\.onnx$/, '');
  return DTYPES.find((dtype) => dtype !== 'fp32' && stem.endsWith(DTYPE_SUFFIXES[dtype])) ?? 'fp32';
}
