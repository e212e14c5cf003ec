// SPDX-License-Identifier: MIT
import {
  ablationSweep,
  activationPatching,
  causalTracing,
  metricOf,
  Tensor,
  type HookedModel,
  type OnProgress,
  type Sweep,
} from '../core/index.js';
import type { SentSweep, Sweeps } from './protocol.js';

const SWEEPS = { activationPatching, ablationSweep, causalTracing };

/** Runs a sweep in the worker: the empty grid first, then every cell as it is computed. */
export async function runSweep(
  model: HookedModel,
  name: keyof Sweeps,
  { metric, ...options }: SentSweep & { signal: AbortSignal; onProgress?: OnProgress },
  step: (value: unknown) => void,
): Promise<void> {
  const start = SWEEPS[name] as (model: HookedModel, options: object) => Sweep;
  const sweep = start(model, { ...options, metric: metricOf(metric) });
  const { complete: _, grid, ...rest } = await sweep.prepare();
  step({ ...rest, grid: new Tensor(grid.data.slice(), grid.dims, grid.axes) }); // a copy, as buffers are handed over
  // The sweep lets messages in before every batch, so that a cancel is heard.
  for await (const { index, value, values } of sweep) step({ index, value, values });
}
