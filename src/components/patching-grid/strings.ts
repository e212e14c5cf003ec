// SPDX-License-Identifier: MIT

const states: Readonly<Record<string, string>> = {
  resid_pre: 'residual stream before each layer',
  resid_mid: 'residual stream between attention and MLP',
  attn_out: 'attention outputs',
  mlp_out: 'MLP outputs',
  head_out: 'head outputs',
  head_q: 'queries',
  head_k: 'keys',
  head_v: 'values',
  head_pattern: 'attention patterns',
  state: 'residual stream behind each layer',
  mlp: 'MLP outputs',
  attn: 'attention outputs',
  block_every: 'stream, attention and MLP',
  head_every: 'heads: output, queries, keys, values, pattern',
};

const parts: Readonly<Record<string, string>> = {
  attn_out: 'attention of ',
  mlp_out: 'MLP of ',
  mlp: 'MLPs around ',
  attn: 'attention around ',
  head_q: 'queries of ',
  head_k: 'keys of ',
  head_v: 'values of ',
};

/** `head_q_by_pos` is about the same states as `head_q`. */
const short = (site: string): string => site.replace(/_by_pos$|_by_dest$|_dest_src$|_by_pos(?=_every)/, '');

/** The sentences of `<patching-grid>`. */
export const patchingStrings = {
  patchingLabel: (site: string) => `Sweep: ${states[short(site)] ?? (site || 'values')}`,
  patchingHint: 'Arrow keys move, Enter locks, Escape lets go.',
  patchingHintMove: 'Space picks a state up; arrow keys and Space put it elsewhere.',
  /** What a site is, in a choice: "queries". */
  patchingSite: (site: string) => states[short(site)] ?? site,
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
  patchingProgress: (done: number, of: number) => `${done} of ${of} cells`,
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
  clean: 'clean',
  corrupted: 'corrupted',
  noised: 'noised',
  patched: 'patched',
  cleanField: 'Clean',
  corruptedField: 'Corrupted',
  answerField: 'Answer',
  wrongField: 'Instead of',
  siteField: 'Patch',
  patchingNeeds: 'A sweep needs an answer, and patching a second prompt. Fill in the fields, or the attributes answer and corrupted.',
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
};
