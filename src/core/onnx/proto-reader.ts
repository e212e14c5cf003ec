// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';

/** Wire types of the protobuf encoding that ONNX files use. */
export const Wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** More messages than any model has; a file made of empty messages must not fill the memory. */
const MAX_MESSAGES = 1_000_000;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The error for bytes that are not a protobuf message, or not one of ONNX. @param offset - byte of the file */
export function malformed(offset: number, what: string): VitrineError {
  return new VitrineError(
    'invalid-onnx',
    `Expected an ONNX model, but ${what} (at byte ${offset} of the file). ` +
      'The file may be damaged or cut short: compare its size with the one shown where it came from, and download it again.',
  );
}

/**
 * Walks over the fields of one protobuf message inside `bytes`, between `position` and `end`. Every length is checked against
 * `end` before use, positions are those of the whole file, and nothing is copied.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @example
 * while (reader.next()) if (reader.field === 7) graph = readGraph(reader.message());
 */
export class ProtoReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Number of the current field. */
  field = 0;
  /** Wire type of the current field. */
  wire = 0;
  /** Byte where the current field's tag begins. */
  start = 0;
  /** Byte where the current field's value begins: after the tag, and after the length if it has one. */
  valueStart = 0;
  /** Byte after the current field. */
  position: number;
  readonly #budget: { messages: number };
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length, budget = { messages: MAX_MESSAGES }) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.#budget = budget;
  }

  /** Moves to the next field; false at the end of the message. @throws VitrineError `invalid-onnx` */
  next(): boolean {
    if (this.position >= this.end) return false;
    this.start = this.position;
    this.#varint();
    if (this.#high !== 0 || this.#low >>> 3 === 0) throw malformed(this.start, 'there is no valid field tag');
    this.field = this.#low >>> 3;
    this.wire = this.#low & 7;
    this.valueStart = this.position;
    if (this.wire === Wire.varint) this.#varint();
    else if (this.wire === Wire.bytes) this.#skip(this.#length());
    else if (this.wire === Wire.fixed32) this.#skip(4);
    else if (this.wire === Wire.fixed64) this.#skip(8);
    else throw malformed(this.start, `field ${this.field} has the wire type ${this.wire}, which ONNX does not use`);
    return true;
  }

  /** A reader over the current field, which must be a message. */
  message(): ProtoReader {
    this.#expect(Wire.bytes);
    if (--this.#budget.messages < 0) throw malformed(this.start, `it holds more than ${MAX_MESSAGES} messages, as no model does`);
    return new ProtoReader(this.bytes, this.valueStart, this.position, this.#budget);
  }

  /** The bytes of the current field, a view. */
  view(): Uint8Array {
    this.#expect(Wire.bytes);
    return this.bytes.subarray(this.valueStart, this.position);
  }

  string(): string {
    const view = this.view();
    try {
      return decoder.decode(view);
    } catch {
      throw malformed(this.valueStart, 'a name is not UTF-8 text');
    }
  }

  /** An int64 or enum as a number, clamped to the safe integers. */
  number(): number {
    this.#expect(Wire.varint);
    return safeNumber(this.#low, this.#high);
  }

  float(): number {
    this.#expect(Wire.fixed32);
    return this.#dataView().getFloat32(this.valueStart, true);
  }

  /** Appends one number, or all of a packed list. */
  numbers(into: number[]): void {
    this.#integers(() => into.push(safeNumber(this.#low, this.#high)));
  }

  /** Appends one 64-bit integer, or all of a packed list. */
  bigints(into: bigint[], signed: boolean): void {
    this.#integers(() => {
      const value = (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0);
      into.push(signed ? BigInt.asIntN(64, value) : value);
    });
  }

  /** The floats of one field, packed or single, appended after `before`. */
  floats(before: Float32Array | undefined): Float32Array {
    const bytes = this.#fixed(Wire.fixed32, 4);
    return join(before, new Float32Array(bytes.buffer), (size) => new Float32Array(size));
  }

  /** The doubles of one field, packed or single, appended after `before`. */
  doubles(before: Float64Array | undefined): Float64Array {
    const bytes = this.#fixed(Wire.fixed64, 8);
    return join(before, new Float64Array(bytes.buffer), (size) => new Float64Array(size));
  }

  /** Keeps the current field verbatim with its tag; neighbours share one view. */
  keep(unknown: Uint8Array[]): void {
    const last = unknown.at(-1);
    const base = this.bytes.byteOffset;
    const adjoins = last !== undefined && last.byteOffset + last.byteLength === base + this.start;
    const from = adjoins ? last.byteOffset - base : this.start;
    unknown[adjoins ? unknown.length - 1 : unknown.length] = this.bytes.subarray(from, this.position);
  }

  #integers(add: () => void): void {
    if (this.wire === Wire.varint) return add();
    this.#expect(Wire.bytes);
    const after = this.position;
    this.position = this.valueStart;
    while (this.position < after) {
      this.#varint();
      add();
    }
    if (this.position !== after) throw malformed(this.start, `a list of integers in field ${this.field} runs past its end`);
  }

  /** An own, aligned copy of the bytes of a single or packed fixed-width field. */
  #fixed(single: number, size: number): Uint8Array<ArrayBuffer> {
    if (this.wire !== single) this.#expect(Wire.bytes);
    if ((this.position - this.valueStart) % size !== 0) throw malformed(this.start, `a list of ${size}-byte numbers has a broken length`);
    return Uint8Array.from(this.bytes.subarray(this.valueStart, this.position));
  }

  #expect(wire: number): void {
    if (this.wire === wire) return;
    throw malformed(this.start, `field ${this.field} has the wire type ${this.wire} where ONNX has ${wire}`);
  }

  #length(): number {
    this.#varint();
    this.valueStart = this.position;
    return (this.#high >>> 0) * 2 ** 32 + (this.#low >>> 0);
  }

  #skip(length: number): void {
    const left = this.end - this.position;
    if (length > left) throw malformed(this.start, `field ${this.field} says it has ${length} bytes and only ${left} are left`);
    this.position += length;
  }

  #varint(): void {
    const { bytes, end } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= end) throw malformed(this.position, 'it ends in the middle of a number');
      const byte = bytes[this.position++]!;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift > 28) high |= bits << (shift - 32);
      else {
        low |= bits << 28;
        high |= bits >>> 4;
      }
      if (byte < 128) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw malformed(this.start, 'a number is longer than ten bytes');
  }

  #dataView(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }
}

function safeNumber(low: number, high: number): number {
  const value = (high | 0) * 2 ** 32 + (low >>> 0);
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(-Number.MAX_SAFE_INTEGER, value));
}

function join<A extends Float32Array | Float64Array>(before: A | undefined, added: A, make: (size: number) => A): A {
  if (before === undefined || before.length === 0) return added;
  const all = make(before.length + added.length);
  all.set(before);
  all.set(added, before.length);
  return all;
}
