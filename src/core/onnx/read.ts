// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { guessFileKind } from './file-kind.js';
import { malformed, ProtoReader } from './proto-reader.js';
import { readTensor, readValueInfo } from './read-tensor.js';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode } from './types.js';

/** Graphs within graphs; real models have two levels. Guards the stack against a hostile file. */
const MAX_DEPTH = 40;

/**
 * Reads an ONNX file. Weights and unknown fields are views into `bytes`, so keep `bytes` unchanged as long as the model lives.
 *
 * Files above 2 GiB cannot come this way: protobuf forbids them, and Node's `readFileSync` too. Larger models keep their
 * weights in separate files, to which the tensors' `external` points.
 *
 * @param bytes - the whole file
 * @throws VitrineError `invalid-onnx` with the byte offset for a damaged file, and with a guess at what it is for another kind of file
 * @example
 * const model = readModel(await readFile('model.onnx'));
 * model.graph.nodes.length
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  // A Node Buffer's slice and toString differ from Uint8Array's; nothing downstream should have to know.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readModelMessage(new ProtoReader(file));
  } catch (error) {
    const kind = guessFileKind(file);
    if (kind !== undefined) throw new VitrineError('invalid-onnx', `Expected an ONNX model, but ${kind}`, { cause: error });
    throw error;
  }
}

function readModelMessage(reader: ProtoReader): OnnxModel {
  const opsets = new Map<string, number>();
  const unknown: Uint8Array[] = [];
  let graph: OnnxGraph | undefined;
  let irVersion = 0;
  while (reader.next()) {
    if (reader.field === 7) {
      if (graph !== undefined) throw malformed(reader.start, 'it holds two graphs');
      graph = readGraph(reader.message(), 1);
    } else if (reader.field === 8) readOpset(reader.message(), opsets);
    else if (reader.field === 1) irVersion = reader.number();
    else reader.keep(unknown);
  }
  if (graph === undefined) throw malformed(reader.position, 'it holds no graph');
  return { irVersion, opsets, graph, unknown };
}

function readOpset(reader: ProtoReader, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.string();
    else if (reader.field === 2) version = reader.number();
  }
  opsets.set(standardDomain(domain), version);
}

/** 'ai.onnx' is the written-out name of the standard domain, ''. */
function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readGraph(reader: ProtoReader, depth: number): OnnxGraph {
  if (depth > MAX_DEPTH) throw malformed(reader.position, `graphs are nested more than ${MAX_DEPTH} deep`);
  const graph: OnnxGraph = { name: '', nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [], unknown: [] };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        graph.nodes.push(readNode(reader.message(), depth));
        break;
      case 2:
        graph.name = reader.string();
        break;
      case 5:
        graph.initializers.push(readTensor(reader.message()));
        break;
      case 11:
        graph.inputs.push(readValueInfo(reader.message()));
        break;
      case 12:
        graph.outputs.push(readValueInfo(reader.message()));
        break;
      case 13:
        graph.valueInfo.push(readValueInfo(reader.message()));
        break;
      default:
        reader.keep(graph.unknown);
    }
  }
  return graph;
}

function readNode(reader: ProtoReader, depth: number): OnnxNode {
  const node: OnnxNode = { name: '', opType: '', domain: '', inputs: [], outputs: [], attributes: new Map(), unknown: [] };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        node.inputs.push(reader.string());
        break;
      case 2:
        node.outputs.push(reader.string());
        break;
      case 3:
        node.name = reader.string();
        break;
      case 4:
        node.opType = reader.string();
        break;
      case 5: {
        const attribute = readAttribute(reader.message(), depth);
        node.attributes.set(attribute.name, attribute);
        break;
      }
      case 7:
        node.domain = reader.string();
        break;
      default:
        reader.keep(node.unknown);
    }
  }
  node.domain = standardDomain(node.domain);
  return node;
}

function readAttribute(reader: ProtoReader, depth: number): OnnxAttribute {
  const source = reader.bytes.subarray(reader.position, reader.end);
  const attribute: OnnxAttribute = { name: '', type: 0, source, unknown: [] };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        attribute.name = reader.string();
        break;
      case 2:
        attribute.float = reader.float();
        break;
      case 3:
        attribute.int = reader.number();
        break;
      case 4:
        attribute.string = reader.view();
        break;
      case 5:
        attribute.tensor = readTensor(reader.message());
        break;
      case 6:
        attribute.graph = readGraph(reader.message(), depth + 1);
        break;
      case 7:
        addFloats((attribute.floats ??= []), reader.floats(undefined));
        break;
      case 8:
        reader.numbers((attribute.ints ??= []));
        break;
      case 9:
        (attribute.strings ??= []).push(reader.view());
        break;
      case 10:
        (attribute.tensors ??= []).push(readTensor(reader.message()));
        break;
      case 11:
        (attribute.graphs ??= []).push(readGraph(reader.message(), depth + 1));
        break;
      case 20:
        attribute.type = reader.number();
        break;
      default:
        reader.keep(attribute.unknown);
    }
  }
  return attribute;
}

function addFloats(into: number[], values: Float32Array): void {
  for (const value of values) into.push(value);
}
