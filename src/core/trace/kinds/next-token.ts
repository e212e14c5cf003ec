// SPDX-License-Identifier: MIT
import { readArray, readBase, readHead, readVocabulary, requireTexts } from '../base.js';
import { checkBoolean, checkFinite, checkInteger, checkList, checkObject, invalidField } from '../check.js';
import type { TraceArray, TraceBase } from '../types.js';

/** One token that beam search has looked at. */
export interface BeamNode {
  /** Place of the token before it in the list; -1 for the first new token. */
  parent: number;
  id: number;
  /** Sum of log-probabilities from the prompt to this token, nats. */
  logProbability: number;
  /** Among the best of its depth, and so continued. */
  kept: boolean;
}

/** What comes after a prompt: the likeliest tokens, step by step along a continuation. */
export interface NextTokenTrace extends TraceBase {
  kind: 'next-token';
  /** The continuation: token ids, one for each step; the last step can be without one. */
  chosen: number[];
  /** The likeliest ids of each step and those that stand in the text before, most likely first: [step, candidate]. */
  ids: TraceArray;
  /** Their logits: [step, candidate]. */
  logits: TraceArray;
  /** The temperatures for which `rest` is known. */
  temperatures: number[];
  /** log of the sum of exp(logit / temperature) over all tokens that are not in `ids`: [step, temperature]. */
  rest: TraceArray;
  /**
   * The largest logit among the tokens that are not in `ids`: what lies above it is ranked exactly: [step]. Where it is left out, `ids` are the
   * likeliest tokens and no others.
   */
  below?: TraceArray;
  /** Rank of each token of the continuation, from 0, where the candidates do not tell it. */
  chosenRanks?: number[];
  /** Text of every id that occurs. */
  vocabulary: Record<string, string>;
  /** Beam search from the prompt, depth by depth. */
  beams?: { width: number; nodes: BeamNode[] };
}

/** As `readTrace`, for figures of the next token. @throws VitrineError `invalid-trace` for anything else */
export function readNextTokenTrace(value: unknown): NextTokenTrace {
  const { fields, kind } = readHead(value, ['next-token']);
  const base = readBase(fields);
  const chosen = checkList(fields['chosen'], 'trace.chosen', (id, at) => checkInteger(id, at));
  const temperatures = checkList(fields['temperatures'], 'trace.temperatures', checkFinite);
  if (!temperatures.includes(1)) throw invalidField('trace.temperatures', 'a list with 1 in it', temperatures.join(', '));
  const ids = readArray(fields['ids'], 'trace.ids', 'step, candidate', [undefined, undefined]);
  const [steps, candidates] = ids.shape as [number, number];
  if (steps === 0 || (steps !== chosen.length && steps !== chosen.length + 1)) {
    const wanted = `[${chosen.length + 1}, any] (step, candidate), or a step fewer, for ${chosen.length} tokens in trace.chosen`;
    throw invalidField('trace.ids.shape', wanted, `[${ids.shape.join(', ')}]`);
  }
  const vocabulary = readVocabulary(fields['vocabulary']);
  requireTexts(vocabulary, ids.values, 'ids');
  requireTexts(vocabulary, chosen, 'chosen');
  const trace: NextTokenTrace = {
    ...base,
    kind,
    chosen,
    ids,
    logits: readArray(fields['logits'], 'trace.logits', 'step, candidate', [steps, candidates]),
    temperatures,
    rest: readArray(fields['rest'], 'trace.rest', 'step, temperature', [steps, temperatures.length]),
    ...(fields['below'] !== undefined && { below: readArray(fields['below'], 'trace.below', 'step', [steps]) }),
    ...(fields['chosenRanks'] !== undefined && {
      chosenRanks: checkList(fields['chosenRanks'], 'trace.chosenRanks', (rank, at) => checkInteger(rank, at), chosen.length),
    }),
    vocabulary,
  };
  return fields['beams'] === undefined ? trace : { ...trace, beams: readBeams(fields['beams'], vocabulary) };
}

function readBeams(value: unknown, vocabulary: Readonly<Record<string, string>>): NonNullable<NextTokenTrace['beams']> {
  const fields = checkObject(value, 'trace.beams');
  const nodes = checkList(fields['nodes'], 'trace.beams.nodes', (node, at): BeamNode => {
    const { parent, id, logProbability, kept } = checkObject(node, at);
    return {
      parent: checkInteger(parent, `${at}.parent`, -1),
      id: checkInteger(id, `${at}.id`),
      logProbability: checkFinite(logProbability, `${at}.logProbability`),
      kept: checkBoolean(kept, `${at}.kept`),
    };
  });
  nodes.forEach(({ parent }, index) => {
    if (parent >= index) throw invalidField(`trace.beams.nodes[${index}].parent`, 'the place of an earlier node, or -1', parent);
  });
  requireTexts(
    vocabulary,
    nodes.map(({ id }) => id),
    'beams',
  );
  return { width: checkInteger(fields['width'], 'trace.beams.width', 1), nodes };
}
