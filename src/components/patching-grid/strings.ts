// SPDX-License-Identifier: MIT

/** The sentences of `<patching-grid>`. */
export const patchingStrings = {
  patchingLabel: (site: string) => `Effect of changing ${site}`,
  patchingHint: 'Rows are layers, the last on top. Arrow keys move, Enter locks, Escape lets go.',
  patchingSentence: (where: string, value: string, metric: string) => `${where}: ${value}${metric ? ` (${metric})` : ''}`,
  patchingMissing: (where: string) => `${where}: not computed`,
  patchingLayer: (site: string, layer: number | string) => `${site} of layer ${layer}`,
  patchingToken: (token: string, position: number | string) => `at ${token} (${position})`,
  patchingHead: (head: number | string) => `head ${head}`,
  patchingFrom: (token: string, position: number | string) => `from ${token} (${position})`,
  patchingDone: (done: number, of: number) => `${done} of ${of} cells`,
  patchingAxis: { head: 'Head', layer: 'Layer', site: 'Site', pos: 'Position', dest: 'Destination', src: 'Source' } as Record<
    string,
    string
  >,
  patchingNone: 'no effect',
  patchingRestored: 'as the other prompt',
  cleanStrip: 'From',
  corruptedStrip: 'Into',
  patchingSite: 'Change',
  corruptedField: 'Other prompt',
  answerField: 'Answer',
  wrongField: 'Instead of',
  patchingRun: 'Run the sweep',
  patchedOutput: 'What comes out',
  moveState: 'Move it elsewhere',
  dropHere: 'Choose where it goes: an arrow key or the pointer, then Enter or a click. Escape gives up.',
  movedCaption: (from: string, to: string) => `${from}, put ${to}`,
  outputOf: { source: 'from', patched: 'patched', target: 'into' },
  needsPair: 'Give a second prompt and an answer, then run it.',
  patchingRow: 'Layer',
  patchingCells: 'Strongest effects',
};
