// SPDX-License-Identifier: MIT

/** Every sentence that a reader can meet, so that a page can say it in another language. */
export const strings = {
  loading: 'Loading the figure',
  retry: 'Try again',
  dismiss: 'Dismiss',
  layer: 'Layer',
  head: 'Head',
  layerNumber: (layer: number) => `layer ${layer}`,
  position: (position: number) => `position ${position}`,
  attention: 'Attention',
  attentionLabel: (layer: number, head: string) => `Attention of layer ${layer}, head ${head}`,
  attentionGridHint: (causal: boolean) =>
    `${causal ? 'Causal: a token attends only to itself and to those before it. ' : ''}Arrow keys move, Enter locks, Escape lets go.`,
  attends: (head: string, query: string, weight: string, key: string, position: number) =>
    `head ${head}: ${query} attends ${weight} to ${key} (position ${position})`,
  attentionCell: (query: string, queryAt: number, key: string, keyAt: number, weight: string) =>
    `query ${query} ${queryAt}, key ${key} ${keyAt}, ${weight}`,
  attentionCaption: (layer: number, head: string) => `Layer ${layer}, head ${head}`,
  attentionIdle: 'Each row shows where one token looks; choose a cell to read its weight.',
  attendsMost: (query: string, list: string) => `from ${query}: ${list}`,
  to: (weight: string, key: string) => `${weight} to ${key}`,
  locked: 'locked',
  masked: 'masked',
  maskedCell: (key: string, query: string) => `${key} comes after ${query}: masked`,
  weightLegend: 'attention weight',
  pooled: (factor: number) => `Each pixel of a thumbnail is the largest of ${factor} × ${factor} weights.`,
  textAlternative: 'As text',
  topKeys: 'Attends most to',
  token: 'Token',
  from: 'from',
  keysAxis: 'to',
  headSummary: (entropy: string) => `Mean entropy of the rows: ${entropy} nats.`,
  lensLabel: 'Logit lens',
  lensGridHint: 'Rows are layers, the last on top; columns are positions. Arrow keys move, Enter locks, Escape lets go.',
  lensPositionHint: 'Rows are layers, the last on top; columns are the likeliest tokens. Arrow keys move, Enter locks, Escape lets go.',
  lensCell: (label: string, after: string, token: string, probability: string) => `${label}, after ${after}: ${token} ${probability}`,
  lensSentence: (label: string, after: string, position: number, token: string, probability: string) =>
    `${label}: after ${after} (position ${position}) the likeliest next token is ${token}, ${probability}`,
  lensTarget: (token: string, probability: string, rank: string) => `${token}: ${probability}, rank ${rank}`,
  lensEntropy: (entropy: string, kl: string) => `entropy ${entropy} nats, ${kl} nats from the output`,
  lensOutput: (entropy: string) => `entropy ${entropy} nats`,
  lensNorm: { recompute: 'final norm recomputed', cached: 'final norm of the whole run' },
  colour: 'Colour shows',
  colourTop: 'probability of the likeliest token',
  colourTarget: (token: string) => `probability of ${token}`,
  probabilityLegend: 'probability',
  earlier: 'Earlier positions',
  later: 'Later positions',
  window: (first: number, last: number, total: number) => `positions ${first} to ${last} of ${total}`,
  promptStrip: 'The prompt; choose a token to read the lens after it',
  point: 'Layer',
  nextToken: 'Likeliest next tokens',
  runLive: (size: string | undefined) => (size ? `Run live (${size}, on your device)` : 'Run live (on your device)'),
  run: 'Run',
  cancel: 'Cancel',
  prompt: 'Prompt',
  promptHint: 'Retype the prompt to run it on your device.',
  running: 'Running',
  waiting: 'Waiting for another figure',
  live: 'Live',
  recorded: 'Recorded',
  liveFrom: (model: string) => `Live, ${model}`,
  recordedFrom: (model: string) => `Recorded, ${model}`,
  downloading: (done: string, total: string | undefined) => (total ? `Downloading: ${done} of ${total}` : `Downloading: ${done}`),
  preparing: 'Preparing the model',
  modelReady: (name: string) => `${name} runs on your device.`,
  modelLabel: (name: string) => `Model ${name}`,
  runFinished: (figure: string) => `${figure}: the run has finished.`,
  selectionLocked: (sentence: string) => `Locked: ${sentence}`,
  noModel: (id: string) => `No <vitrine-model id="${id}"> is on this page. Add one, or correct the model attribute.`,
  modelFailed: 'The model could not be opened.',
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
};

export type Strings = typeof strings;

/**
 * Replaces some sentences on the whole page, before the figures are drawn.
 *
 * @example
 * setStrings({ layer: 'Schicht', head: 'Kopf' });
 */
export function setStrings(changes: Partial<Strings>): void {
  Object.assign(strings, changes);
}
