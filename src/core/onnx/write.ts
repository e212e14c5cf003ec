// SPDX-License-Identifier: MIT
import { ProtoWriter } from './proto-writer.js';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './types.js';

/**
 * The bytes of an ONNX file. Unknown fields, value infos and attributes with a `source` are written verbatim; an attribute that
 * holds a graph is written anew, since the graph may have changed.
 *
 * @param model - read by `readModel` or built; not changed
 * @example
 * await writeFile('smaller.onnx', writeModel({ ...model, graph: removeDeadCode(model.graph).graph }));
 */
export function writeModel(model: OnnxModel): Uint8Array {
  const writer = new ProtoWriter();
  if (model.irVersion !== 0) writer.integer(1, model.irVersion);
  for (const piece of model.unknown) writer.verbatim(piece);
  writer.message(7, () => writeGraph(writer, model.graph));
  for (const [domain, version] of model.opsets) {
    writer.message(8, () => {
      if (domain !== '') writer.string(1, domain);
      writer.integer(2, version);
    });
  }
  return writer.finish();
}

function writeGraph(writer: ProtoWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, () => writeNode(writer, node));
  writer.string(2, graph.name);
  for (const tensor of graph.initializers) writer.message(5, () => writeTensor(writer, tensor));
  for (const info of graph.inputs) writer.message(11, () => writeValueInfo(writer, info));
  for (const info of graph.outputs) writer.message(12, () => writeValueInfo(writer, info));
  for (const info of graph.valueInfo) writer.message(13, () => writeValueInfo(writer, info));
  for (const piece of graph.unknown) writer.verbatim(piece);
}

function writeNode(writer: ProtoWriter, node: OnnxNode): void {
  for (const name of node.inputs) writer.string(1, name);
  for (const name of node.outputs) writer.string(2, name);
  if (node.name !== '') writer.string(3, node.name);
  writer.string(4, node.opType);
  for (const attribute of node.attributes.values()) writer.message(5, () => writeAttribute(writer, attribute));
  if (node.domain !== '') writer.string(7, node.domain);
  for (const piece of node.unknown) writer.verbatim(piece);
}

function writeAttribute(writer: ProtoWriter, attribute: OnnxAttribute): void {
  const { float, int, string, tensor, graph, floats, ints, strings, tensors, graphs } = attribute;
  if (attribute.source !== undefined && graph === undefined && graphs === undefined) return writer.verbatim(attribute.source);
  writer.string(1, attribute.name);
  if (float !== undefined) writer.float(2, float);
  if (int !== undefined) writer.integer(3, int);
  if (string !== undefined) writer.bytes(4, string);
  if (tensor !== undefined) writer.message(5, () => writeTensor(writer, tensor));
  if (graph !== undefined) writer.message(6, () => writeGraph(writer, graph));
  for (const value of floats ?? []) writer.float(7, value);
  for (const value of ints ?? []) writer.integer(8, value);
  for (const value of strings ?? []) writer.bytes(9, value);
  for (const value of tensors ?? []) writer.message(10, () => writeTensor(writer, value));
  for (const value of graphs ?? []) writer.message(11, () => writeGraph(writer, value));
  writer.integer(20, attribute.type);
  for (const piece of attribute.unknown) writer.verbatim(piece);
}

function writeTensor(writer: ProtoWriter, tensor: OnnxTensor): void {
  for (const length of tensor.dims) writer.integer(1, length);
  writer.integer(2, tensor.dataType);
  if (tensor.typed !== undefined) writeTyped(writer, tensor.typed);
  if (tensor.name !== '') writer.string(8, tensor.name);
  if (tensor.raw !== undefined) writer.bytes(9, tensor.raw);
  if (tensor.external !== undefined) {
    const { location, offset, length } = tensor.external;
    writeEntry(writer, 'location', location);
    writeEntry(writer, 'offset', String(offset));
    if (length !== undefined) writeEntry(writer, 'length', String(length));
    writer.integer(14, 1);
  }
  for (const piece of tensor.unknown) writer.verbatim(piece);
}

function writeTyped(writer: ProtoWriter, { field, values }: NonNullable<OnnxTensor['typed']>): void {
  if (values instanceof Float32Array || values instanceof Float64Array) {
    writer.bytes(field, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  } else writer.packedIntegers(field, values);
}

function writeEntry(writer: ProtoWriter, key: string, value: string): void {
  writer.message(13, () => {
    writer.string(1, key);
    writer.string(2, value);
  });
}

function writeValueInfo(writer: ProtoWriter, info: OnnxValueInfo): void {
  if (info.source !== undefined) return writer.verbatim(info.source);
  writer.string(1, info.name);
  // A type of 0 is refused by ONNX Runtime, no type at all is inferred.
  if (info.elementType === 0) return;
  writer.message(2, () =>
    writer.message(1, () => {
      writer.integer(1, info.elementType);
      const { dims } = info;
      if (dims !== undefined) writer.message(2, () => writeShape(writer, dims));
    }),
  );
}

function writeShape(writer: ProtoWriter, dims: (number | string | null)[]): void {
  for (const length of dims) {
    writer.message(1, () => {
      if (typeof length === 'number') writer.integer(1, length);
      else if (typeof length === 'string') writer.string(2, length);
    });
  }
}
