// SPDX-License-Identifier: MIT
import { sentences } from './sentences.js';
import type { Provenance } from './core.js';

/** The sentences that every figure can need; each element has its own beside it. `setStrings` replaces some. */
export const strings = /* @__PURE__ */ sentences({
  loading: 'Loading the figure',
  retry: 'Try again',
  locked: 'locked',
  textAlternative: 'As text',
  runLive: (size: string | undefined) => (size ? `Run live (${size}, on your device)` : 'Run live (on your device)'),
  cancel: 'Cancel',
  run: 'Run',
  prompt: 'Prompt',
  running: 'Running',
  waiting: 'Waiting for another figure',
  save: 'Save',
  saveAs: { png: 'Picture (PNG)', svg: 'Drawing (SVG)', json: 'Data (JSON)', csv: 'Table (CSV)', html: 'Page (HTML)' },
  provenance: ({ model, revision, dtype, vitrine }: Provenance) =>
    `${[model, revision && revision !== 'main' ? `revision ${revision}` : '', dtype].filter(Boolean).join(', ')}; recorded with Vitrine ${vitrine}`,
  liveFrom: (model: string) => `Live, ${model}`,
  recordedFrom: (model: string) => `Recorded, ${model}`,
  downloading: (done: string, total: string | undefined) => (total ? `Downloading: ${done} of ${total}` : `Downloading: ${done}`),
  preparing: 'Preparing the model',
  modelReady: (name: string, withoutWorker: boolean) =>
    `${name} runs on your device.${withoutWorker ? ' This page allows no worker, so it can pause while the model runs.' : ''}`,
  modelLabel: (name: string) => `Model ${name}`,
  runFinished: (figure: string) => `${figure}: the run has finished.`,
  selectionLocked: (sentence: string) => `Locked: ${sentence}`,
  noModel: (id: string) => `No <vitrine-model id="${id}"> is on this page. Add one, or correct the model attribute.`,
  noNumber: (tag: string, attribute: string, value: string) =>
    `<${tag} ${attribute}="${value}">: expected a number. The value before it is kept.`,
  modelFailed: 'The model could not be opened.',
  pictureFailed: (tag: string, reason: string) =>
    `What draws <${tag}> could not be loaded (${reason}). Check the connection, then try again or reload the page. On a site of your own, the files of dist/cdn lie together beside vitrine.min.js.`,
  badScript: (tag: string, reason: string) =>
    `The JSON in the script of this <${tag}> cannot be read (${reason}). Check its commas and quotes, and write </script> as <\\/script>.`,
  badSource: (url: string, reason: string) => `${url} is not JSON (${reason}). Check the src attribute.`,
  failedSource: (url: string, reason: string) => `${url} could not be loaded (${reason}). Check the src attribute and the connection.`,
  special: (text: string) => `special token ${text}`,
  space: 'space',
  spaces: (count: number) => `${count} spaces`,
  newline: 'newline',
  newlines: (count: number) => `${count} newlines`,
  tab: 'tab',
  carriageReturn: 'carriage return',
  bytes: (hex: string) => `bytes ${hex}`,
  byteRun: (hex: string, part: number, of: number, character: string) => `bytes ${hex}, part ${part} of ${of} of ${character}`,
  emptyToken: 'empty token',
});
