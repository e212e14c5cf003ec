// SPDX-License-Identifier: MIT
import { tensorNumbers, elementCount } from '../onnx/tensor-data.js';
import type { ExternalResolver } from '../onnx/tensor-data.js';
import type { GraphIndex } from '../onnx/graph.js';
import { DataType } from '../onnx/types.js';
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from '../onnx/types.js';
import type { Fact } from './dry-run-dims.js';
import { inferShapes } from './dry-run-shapes.js';
import { inferValue } from './dry-run-values.js';
import { imageSide } from './image-side.js';

/** The most elements whose values are followed. Weights are never read. */
export const valueLimit = 64;

/** The lengths that the dry run gives to the axes that a graph leaves open. */
export interface DrySizes {
  batch: number;
  position: number;
  past: number;
  encoder: number;
}

// Large primes: no product of widths and head counts is one of them, so that a length tells what it is made of.
const openSizes: DrySizes = { batch: 10007, position: 20011, past: 30011, encoder: 40009 };

/**
 * Runs shapes, and the small integers that shapes are computed from, through a graph without running it. The axes that the
 * graph leaves open get large prime lengths, so that a dim of 10007 * 4 can only be batch times heads: this is how the layout of
 * a tensor is read without trusting a name.
 */
export class DryRun {
  readonly sizes: DrySizes;
  readonly #facts = new Map<string, Fact>();
  readonly #symbols = new Map<string, number>();
  readonly #declared = new Map<string, OnnxValueInfo>();

  /**
   * @param config - config.json, for what the graph leaves open: image size, head count of past inputs
   * @param sizes - lengths of the open axes, where other than primes are wanted
   */
  constructor(index: GraphIndex, config: Record<string, unknown> = {}, resolve?: ExternalResolver, sizes: DrySizes = openSizes) {
    const graph = index.graph;
    for (const tensor of graph.initializers) this.#facts.set(tensor.name, constantFact(tensor, resolve));
    for (const info of graph.valueInfo) this.#declared.set(info.name, info);
    this.sizes = this.#openInputs(graph, index, config, sizes);
    for (const node of index.topologicalOrder()) this.#runNode(node, resolve);
  }

  /** What is known of a tensor. */
  fact(tensor: string): Fact {
    return this.#facts.get(tensor) ?? unknown;
  }

  /** Lengths of the axes, where all are known. */
  dims(tensor: string): number[] | undefined {
    const { dims } = this.fact(tensor);
    return dims?.every((length) => !Number.isNaN(length)) ? dims : undefined;
  }

  /** As {@link DryRun.dims}, for one row of one position: the made-up lengths are primes, so they can be divided out of what they were merged into. */
  dimsOfOneRow(tensor: string): number[] | undefined {
    const { batch, position, past, encoder } = this.sizes;
    const open = [openSizes.batch, openSizes.position, openSizes.encoder].filter((prime) => [batch, position, encoder].includes(prime));
    const lengths = position === openSizes.position && past > 0 ? [position + past, ...open] : open;
    const shortened = (length: number): number => lengths.reduce((rest, made) => (rest % made === 0 ? rest / made : rest), length);
    return this.dims(tensor)?.map(shortened);
  }

  /** Product of the dims, or undefined. */
  size(tensor: string): number | undefined {
    return this.dims(tensor)?.reduce((product, length) => product * length, 1);
  }

  /** The one value of a tensor of one known element. */
  scalar(tensor: string): number | undefined {
    const { value } = this.fact(tensor);
    return value?.length === 1 && !Number.isNaN(value[0]!) ? value[0] : undefined;
  }

  #runNode(node: OnnxNode, resolve: ExternalResolver | undefined): void {
    const inputs = node.inputs.map((name) => (name === '' ? unknown : this.fact(name)));
    const constant = node.opType === 'Constant' ? node.attributes.get('value')?.tensor : undefined;
    const facts: Fact[] = constant ? [constantFact(constant, resolve)] : inferShapes(node, inputs);
    if (!constant) {
      const first = facts[0];
      const value = inferValue(node, inputs, first?.dims);
      if (first && value) {
        first.value = value;
        first.dims ??= [value.length];
      }
    }
    node.outputs.forEach((name, output) => {
      if (name !== '') this.#facts.set(name, this.#declaredFact(name, facts[output] ?? unknown));
    });
  }

  /** What the file itself says of a tensor whose shape did not follow from its node. */
  #declaredFact(name: string, found: Fact): Fact {
    const declared = found.dims ? undefined : this.#declared.get(name);
    if (!declared?.dims) return found;
    const dims = declared.dims.map((length) => (typeof length === 'number' ? length : (this.#symbols.get(length ?? '') ?? NaN)));
    return { ...found, dims, type: found.type || declared.elementType };
  }

  /** Gives every graph input its dims. Input names are the interface to transformers.js, so these may be trusted. */
  #openInputs(graph: OnnxGraph, index: GraphIndex, config: Record<string, unknown>, given: DrySizes): DrySizes {
    const inputs = graph.inputs.filter(({ name }) => index.isInput(name));
    const sizes = { ...given };
    const pastRead = inputs.some(({ name }) => isPast(name) && !/encoder/.test(name) && index.consumers(name).length > 0);
    if (!pastRead) sizes.past = 0;
    const ids = inputs.find(({ name }) => /input_ids$|inputs_embeds$/.test(name));
    const fixed = (axis: number): number | undefined => {
      const length = ids?.dims?.[axis];
      return typeof length === 'number' && length > 0 ? length : undefined;
    };
    sizes.batch = fixed(0) ?? sizes.batch;
    sizes.position = fixed(1) ?? sizes.position;
    const side = imageSide(index, config);
    const symbols = this.#symbols;
    // Other unknown lengths are primes of their own too, or all one where rows of length one are asked for.
    const open = given === openSizes;
    let fresh = open ? 50021 : 1;
    for (const input of inputs) {
      const wanted = roleDims(input, sizes, config, side);
      const dims = (input.dims ?? wanted.map(() => null)).map((length, axis) => {
        if (typeof length === 'number' && length > 0) return length;
        const role = wanted[axis];
        if (role !== undefined && !Number.isNaN(role)) {
          if (typeof length === 'string') symbols.set(length, role);
          return role;
        }
        const known = typeof length === 'string' ? symbols.get(length) : undefined;
        if (known !== undefined) return known;
        if (open) fresh += 2;
        if (typeof length === 'string') symbols.set(length, fresh);
        return fresh;
      });
      this.#facts.set(input.name, { dims, type: input.elementType });
    }
    return sizes;
  }
}

const unknown: Fact = { type: DataType.undefined };

const isPast = (name: string): boolean => /past|cache(?!_branch)/.test(name);

/** Values of small constants: hooks and weights are looked for in the same graph, which has thousands of them. */
const smallConstants = new WeakMap<OnnxTensor, number[]>();

function constantFact(tensor: OnnxTensor, resolve: ExternalResolver | undefined): Fact {
  const fact: Fact = { dims: [...tensor.dims], type: tensor.dataType };
  const known = smallConstants.get(tensor);
  if (known) return { ...fact, value: known };
  if (tensor.dims.reduce((product, length) => product * length, 1) > valueLimit) return fact;
  try {
    if (elementCount(tensor.dims) <= valueLimit) smallConstants.set(tensor, (fact.value = tensorNumbers(tensor, resolve)));
  } catch {
    // Bytes elsewhere or of a type without numbers: the shape is all that is known.
  }
  return fact;
}

/** What the axes of a transformers.js input mean; NaN: nothing special. */
function roleDims(input: OnnxValueInfo, sizes: DrySizes, config: Record<string, unknown>, side: number): number[] {
  const { batch, position, past, encoder } = sizes;
  const { name } = input;
  const number = (key: string): number => (typeof config[key] === 'number' ? config[key] : NaN);
  if (isPast(name)) {
    const heads = number('num_key_value_heads') || number('num_attention_heads') || number('n_head');
    return [batch, heads, /encoder/.test(name) ? encoder : past, NaN];
  }
  if (/encoder_hidden_states|encoder_outputs/.test(name)) return [batch, encoder, NaN];
  if (/encoder_attention_mask/.test(name)) return [batch, encoder];
  if (/attention_mask/.test(name)) return input.dims?.length === 4 ? [batch, 1, position, past + position] : [batch, past + position];
  if (/pixel_values/.test(name)) {
    // Some models take patches cut already: [batch, patch, numbers], or one long list of them.
    if (input.dims?.length === 3) return [batch, position, NaN];
    if (input.dims?.length === 2) return [NaN, NaN];
    return input.dims?.length === 5 ? [batch, 1, 3, side, side] : [batch, 3, side, side];
  }
  if (/position_ids|token_type_ids|input_ids|inputs_embeds|decoder_input_ids|pixel_mask/.test(name)) {
    return input.dims?.length === 3 && /position_ids/.test(name) ? [3, batch, position] : [batch, position, NaN];
  }
  return [batch];
}
