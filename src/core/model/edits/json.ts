// SPDX-License-Identifier: MIT

/**
 * Edits as JSON: exact, so that a figure, a file or another thread gets the change that was made and not one like it.
 *
 * Tensors are float32, little-endian, in base64, with their dims and the names of their axes; or they lie in a safetensors file and are
 * named. JSON has no infinity, so that an open side of a cap is written as text. What is read is not trusted: every field is checked, and
 * lengths before memory is taken.
 */
import { Tensor } from '../tensor.js';
import type { Edit } from './edit.js';
import { bad, fields, finite, list, text, type Fields } from './json-checks.js';
import { readSelection } from './json-selection.js';
import { readValues, storeValues, type StoredValues } from './json-values.js';
import type { Selection } from './selection.js';

/** A number; infinities as text. */
export type JsonNumber = number | 'Infinity' | '-Infinity';

/** A tensor in a safetensors file. */
export interface TensorReference {
  /** Where the file lies. */
  readonly safetensors: string;
  /** Name of the tensor in it. */
  readonly tensor: string;
  /** Names of the axes, which safetensors does not hold. */
  readonly axes: readonly string[];
}

/** One edit as JSON: the fields of {@link Edit}, with tensors and directions written out or referred to. */
export type EditJson = { readonly hook: string; readonly select: Selection } & (
  | { readonly op: 'set'; readonly value: StoredValues | TensorReference }
  | { readonly op: 'add'; readonly value: StoredValues | TensorReference; readonly scale: number; readonly keepNorm?: boolean }
  | { readonly op: 'scale'; readonly factor: number }
  | { readonly op: 'rank-one'; readonly read: StoredValues | TensorReference; readonly write: StoredValues | TensorReference }
  | {
      readonly op: 'clamp';
      readonly direction: StoredValues | TensorReference;
      readonly low: JsonNumber;
      readonly high: JsonNumber;
    }
  | { readonly op: 'noise'; readonly sigma: number; readonly seed: number }
);

/** Reads one tensor of a safetensors file. */
export type LoadTensor = (reference: TensorReference) => Promise<Tensor>;

export interface EditsToJsonOptions {
  /** Says where a tensor lies instead of writing it out; undefined writes it out. Directions come as tensors with the one axis "last". */
  refer?: (value: Tensor, edit: Edit) => Omit<TensorReference, 'axes'> | undefined;
}

/**
 * Edits as plain data that `JSON.stringify` and `postMessage` take as it is.
 *
 * @throws VitrineError `invalid-input` for NaN in a value, and for a selection that JSON cannot hold
 * @example
 * const json = JSON.stringify(editsToJson([edit.add('blocks.6.hook_resid_pre', vector, { scale: 4 })]));
 * await model.run(prompt, { edits: editsFromJson(JSON.parse(json)) });
 */
export function editsToJson(edits: readonly Edit[], options: EditsToJsonOptions = {}): EditJson[] {
  return edits.map((edit, index) => {
    const path = `edits[${index}]`;
    const store = (value: Tensor, field: string): StoredValues | TensorReference => {
      const place = options.refer?.(value, edit);
      return place ? { safetensors: place.safetensors, tensor: place.tensor, axes: value.axes } : storeValues(value, `${path}.${field}`);
    };
    const direction = (values: Float32Array, field: string): StoredValues | TensorReference =>
      store(new Tensor(values, [values.length], ['last']), field);
    const common = { hook: edit.hook, select: readSelection(edit.select, `${path}.select`) };
    switch (edit.op) {
      case 'set':
        return { ...common, op: edit.op, value: store(edit.value, 'value') };
      case 'add':
        return {
          ...common,
          op: edit.op,
          value: store(edit.value, 'value'),
          scale: edit.scale,
          ...(edit.keepNorm ? { keepNorm: true } : {}),
        };
      case 'scale':
        return { ...common, op: edit.op, factor: edit.factor };
      case 'rank-one':
        return { ...common, op: edit.op, read: direction(edit.read, 'read'), write: direction(edit.write, 'write') };
      case 'clamp':
        return {
          ...common,
          op: edit.op,
          direction: direction(edit.direction, 'direction'),
          low: storeNumber(edit.low),
          high: storeNumber(edit.high),
        };
      case 'noise':
        return { ...common, op: edit.op, sigma: edit.sigma, seed: edit.seed };
    }
  });
}

/**
 * The edits that {@link editsToJson} wrote.
 *
 * @param json - what `JSON.parse` gave; anything may be in it
 * @throws VitrineError `invalid-input` that names the first field that is wrong; also where a tensor lies in another file, for which
 *   there is {@link loadEdits}
 */
export function editsFromJson(json: unknown): Edit[] {
  return list(json, 'edits', (entry, path) =>
    readEdit(entry, path, (value, at) => {
      if (isReference(value)) throw bad(at, 'a tensor written out (loadEdits() reads those in files)', value);
      return readValues(value, at);
    }),
  );
}

/**
 * As {@link editsFromJson}, for edits some of whose tensors lie in safetensors files.
 *
 * @param load - reads a tensor by reference; each is read once
 * @throws VitrineError `invalid-input`, and whatever `load` throws
 * @example
 * const edits = await loadEdits(json, ({ safetensors, tensor }) => readTensor(new URL(safetensors, base), tensor));
 */
export async function loadEdits(json: unknown, load: LoadTensor): Promise<Edit[]> {
  const loaded = new Map<string, Promise<Tensor>>();
  const key = ({ safetensors, tensor, axes }: TensorReference): string => JSON.stringify([safetensors, tensor, axes]);
  list(json, 'edits', (entry, path) => {
    for (const [name, value] of Object.entries(fields(entry, path))) {
      if (!isReference(value)) continue;
      const reference = readReference(value, `${path}.${name}`);
      if (!loaded.has(key(reference))) loaded.set(key(reference), load(reference));
    }
  });
  const tensors = new Map<string, Tensor>();
  for (const [name, promise] of loaded) tensors.set(name, await promise);
  return list(json, 'edits', (entry, path) =>
    readEdit(entry, path, (value, at) => {
      if (!isReference(value)) return readValues(value, at);
      const reference = readReference(value, at);
      const tensor = tensors.get(key(reference))!;
      if (tensor.dims.length !== reference.axes.length) {
        throw bad(`${at}.axes`, `one name for each of the ${tensor.dims.length} dims of "${reference.tensor}"`, reference.axes);
      }
      return new Tensor(tensor.data, tensor.dims, reference.axes);
    }),
  );
}

function readEdit(entry: unknown, path: string, tensor: (value: unknown, path: string) => Tensor): Edit {
  const from = fields(entry, path);
  const hook = text(from['hook'], `${path}.hook`);
  if (hook === '') throw bad(`${path}.hook`, 'the name of a hook', hook);
  const common = { hook, select: readSelection(from['select'], `${path}.select`) };
  const number = (name: string): number => finite(from[name], `${path}.${name}`);
  const value = (): Tensor => tensor(from['value'], `${path}.value`);
  const direction = (name: string): Float32Array => {
    const read = tensor(from[name], `${path}.${name}`);
    if (read.dims.length === 1 && read.size > 0) return read.data;
    throw bad(`${path}.${name}`, 'a vector (one axis, at least one value)', read.dims);
  };
  const op = from['op'];
  switch (op) {
    case 'set':
      return { ...common, op, value: value() };
    case 'add': {
      const keepNorm = from['keepNorm'] ?? false;
      if (typeof keepNorm !== 'boolean') throw bad(`${path}.keepNorm`, 'true or false', keepNorm);
      return { ...common, op, value: value(), scale: number('scale'), ...(keepNorm ? { keepNorm } : {}) };
    }
    case 'scale':
      return { ...common, op, factor: number('factor') };
    case 'rank-one': {
      const [read, write] = [direction('read'), direction('write')];
      if (read.length === write.length) return { ...common, op, read, write };
      throw bad(`${path}.write`, `${read.length} values, as \`read\` has`, write.length);
    }
    case 'clamp': {
      const [low, high] = [readNumber(from, 'low', path), readNumber(from, 'high', path)];
      if (low <= high) return { ...common, op, direction: direction('direction'), low, high };
      throw bad(`${path}.high`, `at least \`low\`, ${low}`, high);
    }
    case 'noise':
      return { ...common, op, sigma: number('sigma'), seed: number('seed') };
    default:
      throw bad(`${path}.op`, '"set", "add", "scale", "rank-one", "clamp" or "noise"', op);
  }
}

function isReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'safetensors' in value;
}

function readReference(value: unknown, path: string): TensorReference {
  const from = fields(value, path);
  return {
    safetensors: text(from['safetensors'], `${path}.safetensors`),
    tensor: text(from['tensor'], `${path}.tensor`),
    axes: list(from['axes'], `${path}.axes`, text),
  };
}

function storeNumber(value: number): JsonNumber {
  if (value === Infinity) return 'Infinity';
  return value === -Infinity ? '-Infinity' : value;
}

function readNumber(from: Fields, name: string, path: string): number {
  const value = from[name];
  if (value === 'Infinity') return Infinity;
  return value === '-Infinity' ? -Infinity : finite(value, `${path}.${name}`);
}
