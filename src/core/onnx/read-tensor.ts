// SPDX-License-Identifier: MIT
import type { ExternalLocation, OnnxTensor, OnnxValueInfo } from './types.js';
import type { ProtoReader } from './proto-reader.js';
import { malformed } from './proto-reader.js';

/** More axes than any tensor has. */
const MAX_RANK = 256;
/** 64-bit integers outside `raw_data` become bigints of 24 bytes and more each; real files have shapes there, never weights. */
const MAX_TYPED_INTEGERS = 1 << 24;

/** Reads a `TensorProto`; `raw` and `unknown` are views into the file. @throws VitrineError `invalid-onnx` */
export function readTensor(reader: ProtoReader): OnnxTensor {
  const tensor: OnnxTensor = { name: '', dims: [], dataType: 0, unknown: [] };
  const entries: ExternalEntry[] = [];
  let location = 0;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        reader.numbers(tensor.dims);
        break;
      case 2:
        tensor.dataType = reader.number();
        break;
      case 4:
      case 5:
      case 7:
      case 10:
      case 11:
        readTyped(reader, tensor);
        break;
      case 8:
        tensor.name = reader.string();
        break;
      case 9:
        tensor.raw = reader.view();
        break;
      case 13:
        entries.push(readEntry(reader));
        break;
      case 14:
        location = reader.number();
        break;
      default:
        reader.keep(tensor.unknown);
    }
  }
  if (tensor.dims.length > MAX_RANK) throw malformed(reader.position, `the tensor "${tensor.name}" has ${tensor.dims.length} axes`);
  if (location === 1) setExternal(tensor, entries, reader.position);
  return tensor;
}

/** Reads a `ValueInfoProto`; element type and shape of tensors, `source` alone for sequences and the like. */
export function readValueInfo(reader: ProtoReader): OnnxValueInfo {
  const info: OnnxValueInfo = { name: '', elementType: 0, source: reader.bytes.subarray(reader.position, reader.end) };
  while (reader.next()) {
    if (reader.field === 1) info.name = reader.string();
    else if (reader.field === 2) {
      const type = reader.message();
      while (type.next()) if (type.field === 1) readTensorType(type.message(), info);
    }
  }
  return info;
}

function readTyped(reader: ProtoReader, tensor: OnnxTensor): void {
  const { field } = reader;
  const before = tensor.typed?.field === field ? tensor.typed.values : undefined;
  if (field === 4) tensor.typed = { field, values: reader.floats(before as Float32Array | undefined) };
  else if (field === 10) tensor.typed = { field, values: reader.doubles(before as Float64Array | undefined) };
  else if (field === 5) {
    const values = (before as number[] | undefined) ?? [];
    reader.numbers(values);
    tensor.typed = { field, values };
  } else {
    const values = (before as bigint[] | undefined) ?? [];
    if (values.length + (reader.position - reader.valueStart) / 10 > MAX_TYPED_INTEGERS) {
      throw malformed(
        reader.start,
        'a tensor has more than 16 million 64-bit integers outside raw_data; save the model again with onnx.save',
      );
    }
    reader.bigints(values, field === 7);
    tensor.typed = { field, values };
  }
}

interface ExternalEntry {
  key: string;
  value: string;
  verbatim: Uint8Array[];
}

function readEntry(reader: ProtoReader): ExternalEntry {
  const entry: ExternalEntry = { key: '', value: '', verbatim: [] };
  reader.keep(entry.verbatim);
  const pair = reader.message();
  while (pair.next()) {
    if (pair.field === 1) entry.key = pair.string();
    else if (pair.field === 2) entry.value = pair.string();
  }
  return entry;
}

function setExternal(tensor: OnnxTensor, entries: ExternalEntry[], offset: number): void {
  const external: ExternalLocation = { location: '', offset: 0, length: undefined };
  for (const { key, value, verbatim } of entries) {
    if (key === 'location') external.location = value;
    else if (key === 'offset') external.offset = byteCount(value, tensor.name, offset);
    else if (key === 'length') external.length = byteCount(value, tensor.name, offset);
    else tensor.unknown.push(...verbatim);
  }
  if (external.location === '') throw malformed(offset, `the tensor "${tensor.name}" is external but names no file`);
  // Such a file is opened on the reader's machine, so it may only lie beside or below the model.
  if (/^[\\/]|^\w+:|(^|[\\/])\.\.([\\/]|$)/.test(external.location)) {
    throw malformed(offset, `the tensor "${tensor.name}" points to "${external.location.slice(0, 80)}", outside the model's folder`);
  }
  tensor.external = external;
}

function byteCount(text: string, name: string, offset: number): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(count)) throw malformed(offset, `the external tensor "${name}" has the byte count "${text.slice(0, 40)}"`);
  return count;
}

function readTensorType(type: ProtoReader, info: OnnxValueInfo): void {
  while (type.next()) {
    if (type.field === 1) info.elementType = type.number();
    else if (type.field === 2) info.dims = readShape(type.message());
  }
}

function readShape(shape: ProtoReader): (number | string | null)[] {
  const dims: (number | string | null)[] = [];
  while (shape.next()) {
    if (shape.field !== 1) continue;
    const dimension = shape.message();
    let value: number | string | null = null;
    while (dimension.next()) {
      if (dimension.field === 1) value = dimension.number();
      else if (dimension.field === 2) value = dimension.string();
    }
    dims.push(value);
  }
  return dims;
}
