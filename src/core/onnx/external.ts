// SPDX-License-Identifier: MIT
import { innerGraphs, withInnerGraphs } from './graph.js';
import type { OnnxGraph, OnnxModel, OnnxTensor } from './types.js';

/** Options of {@link pointIntoFile}. */
export interface PointIntoFileOptions {
  /**
   * Tensors with fewer bytes stay inside. ONNX Runtime infers shapes from small constants, which it must see.
   * @defaultValue 1024
   */
  minimumBytes?: number;
}

/**
 * A model whose weights are references into the file that it was read from, so that a rewritten model is small and its weights
 * are neither copied nor stored twice. Tensors that already are external, and tensors whose bytes are not in `file`, stay as
 * they are. The given model is not changed.
 *
 * To run it, ONNX Runtime needs the original file: in a page as `externalData: [{ path: location, data: file }]`, in Node better as
 * `extra.session.model_external_initializers_file_folder_path`, its folder, where it maps the weights into memory.
 *
 * @param file - the bytes given to `readModel`
 * @param location - the name by which the runtime will find them
 * @example
 * const small = writeModel(pointIntoFile(model, bytes, 'model.onnx'));   // 1.5 MB for a file of 654 MB
 */
export function pointIntoFile(model: OnnxModel, file: Uint8Array, location: string, options: PointIntoFileOptions = {}): OnnxModel {
  const minimum = Math.max(1, options.minimumBytes ?? 1024);
  const point = (tensor: OnnxTensor): OnnxTensor => {
    const { raw, ...rest } = tensor;
    if (raw === undefined || raw.length < minimum || raw.buffer !== file.buffer) return tensor;
    const offset = raw.byteOffset - file.byteOffset;
    if (offset < 0 || offset + raw.length > file.length) return tensor;
    return { ...rest, external: { location, offset, length: raw.length } };
  };
  return { ...model, graph: mapInitializers(model.graph, point) };
}

/**
 * A model whose references lead to other file names, as `names` maps old to new; others stay. Needed where files are links: ONNX Runtime
 * refuses a link that leads out of the folder it was given, so give it the folder and the names of the real files. (The cache of
 * Python's huggingface_hub is made of such links.)
 *
 * @example
 * relocateExternal(model, new Map([['model.onnx_data', basename(await realpath('model.onnx_data'))]]))
 */
export function relocateExternal(model: OnnxModel, names: ReadonlyMap<string, string>): OnnxModel {
  const relocate = (tensor: OnnxTensor): OnnxTensor => {
    const location = tensor.external && names.get(tensor.external.location);
    return location === undefined ? tensor : { ...tensor, external: { ...tensor.external!, location } };
  };
  return { ...model, graph: mapInitializers(model.graph, relocate) };
}

/** The other files that a model's tensors lie in, each once: `model.onnx_data`. */
export function externalFiles(graph: OnnxGraph): string[] {
  const files = new Set<string>();
  const visit = (current: OnnxGraph): void => {
    for (const { external } of current.initializers) if (external !== undefined) files.add(external.location);
    for (const node of current.nodes) innerGraphs(node).forEach(visit);
  };
  visit(graph);
  return [...files];
}

/** A graph with every initializer changed, those of branches too. */
function mapInitializers(graph: OnnxGraph, change: (tensor: OnnxTensor) => OnnxTensor): OnnxGraph {
  const nodes = graph.nodes.map((node) => withInnerGraphs(node, (inner) => mapInitializers(inner, change)));
  return { ...graph, nodes, initializers: graph.initializers.map(change) };
}
