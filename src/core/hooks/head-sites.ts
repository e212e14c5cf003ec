// SPDX-License-Identifier: MIT
import type { BlockFacts } from './block-context.js';
import type { AttentionCore } from './cores.js';
import type { Flow } from './flow.js';
import { isReal } from './flow.js';
import { normAfter } from './norm.js';
import type { Norm } from './norm.js';
import { constantOperand, isPassing, projectionOf, strip } from './projection.js';
import type { SiteBook } from './site-book.js';
import type { Stream } from './stream.js';
import type { HookTable } from './types.js';

/** What comes after the last block. */
export interface HeadFacts {
  cuts: string[];
  head?: NonNullable<HookTable['head']>;
  norm?: Norm;
  dVocab: number | null;
}

/**
 * Outputs that may be what the model is for, the likeliest first: logits, or the last hidden state; otherwise those that most
 * attentions lead to.
 */
export function mainOutputs(flow: Flow, cores: readonly AttentionCore[]): string[] {
  const candidates = flow.index.graph.outputs
    .map(({ name }) => name)
    .filter((name) => flow.isContent(name) && !/^present|cache/.test(name));
  const preferred = ['logits', 'last_hidden_state', 'sentence_embedding', 'token_embeddings', 'image_embeds', 'text_embeds'];
  const reach = (name: string): number => {
    const seen = ancestors(flow, name);
    return cores.filter(({ z }) => seen.has(z)).length;
  };
  const rank = (name: string): number => (preferred.includes(name) ? preferred.length - preferred.indexOf(name) : 0);
  const scored = candidates.map((name) => ({ name, reach: reach(name), depth: flow.depth(name) }));
  scored.sort((one, two) => two.reach - one.reach || rank(two.name) - rank(one.name) || two.depth - one.depth);
  return scored.map(({ name }) => name);
}

function ancestors(flow: Flow, tensor: string): Set<string> {
  const seen = new Set([tensor]);
  const queue = [tensor];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const parent of flow.parents(at)) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(parent);
    }
  }
  return seen;
}

/** Names the final norm and the logits, and gathers the cuts. */
export function addHeadSites(context: {
  flow: Flow;
  book: SiteBook;
  stream: Stream;
  blocks: readonly BlockFacts[];
  output: string;
  dModel: number;
  position: number;
}): HeadFacts {
  const { flow, book, stream, blocks, output, dModel, position } = context;
  const last = blocks.at(-1)!;
  const { end, after, norm } = finalNorm(flow, stream.spine, last.output);
  const lengths = { d: dModel };
  if (norm) {
    book.addNorm('ln_final', norm, dModel);
    book.add('ln_final.out', norm.output, { lengths });
  } else if (last.postNorm) book.add('ln_final.out', end, { lengths });
  else book.lack('ln_final.out', 'no norm follows the last block');

  const unembedding = [output, ...after.filter((tensor) => tensor !== output).reverse()].find((tensor) => projectionOf(flow, tensor));
  const dims = flow.dry.dims(output);
  const rank = dims?.length ?? 3;
  const perPosition = rank === 2 && dims?.[1] === position;
  const dVocab = perPosition || rank < 2 ? null : (dims?.at(-1) ?? null);
  const isLogits = unembedding !== undefined && !/hidden|embed|pool/.test(output);
  const byPosition = rank >= 3 && dVocab !== null;
  if (isLogits && byPosition) book.add('logits', output, { lengths: { d: dVocab } });
  else if (isLogits && rank === 2) addFlat(book, flow, output, perPosition ? null : dVocab);
  else book.lack('logits', `the file has no head: its output is "${output}"`);

  const cuts = [...stream.blocks.map(({ input }) => input), end].filter(isReal);
  const facts: HeadFacts = { cuts, dVocab: isLogits ? dVocab : null, ...(norm ? { norm } : {}) };
  if (isLogits && byPosition && isReal(end)) {
    facts.head = {
      input: end,
      normalized: strip(flow, projectionOf(flow, unembedding)!.input),
      logits: output,
      ...(norm ? { norm: { centred: norm.centred, epsilon: norm.epsilon } } : {}),
    };
  }
  return facts;
}

/** The final norm, and what enters it: the last sum, unless a factor or the like comes between. */
function finalNorm(flow: Flow, spine: readonly string[], sum: string): { end: string; after: string[]; norm?: Norm } {
  const from = spine.indexOf(sum);
  for (let at = from; at < spine.length; at++) {
    const node = flow.node(spine[at]!);
    if (at > from && !isPassing(node) && !(node?.opType === 'Mul' && constantOperand(flow, node) && !projectionOf(flow, spine[at]!))) break;
    const after = spine.slice(at + 1);
    const norm = normAfter(flow, spine[at]!, after);
    if (norm) return { end: spine[at]!, after, norm };
  }
  return { end: sum, after: spine.slice(from + 1) };
}

/** Logits of a classifier, one row per input, or of a detector, one number per position. */
function addFlat(book: SiteBook, flow: Flow, output: string, classes: number | null): void {
  book.sites.set('logits', {
    name: 'logits',
    axes: ['batch', classes === null ? 'pos' : 'class'],
    letters: classes === null ? ['b', 's'] : ['b', 'd'],
    dims: [null, classes],
    tensor: output,
    layout: classes === null ? 'b s' : 'b d',
    dataType: flow.dry.fact(output).type,
    editable: true,
  });
}
