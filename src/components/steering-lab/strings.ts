// SPDX-License-Identifier: MIT
import { sentences } from '../shared/sentences.js';

/** The sentences of `<steering-lab>`. */
export const steeringStrings = /* @__PURE__ */ sentences({
  steeringGrid: 'Text without and with the vector',
  steeringGridHint: 'Arrow keys go through the tokens, Enter locks, Escape lets go.',
  withoutVector: 'Without the vector',
  withVector: (strength: string) => `With the vector, strength ${strength}`,
  steeringStrength: 'Strength of the vector',
  steeringPart: (layers: string, strength: string, nth: number, token: string, own: string, base: string, other: string) =>
    `With the vector at ${layers}, strength ${strength}, the texts part at new token ${nth}: ${token} (${own}) in place of ${base} (${other}).`,
  steeringSame: (layers: string, strength: string) => `With the vector at ${layers}, strength ${strength}, the text stays the same.`,
  steeringZero: 'At strength 0 nothing is added, so both texts are the same.',
  steeringEnds: (layers: string, strength: string, nth: number) =>
    `With the vector at ${layers}, strength ${strength}, one of the texts ends at new token ${nth}, where the other goes on.`,
  steeringLayers: (layers: readonly number[]) => (layers.length === 1 ? `layer ${layers[0]}` : `layers ${layers.join(', ')}`),
  steeredToken: (token: string, own: string, other: string | undefined) =>
    other === undefined ? `${token}: ${own} with the vector` : `${token}: ${own} with the vector, ${other} without it after the same text`,
  baseToken: (token: string, own: string, other: string | undefined) =>
    other === undefined
      ? `${token}: ${own} without the vector`
      : `${token}: ${own} without the vector, ${other} with it after the same text`,
  steeringLegend: 'The vector makes a token',
  steeringLess: '100× less likely',
  steeringMore: '100× likelier',
  steeringVector: 'The vector',
  steeringFound: (method: string, count: number, positive: string, negative: string) =>
    `${method} of ${count} ${count === 1 ? 'pair' : 'pairs'} of prompts, such as "${positive}" and "${negative}". Each dot is a prompt, read at its last token, along the direction of the layer.`,
  steeringFromFile: (name: string) => `From ${name}; the prompts that it was found from are not known.`,
  steeringFile: 'a file',
  steeringMethods: {
    'mean-difference': 'Mean difference',
    'pca-diff': 'First component of the differences',
    'pca-center': 'First component of the centred pairs',
    'pca-uncentered': 'First component, not centred',
    logistic: 'Logistic regression',
    actadd: 'Difference at every position (ActAdd)',
  },
  steeringMethod: 'Method',
  positivePrompts: 'Prompts with the trait, one a line',
  negativePrompts: 'Their pairs without it, line by line',
  positiveDot: 'with the trait',
  negativeDot: 'without it',
  steeringLayer: 'Layer',
  steerAtLayer: (layer: number) => `Steer at layer ${layer}`,
  steeringAlong: 'Prompts along the vector',
  steeringLength: 'Length',
  steeringApart: 'd′',
  steeringApartHint: 'distance of the means in standard deviations',
  steeringHeldOut: 'Held out',
  steeringHeldOutHint: 'pairs in the right order along a vector that was found without them',
  steeringSeparation: (layer: number, apart: string) =>
    `At layer ${layer} the means of the two sides lie ${apart} standard deviations apart (d′).`,
  steeringHeldOutSentence: (right: number, count: number) =>
    `A vector found without them puts ${right} of ${count} held-out pairs in the right order.`,
  steeringHeldOutOf: (right: number, count: number) => `${right} of ${count}`,
  steeringPlot: (layer: number, low: string, high: string, below: string, above: string) =>
    `Layer ${layer}: prompts with the trait from ${low} to ${high}, without it from ${below} to ${above}`,
  steeringDot: (layer: number, prompt: string, value: string) => `layer ${layer}: "${prompt}" lies at ${value} along the vector`,
  saveVector: 'Save the vector',
  loadVector: 'Load a vector',
  noVectorFile: (name: string, reason: string) => `${name} is no steering vector that can be read: ${reason}`,
  noPairs: 'Write at least one pair of prompts, one prompt a line on each side.',
  unevenPairs: (positive: number, negative: number) =>
    `Prompts are paired line by line, and there are ${positive} on the one side and ${negative} on the other. Add or remove lines.`,
  samePair: (line: number) => `Both prompts of line ${line} are the same. Change one of them.`,
  writeAgain: 'Write again',
  steeringPlaces: (places: string) => `along the vector at layer ${places}`,
  steeringTexts: 'Strength or prompt',
  writtenText: 'Text or place',
});
