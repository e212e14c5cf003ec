// SPDX-License-Identifier: MIT
import { sentences } from '../../shared/sentences.js';
import { short, states } from '../strings.js';

const parts: Readonly<Record<string, string>> = {
  attn_out: 'attention of ',
  mlp_out: 'MLP of ',
  mlp: 'MLPs around ',
  attn: 'attention around ',
  head_q: 'queries of ',
  head_k: 'keys of ',
  head_v: 'values of ',
};

/** The sentences of the picture. */
export const pictureStrings = /* @__PURE__ */ sentences({
  patchingLabel: (site: string) => `Sweep: ${states[short(site)] ?? (site || 'values')}`,
  patchingHint: 'Arrow keys move, Enter locks, Escape lets go.',
  patchingHintMove: 'Space picks a state up; arrow keys and Space put it elsewhere.',
  /** A layer or a head as the beginning of a sentence: "MLP of layer 2", "queries of head 2.5". */
  patchingPart: (site: string, layer: number | string, head: number | string | undefined) =>
    `${parts[short(site)] ?? ''}${head === undefined ? `layer ${layer}` : `head ${layer}.${head}`}${site === 'resid_mid' ? ' after attention' : ''}`,
  patchingAt: (token: string, position: number) => `at ${token} (${position})`,
  patchingFrom: (token: string, position: number) => `from ${token} (${position})`,
  patchingTo: (token: string, position: number) => `to ${token} (${position})`,
  patchingMissing: 'not computed',
  patchingRestores: (value: string, metric: string) => `restores ${value} of the ${metric}`,
  patchingTakes: (value: string, metric: string) => `takes away ${value} of the ${metric}`,
  patchingAgainst: (value: string, metric: string) => `moves the ${metric} by ${value} of the difference, the other way`,
  patchingNothing: (metric: string) => `leaves the ${metric} as it is`,
  patchingMetric: (value: string, metric: string, base: string) => `${metric} ${value}, unpatched ${base}`,
  patchingAblated: (value: string, metric: string) => `without it the ${metric} changes by ${value}`,
  patchingTraced: (value: string, metric: string) => `brings back ${value} of the ${metric}`,
  patchingIdle: {
    patching: (site: string, from: string, into: string) =>
      `Each cell: ${states[short(site)] ?? site}, ${from} values put into the ${into} run.`,
    ablation: (site: string) => `Each cell: ${states[short(site)] ?? site}, taken away.`,
    tracing: (site: string) => `Each cell: ${states[short(site)] ?? site}, restored in a run whose subject is noise.`,
  },
  patchingEnds: (into: string, base: string, from: string, source: string) => `0: as ${into} (${base}), 1: as ${from} (${source}).`,
  patchingRuns: (metric: string, clean: string, corrupted: string) => `${metric}: clean ${clean}, corrupted ${corrupted}.`,
  patchingBase: {
    patching: (metric: string, base: string) => `${metric} before: ${base}.`,
    ablation: (metric: string, base: string) => `${metric} before: ${base}.`,
    tracing: (metric: string, base: string) => `${metric} with the noise: ${base}.`,
  },
  patchingStopped: (done: number, of: number) => `Stopped after ${done} of ${of} cells.`,
  patchingLegend: {
    restored: (metric: string) => `share of the ${metric} restored`,
    taken: (metric: string) => `share of the ${metric} taken away`,
    change: (metric: string, unit: string) => `change of the ${metric}${unit}`,
    metric: (metric: string, unit: string) => `${metric}${unit}`,
  },
  patchingUnits: { 'logit difference': 'logits', 'log-probability': 'nats', 'log-odds': 'nats', rank: 'ranks' } as Readonly<
    Record<string, string>
  >,
  patchingAxis: { head: 'Head', layer: 'Layer', site: 'Of', pos: 'Position', dest: 'From', view: 'Show' } as Readonly<
    Record<string, string>
  >,
  patchingViews: { positions: 'all positions', heads: 'heads by layer' },
  layerWord: 'layer',
  headWord: 'head',
  patched: 'patched',
  /** A state of one run, put somewhere into the other. */
  moved: (run: string, from: string, to: string) => `${run} state of ${from}, put into ${to}`,
  outputsLabel: 'Next token',
  outputRunning: 'Running',
  outputAbsent: 'Not recorded.',
  outputSaid: (token: string, probability: string) => `Patched, the likeliest next token is ${token}, ${probability}.`,
  moveState: 'Move this state',
  moveStop: 'Leave it',
  moveHere: 'Choose where it goes.',
  patchingRows: 'Part',
  patchingCells: 'Strongest effects',
});
