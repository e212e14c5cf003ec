// SPDX-License-Identifier: MIT
import { malformed, Wire } from './proto-reader.js';
import { ProtoWriter } from './proto-writer.js';

/** A file that is read in parts: a file handle in Node, a Blob in a page. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** The bytes from `offset` on, `length` of them, fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** How much is read at a time: enough for some hundred nodes, little against a weight matrix. */
const WINDOW_BYTES = 128 * 1024;
/** Raw data from this size on is left in the file; small constants stay inside, as ONNX Runtime infers shapes from them. */
const MINIMUM_BYTES = 1024;
const GRAPH_FIELD = 7;
const INITIALIZER_FIELD = 5;
const RAW_DATA_FIELD = 9;

/**
 * The bytes of an ONNX file without its weights: every large initializer becomes a reference into the file. Reads only what it keeps,
 * so that opening a model of 654 MB costs 1.5 MB of memory.
 *
 * @param location - the name by which the runtime will find the file
 * @returns bytes for `readModel`
 * @throws VitrineError `invalid-onnx`
 */
export async function readSkeleton(source: ByteSource, location: string): Promise<Uint8Array> {
  const window = new Window(source);
  const writer = new ProtoWriter();
  for (let at = 0; at < source.size;) {
    const field = await window.field(at, source.size);
    if (field.number !== GRAPH_FIELD || field.wire !== Wire.bytes) writer.verbatim(await window.copy(field.start, field.end));
    else await copyGraph(window, writer, field, location);
    at = field.end;
  }
  return writer.finish();
}

interface Field {
  number: number;
  wire: number;
  start: number;
  /** First byte of the value, after the length where there is one. */
  value: number;
  end: number;
}

async function copyGraph(window: Window, writer: ProtoWriter, graph: Field, location: string): Promise<void> {
  const parts: (() => void)[] = [];
  for (let at = graph.value; at < graph.end;) {
    const field = await window.field(at, graph.end);
    const large = field.number === INITIALIZER_FIELD && field.wire === Wire.bytes && field.end - field.value >= MINIMUM_BYTES;
    const part = large ? await initializer(window, field, location) : await window.copy(field.start, field.end);
    parts.push(typeof part === 'function' ? () => writer.message(INITIALIZER_FIELD, () => part(writer)) : () => writer.verbatim(part));
    at = field.end;
  }
  writer.message(GRAPH_FIELD, () => parts.forEach((write) => write()));
}

/** Writes one initializer with its raw data, if large, left where it is. */
async function initializer(window: Window, tensor: Field, location: string): Promise<(writer: ProtoWriter) => void> {
  const kept: Uint8Array[] = [];
  let raw: Field | undefined;
  for (let at = tensor.value; at < tensor.end;) {
    const field = await window.field(at, tensor.end);
    if (field.number === RAW_DATA_FIELD && field.end - field.value >= MINIMUM_BYTES) raw = field;
    else kept.push(await window.copy(field.start, field.end));
    at = field.end;
  }
  return (writer) => {
    for (const part of kept) writer.verbatim(part);
    if (!raw) return;
    const entry = (key: string, value: string): void =>
      writer.message(13, () => {
        writer.string(1, key);
        writer.string(2, value);
      });
    entry('location', location);
    entry('offset', String(raw.value));
    entry('length', String(raw.end - raw.value));
    writer.integer(14, 1);
  };
}

/** The part of the file that is at hand. */
class Window {
  readonly #source: ByteSource;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The field whose tag begins at `at`, checked to end before `end`. */
  async field(at: number, end: number): Promise<Field> {
    // A tag and a length take at most 10 bytes each.
    await this.#hold(at, Math.min(20, end - at));
    const [tag, afterTag] = this.#varint(at, end);
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) throw malformed(at, 'there is no valid field tag');
    let value = afterTag;
    let after: number;
    if (wire === Wire.varint) after = this.#varint(afterTag, end)[1];
    else if (wire === Wire.fixed64) after = afterTag + 8;
    else if (wire === Wire.fixed32) after = afterTag + 4;
    else if (wire === Wire.bytes) {
      const [length, start] = this.#varint(afterTag, end);
      value = start;
      after = start + length;
    } else throw malformed(at, `a field has the wire type ${wire}, which ONNX does not use`);
    if (after > end) throw malformed(at, 'a field ends behind the end of the message that holds it');
    return { number, wire, start: at, value, end: after };
  }

  /** Bytes of the file, copied out of the window. */
  async copy(start: number, end: number): Promise<Uint8Array> {
    await this.#hold(start, end - start);
    return this.#bytes.slice(start - this.#start, end - this.#start);
  }

  async #hold(at: number, length: number): Promise<void> {
    if (at >= this.#start && at + length <= this.#start + this.#bytes.length) return;
    this.#bytes = await this.#source.read(at, Math.min(Math.max(length, WINDOW_BYTES), this.#source.size - at));
    this.#start = at;
    if (this.#bytes.length < length) throw malformed(at, 'it ends early');
  }

  #varint(at: number, end: number): [value: number, after: number] {
    let value = 0;
    let scale = 1;
    for (let position = at; position < end && position < at + 10; position++) {
      const byte = this.#bytes[position - this.#start];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return [value, position + 1];
    }
    throw malformed(at, 'a number does not end');
  }
}
