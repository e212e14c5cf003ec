// SPDX-License-Identifier: MIT

/**
 * How the numbers of a matrix are stored. A matrix lies in lines, one after another, of numbers of its own; a codec makes those numbers of the
 * stored values of whole lines, or of one stored value of every line, so that a part of a matrix can be read without the rest.
 */
import { readInt } from '../hooks/attributes.js';
import type { OnnxNode } from '../onnx/types.js';
import type { Values } from './weight-values.js';

export interface MatrixCodec {
  /** Numbers in a line. */
  readonly width: number;
  /** Stored values in a line. */
  readonly stored: number;
  /** The numbers of whole lines. @param values - theirs, as stored; `first` - the line that they begin with */
  lines(values: Float32Array, first: number): Float32Array;
  /** Which of a line's stored values holds its number `at`. */
  placeOf(at: number): number;
  /** The number `at` of every line. @param values - the value at `placeOf(at)` of every line */
  across(values: Float32Array, at: number): Float32Array;
}

/** Numbers stored as they are. */
export function plainCodec(width: number): MatrixCodec {
  return { width, stored: width, lines: (values) => values, placeOf: (at) => at, across: (values) => values };
}

/** The numbers of another codec times a factor. */
export function scaledCodec(codec: MatrixCodec, factor: number): MatrixCodec {
  if (factor === 1) return codec;
  const times = (values: Float32Array): Float32Array => values.map((value) => value * factor);
  return {
    ...codec,
    lines: (values, first) => times(codec.lines(values, first)),
    across: (values, at) => times(codec.across(values, at)),
  };
}

/** (q - zero point) * scale; scale of one number, or one per index of `axis` of the tensor's dims. */
export function integerCodec(dims: readonly number[], scale: Values, zeroPoint: Values | undefined, axis: number): MatrixCodec {
  const width = dims.at(-1) ?? 1;
  const count = scale.data.length;
  const at = axis < 0 ? axis + dims.length : axis;
  const inner = dims.slice(at + 1).reduce((product, length) => product * length, 1);
  const perNumber = count > 1 && inner === 1;
  const scaleOf = (line: number, number: number): number => (perNumber ? number % count : Math.floor((line * width) / inner) % count);
  const zeros = zeroPoint && (zeroPoint.data.length === 1 ? new Float32Array(count).fill(zeroPoint.data[0]!) : zeroPoint.data);
  const decode = (quantised: number, place: number): number => (quantised - (zeros ? zeros[place]! : 0)) * scale.data[place]!;
  return {
    width,
    stored: width,
    lines(values, first) {
      const numbers = new Float32Array(values.length);
      for (let start = 0, line = first; start < values.length; start += width, line++) {
        const scaleOfLine = scaleOf(line, 0);
        for (let number = 0; number < width; number++) {
          numbers[start + number] = decode(values[start + number]!, perNumber ? number % count : scaleOfLine);
        }
      }
      return numbers;
    },
    placeOf: (number) => number,
    across: (values, number) => values.map((value, line) => decode(value, scaleOf(line, number))),
  };
}

/**
 * com.microsoft MatMulNBits: lines are columns [K] of the matrix [K, N], packed in blocks of their own scale, [N, blocks of K, bytes], low bits
 * first; scales [N, blocks], zero points packed as the values are.
 */
export function blockCodec(node: OnnxNode, scales: Values, zeroPoints: Values | undefined): MatrixCodec {
  const width = readInt(node, 'K', 0);
  const { bits, size } = blockForm(node);
  const perByte = 8 / bits;
  const blocks = Math.ceil(width / size);
  const mask = 2 ** bits - 1;
  const bytesPerBlock = Math.ceil(size / perByte);
  const stored = blocks * bytesPerBlock;
  const zeroBytes = Math.ceil(blocks / perByte);
  const packedZeros = zeroPoints?.storage === 'uint8';
  const decode = (byte: number, line: number, number: number): number => {
    const block = Math.floor(number / size);
    const quantised = (byte >> (((number - block * size) % perByte) * bits)) & mask;
    let zero = 2 ** (bits - 1);
    if (zeroPoints && packedZeros) {
      zero = (zeroPoints.data[line * zeroBytes + Math.floor(block / perByte)]! >> ((block % perByte) * bits)) & mask;
    } else if (zeroPoints) zero = zeroPoints.data[line * blocks + block]!;
    return (quantised - zero) * scales.data[line * blocks + block]!;
  };
  const placeOf = (number: number): number => {
    const block = Math.floor(number / size);
    return block * bytesPerBlock + Math.floor((number - block * size) / perByte);
  };
  return {
    width,
    stored,
    lines(values, first) {
      const count = values.length / stored;
      const numbers = new Float32Array(count * width);
      for (let line = 0; line < count; line++) {
        for (let number = 0; number < width; number++) {
          numbers[line * width + number] = decode(values[line * stored + placeOf(number)]!, first + line, number);
        }
      }
      return numbers;
    },
    placeOf,
    across: (values, number) => values.map((byte, line) => decode(byte, line, number)),
  };
}

/** Bits of a number and numbers of a block of a MatMulNBits node. */
export function blockForm(node: OnnxNode): { bits: number; size: number } {
  return { bits: readInt(node, 'bits', 4), size: readInt(node, 'block_size', 32) };
}
