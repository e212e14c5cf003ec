// SPDX-License-Identifier: MIT
import { HookedModel } from '../core/index.js';
import { choice, type OptionSpec, type Parsed } from './arguments.js';
import { progressLine, type Terminal } from './terminal.js';

/** Options of every command that opens a model. */
export const modelOptions: Readonly<Record<string, OptionSpec>> = {
  dtype: { value: 'name', describe: 'fp32, fp16, q8, q4, q4f16, ... (fp32 where it is left out)' },
  file: { value: 'path', describe: 'the ONNX file, where a folder has several: onnx/decoder_model.onnx' },
  revision: { value: 'name', describe: 'branch, tag or commit on the hub' },
  device: { value: 'name', describe: 'cpu or wasm' },
};

/** Opens the model of a command line, uses it, and frees it. */
export async function withModel<T>({ positional, text }: Parsed, terminal: Terminal, use: (model: HookedModel) => Promise<T>): Promise<T> {
  const { onProgress, clear } = progressLine(terminal);
  const { dtype, file, revision } = text;
  const device = choice('device', text['device'], ['cpu', 'wasm', 'webgpu']);
  const options = { ...(dtype && { dtype }), ...(file && { file }), ...(revision && { revision }), ...(device && { device }), onProgress };
  try {
    const model = await HookedModel.fromPretrained(positional['model']!, options);
    try {
      clear();
      return await use(model);
    } finally {
      await model.dispose();
    }
  } finally {
    clear();
  }
}
