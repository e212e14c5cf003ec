// SPDX-License-Identifier: MIT
import { reasonOf, VitrineError } from '../../errors.js';
import { fromHookLayout } from '../../hooks/layout.js';
import type { HookSite } from '../../hooks/types.js';
import { toFloat32, type NumericArray } from '../../runtime/element-types.js';
import { floatToHalf } from '../../runtime/float16.js';
import type { Backend, RuntimeTensor } from '../../runtime/types.js';
import { materialise } from '../materialise.js';
import { Tensor } from '../tensor.js';
import { applyEdit } from './apply.js';
import type { Edit } from './edit.js';
import type { Pass } from './selection.js';

/** What a hook function is told beside the activation. */
export interface HookContext {
  /** Full name of the hook. */
  hook: string;
  /** 0 for the prompt, n for the pass that reads the n-th new token. */
  step: number;
  /** Positions before this pass that lie in the cache: the activation's position 0 is absolute position `past`. */
  past: number;
  /** [batch][position] ids of the sequence so far. */
  ids: readonly (readonly number[])[];
}

/**
 * A function of an activation, run between two pieces of the model. What it returns takes the activation's place; nothing means no change.
 * The tensor that it gets is its own to change and return.
 */
export type HookFunction = (activation: Tensor, context: HookContext) => Tensor | void | undefined | Promise<Tensor | void | undefined>;

/** One thing to do at a tensor, in order: an edit that could not be compiled, or a function. */
export interface TensorAction {
  site: HookSite;
  edit?: Edit;
  run?: HookFunction;
}

/** Runs the actions at one tensor: to the hook's own axes, change, and back into the graph's layout. */
export async function runActions(
  actions: readonly TensorAction[],
  raw: RuntimeTensor,
  pass: Pass,
  backend: Backend,
): Promise<RuntimeTensor> {
  const onGpu = raw.location === 'gpu-buffer';
  const data = (onGpu ? await raw.getData!() : raw.data) as NumericArray;
  let floats = toFloat32(raw.type, data);
  let changed = false;
  for (const { site, edit, run } of actions) {
    const before = materialise(site, { type: 'float32', data: floats, dims: raw.dims }, { batch: pass.batch, pos: pass.count });
    const after = edit ? applyEdit(edit, site, before, pass) : await runHook(site, run!, before.clone(), pass);
    if (!after || after === before) continue;
    const axisLengths = { b: pass.batch, s: pass.count, q: pass.count, k: pass.past + pass.count };
    floats = fromHookLayout(after.data, raw.dims, site, { axisLengths, base: floats });
    changed = true;
  }
  if (!changed) return raw;
  return backend.tensor(raw.type, raw.type === 'float16' ? floatToHalf(floats) : floats, raw.dims);
}

async function runHook(site: HookSite, run: HookFunction, activation: Tensor, pass: Pass): Promise<Tensor | undefined> {
  const { name } = site;
  let result: Tensor | void | undefined;
  try {
    result = await run(activation, { hook: name, step: pass.step, past: pass.past, ids: pass.ids });
  } catch (error) {
    if (error instanceof VitrineError && error.code === 'aborted') throw error;
    const message = reasonOf(error);
    throw new VitrineError('hook-failed', `The hook function on ${name} threw: ${message}`, { cause: error });
  }
  if (result === undefined) return undefined;
  if (!(result instanceof Tensor)) {
    throw new VitrineError('hook-failed', `The hook function on ${name} must return a Tensor or nothing; it returned ${typeof result}.`);
  }
  if (result.dims.join() !== activation.dims.join()) {
    throw new VitrineError(
      'hook-failed',
      `The hook function on ${name} must return the shape that it was given, [${activation.dims.join(', ')}]; it returned [${result.dims.join(', ')}].`,
    );
  }
  const bad = result.data.findIndex(Number.isNaN);
  if (bad >= 0)
    throw new VitrineError('hook-failed', `The hook function on ${name} returned NaN, first at index ${bad} of ${result.size} values.`);
  return result;
}
