// SPDX-License-Identifier: MIT
import { GraphIndex, innerGraphs } from './graph.js';
import { DataType, type OnnxGraph, type OnnxNode } from './types.js';

const { float32, uint8, int32, int64, bool } = DataType;

/** Type of a tensor read by a node; 0 where it is not known. */
type TypeOf = (name: string) => number;

/**
 * How an operator's outputs get their type: a number is a `DataType`, `{ like: i }` the type of input i. The last entry holds
 * for all further outputs. Operators that are not listed keep the type of their first input, in every domain.
 */
type Rule = readonly (number | { like: number })[];

const same = { like: 0 };
const RULES: Readonly<Record<string, Rule>> = {
  ...rules([bool], 'Equal Greater GreaterOrEqual Less LessOrEqual And Or Not Xor IsNaN IsInf'),
  ...rules([int64], 'Shape Size NonZero ArgMax ArgMin NonMaxSuppression SequenceLength StringNormalizer'),
  ...rules([int32], 'MatMulInteger ConvInteger'),
  ...rules([same, int64], 'TopK Unique MaxPool'),
  ...rules(
    [same, float32, float32, same],
    'LayerNormalization SimplifiedLayerNormalization SkipLayerNormalization SkipSimplifiedLayerNormalization',
  ),
  ...rules([{ like: 1 }], 'Where CastLike DequantizeLinear QLinearConcat'),
  ...rules([{ like: 2 }], 'OneHot MatMulIntegerToFloat GatherBlockQuantized'),
  ...rules([{ like: 3 }], 'QAttention'),
  ...rules([{ like: 7 }], 'QLinearMatMul QLinearConv QLinearAdd QLinearMul'),
  Dropout: [same, bool],
  DynamicQuantizeLinear: [uint8, float32, uint8],
  EmbedLayerNormalization: [{ like: 2 }, int32, { like: 2 }],
  GroupQueryAttention: [same, { like: 3 }, { like: 4 }, same],
};

function rules(rule: Rule, operators: string): Record<string, Rule> {
  return Object.fromEntries(operators.split(' ').map((operator) => [operator, rule]));
}

/**
 * The element type (`DataType`) of every tensor of a graph, by name. What the file declares comes first; the rest follows from
 * the operators, node by node. ONNX Runtime wants these types for the inputs of a piece that is cut out. Tensors whose type
 * cannot be known (sequences, unknown operators without inputs) have no entry.
 *
 * @param outer - for a branch: types of the tensors around it
 * @example
 * inferElementTypes(model.graph).get('logits') === DataType.float32
 */
export function inferElementTypes(graph: OnnxGraph, index = new GraphIndex(graph), outer: TypeOf = () => 0): Map<string, number> {
  const types = new Map<string, number>();
  for (const { name, dataType } of graph.initializers) types.set(name, dataType);
  for (const { name, elementType } of [...graph.valueInfo, ...graph.outputs, ...graph.inputs]) {
    if (elementType !== 0) types.set(name, elementType);
  }
  const typeOf: TypeOf = (name) => types.get(name) ?? outer(name);
  for (const node of index.topologicalOrder()) {
    const found = outputTypes(node, typeOf);
    node.outputs.forEach((name, output) => {
      const type = found[output] ?? 0;
      if (name !== '' && type !== 0 && !types.has(name)) types.set(name, type);
    });
  }
  return types;
}

/** The type of each output, 0 where it is not known. */
function outputTypes(node: OnnxNode, typeOf: TypeOf): number[] {
  const all = (type: number): number[] => node.outputs.map(() => type);
  const inputType = (position: number): number => typeOf(node.inputs[position] ?? '');
  const first = typeOf(node.inputs.find((name) => name !== '') ?? '');
  switch (node.opType) {
    case 'If':
      return branchTypes(node, typeOf, 0);
    case 'Loop':
      return branchTypes(node, typeOf, 1); // a body's first output is whether to go on
    case 'Scan':
      return branchTypes(node, typeOf, 0);
    case 'Cast':
      return all(node.attributes.get('to')?.int ?? 0);
    case 'Constant':
      return all(constantType(node));
    case 'ConstantOfShape':
      return all(node.attributes.get('value')?.tensor?.dataType ?? float32);
    case 'QuantizeLinear':
      return all(inputType(2) || node.attributes.get('output_dtype')?.int || uint8);
    case 'RandomNormal':
    case 'RandomUniform':
      return all(node.attributes.get('dtype')?.int ?? float32);
    case 'Multinomial':
      return all(node.attributes.get('dtype')?.int ?? int32);
    case 'EyeLike':
    case 'Bernoulli':
    case 'RandomNormalLike':
    case 'RandomUniformLike':
      return all(node.attributes.get('dtype')?.int ?? first);
    default: {
      const rule = RULES[node.opType] ?? [same];
      return node.outputs.map((_, output) => {
        const entry = rule[Math.min(output, rule.length - 1)]!;
        if (typeof entry === 'number') return entry;
        return inputType(entry.like) || first;
      });
    }
  }
}

/** Types of the outputs of the graphs inside a node, the first graph that knows one. @param skip - outputs that the node itself does not have */
function branchTypes(node: OnnxNode, typeOf: TypeOf, skip: number): number[] {
  const found = node.outputs.map(() => 0);
  for (const graph of innerGraphs(node)) {
    const types = inferElementTypes(graph, new GraphIndex(graph), typeOf);
    found.forEach((known, output) => {
      const name = graph.outputs[output + skip]?.name;
      if (known === 0 && name !== undefined) found[output] = types.get(name) ?? typeOf(name);
    });
  }
  return found;
}

function constantType(node: OnnxNode): number {
  for (const { name, tensor } of node.attributes.values()) {
    if (tensor !== undefined) return tensor.dataType;
    if (name.startsWith('value_float')) return float32;
    if (name.startsWith('value_int')) return int64;
    if (name.startsWith('value_string')) return DataType.string;
  }
  return 0;
}
