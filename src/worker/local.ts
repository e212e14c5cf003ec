// SPDX-License-Identifier: MIT
import { recordFigure, type FigureModel } from '../core/figures/index.js';
import { configure, HookedModel, type Environment, type OpenOptions } from '../core/model/index.js';

/** Opens a model on the page's own thread, for figures. `settings` are those of the page. */
export async function openLocal(source: string, options: OpenOptions, settings: Environment = {}): Promise<FigureModel> {
  configure(settings);
  const model = await HookedModel.fromPretrained(source, options);
  try {
    // The first run fetches ONNX Runtime's WebAssembly and compiles the model: a part of opening it, which the reader can still cancel.
    if (model.hooks.architecture.family !== 'vision') await model.run([0], options.signal ? { signal: options.signal } : {});
  } catch (error) {
    await model.dispose();
    throw error;
  }
  return {
    name: model.info.name,
    thread: 'page',
    figure: (kind, figureOptions, context) => recordFigure(model, kind, figureOptions, context),
    dispose: () => model.dispose(),
  };
}
