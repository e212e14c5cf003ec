// SPDX-License-Identifier: MIT
import { Wire } from './proto-reader.js';

const encoder = new TextEncoder();
/** Byte strings from this size on are not copied into the buffer but put in their place once, at the end. */
const LARGE = 1024;

/**
 * Writes protobuf fields in order. Lengths of nested messages and large byte strings are noted as insertions, so that nothing
 * is copied twice: {@link ProtoWriter.finish} allocates the result once and fills it.
 *
 * @example
 * const writer = new ProtoWriter();
 * writer.message(7, () => writer.string(2, 'graph'));
 * writer.finish()
 */
export class ProtoWriter {
  #buffer = new Uint8Array(1 << 16);
  #used = 0;
  #total = 0;
  readonly #insertions: { at: number; value: Uint8Array | number }[] = [];

  /** A message field, whose content `write` writes with this same writer. */
  message(field: number, write: () => void): void {
    this.#tag(field, Wire.bytes);
    const insertion = { at: this.#used, value: 0 };
    this.#insertions.push(insertion);
    const before = this.#total;
    write();
    insertion.value = this.#total - before;
    this.#total += varintSize(insertion.value);
  }

  /** An integer field: int64, enum; negative values take ten bytes, as protobuf has it. */
  integer(field: number, value: number | bigint): void {
    this.#tag(field, Wire.varint);
    this.#signed(value);
  }

  string(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, Wire.bytes);
    this.#varint(value.length);
    this.verbatim(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, Wire.fixed32);
    this.verbatim(new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A packed list of integers. */
  packedIntegers(field: number, values: readonly (number | bigint)[]): void {
    this.message(field, () => {
      for (const value of values) this.#signed(value);
    });
  }

  /** Bytes that are already encoded, tag and all. */
  verbatim(value: Uint8Array): void {
    this.#total += value.length;
    if (value.length >= LARGE) {
      this.#insertions.push({ at: this.#used, value });
      return;
    }
    this.#reserve(value.length);
    this.#buffer.set(value, this.#used);
    this.#used += value.length;
  }

  /** The whole message in one array. */
  finish(): Uint8Array {
    const result = new Uint8Array(this.#total);
    let from = 0;
    let to = 0;
    const copy = (part: Uint8Array): void => {
      result.set(part, to);
      to += part.length;
    };
    for (const { at, value } of this.#insertions) {
      copy(this.#buffer.subarray(from, at));
      from = at;
      if (typeof value === 'number') to = putVarint(result, to, value);
      else copy(value);
    }
    copy(this.#buffer.subarray(from, this.#used));
    return result;
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #signed(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) return this.#varint(value);
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.verbatim(Uint8Array.from(bytes));
  }

  #varint(value: number): void {
    this.#reserve(10);
    const after = putVarint(this.#buffer, this.#used, value);
    this.#total += after - this.#used;
    this.#used = after;
  }

  #reserve(size: number): void {
    if (this.#used + size <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#used + size));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

function putVarint(target: Uint8Array, position: number, value: number): number {
  let rest = value;
  while (rest > 127) {
    target[position++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  target[position++] = rest;
  return position;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
