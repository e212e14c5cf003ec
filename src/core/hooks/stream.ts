// SPDX-License-Identifier: MIT
import { isSkipNorm, skipSum } from './flow.js';
import type { Flow } from './flow.js';
import type { AttentionCore } from './cores.js';
import { normAfter } from './norm.js';
import type { Norm } from './norm.js';
import { biased, isPassing, source } from './projection.js';

/** An addition to the stream: `sum` = `base` + `terms`. */
export interface Addition {
  sum: string;
  /** The stream before. */
  base: string;
  /** What is added: outputs of sublayers, with their biases. */
  terms: string[];
  /** All terms together, where the graph adds them up before the stream. */
  whole?: string;
  /** Norm of the sum that the stream goes on from (post-norm models). */
  norm?: Norm;
}

/** A block of the model as the stream sees it. */
export interface Block {
  /** What the block reads: the stream before its first sublayer. */
  input: string;
  /** Its attention; undefined where another mixer of positions (linear attention, convolution) has its place. */
  core?: AttentionCore;
  /** Addition of the attention; in parallel blocks, of both sublayers. */
  attention: Addition;
  /** Further attentions to another sequence. */
  cross: { core: AttentionCore; addition: Addition }[];
  /** Addition of the MLP; the same object as `attention` in parallel blocks; undefined where there is no MLP. */
  mlp?: Addition;
  parallel: boolean;
}

/** The residual stream of a model. */
export interface Stream {
  /** Dominators of the output, from the embedding on. */
  spine: string[];
  blocks: Block[];
  /** Attentions that are not part of the stream: pooling heads, other towers. */
  stray: AttentionCore[];
}

/** Follows the stream from the embedding to `output` through the given attentions. */
export function findStream(flow: Flow, cores: readonly AttentionCore[], output: string): Stream {
  const spine = flow.chain(output).reverse();
  const place = new Map(spine.map((tensor, at) => [tensor, at]));
  const steps = additions(flow, spine, place, cores);
  const blocks: Block[] = [];
  for (const { addition, core } of steps) {
    const last = blocks.at(-1);
    // One sublayer may itself be a sum, as a mixture of experts is.
    const single = !core || addition.terms.every((term) => leadsTo(flow, core.z, term, addition.base));
    if (single && addition.whole !== undefined) addition.terms = [addition.whole];
    if (core?.cross && last && last.core) {
      last.cross.push({ core, addition });
      delete last.mlp;
    } else if (core || !last || last.mlp) {
      const parallel = core !== undefined && addition.terms.some((term) => !leadsTo(flow, core.z, term, addition.base));
      blocks.push({
        input: addition.base,
        ...(core ? { core } : {}),
        attention: addition,
        cross: [],
        parallel,
        ...(parallel ? { mlp: addition } : {}),
      });
    } else last.mlp = addition;
  }
  const used = new Set(blocks.flatMap(({ core, cross }) => [core, ...cross.map((other) => other.core)]));
  return { spine, blocks: blocks.some(({ core }) => core) ? blocks : [], stray: cores.filter((core) => !used.has(core)) };
}

interface Step {
  addition: Addition;
  core?: AttentionCore;
}

/** All additions to the stream, from that of the first attention on, or from pairs of other sublayers right before it. */
function additions(flow: Flow, spine: string[], place: Map<string, number>, cores: readonly AttentionCore[]): Step[] {
  const entry = (core: AttentionCore): number => place.get(flow.chain(core.z).find((tensor) => place.has(tensor)) ?? '') ?? Infinity;
  const entries = cores.filter((core) => !place.has(core.z)).map((core) => ({ core, at: entry(core) }));
  const first = entries
    .filter(({ at }) => stepFrom(flow, spine, at, entries)?.core !== undefined)
    .reduce((least, { at }) => Math.min(least, at), Infinity);
  if (first === Infinity) return [];
  const walk = (from: number, until: number): { steps: Step[]; end: number } => {
    const steps: Step[] = [];
    let at = from;
    while (at < until) {
      const step = stepFrom(flow, spine, at, entries);
      if (!step) {
        // Something else happens to the stream here (a convolution, a factor): go on where the next attention reads it.
        const next = entries
          .filter((entry) => entry.at > at && entry.at < until)
          .reduce((least, entry) => Math.min(least, entry.at), Infinity);
        if (until < spine.length || next === Infinity) break;
        at = next;
        continue;
      }
      steps.push(step);
      at = place.get(step.addition.norm?.output ?? step.addition.sum)!;
    }
    return { steps, end: at };
  };
  let start = first;
  // Layers without attention that come first: pairs of a mixer and an MLP. A single addition is a position embedding.
  for (let from = 0; from < first; from++) {
    const { steps, end } = walk(from, first);
    if (end !== first || steps.length === 0 || steps.length % 2 !== 0) continue;
    start = from;
    break;
  }
  return walk(start, spine.length).steps;
}

function stepFrom(flow: Flow, spine: string[], at: number, entries: readonly { core: AttentionCore; at: number }[]): Step | undefined {
  const addition = at < 0 || at >= spine.length ? undefined : additionAfter(flow, spine, at);
  if (!addition) return undefined;
  const sum = spine.indexOf(addition.sum);
  const inside = entries.filter((entry) => entry.at >= at && entry.at < sum);
  const core = inside.find((entry) => addition.terms.some((term) => leadsTo(flow, entry.core.z, term, addition.base)))?.core;
  return core ? { addition, core } : { addition };
}

/** Whether content flows from one tensor to another, both after `base`. */
export function leadsTo(flow: Flow, from: string, to: string, base: string): boolean {
  return from === to || flow.between(base, to).includes(from);
}

/** The next addition on the spine after position `at`, past casts, reshapes and norms of the stream itself. */
function additionAfter(flow: Flow, spine: string[], at: number): Addition | undefined {
  for (let next = at + 1; next < spine.length; next++) {
    const sum = spine[next]!;
    const before = spine[next - 1]!;
    const { terms, whole } = addedTerms(flow, sum, before);
    if (terms.length > 0) {
      const norm = normAfter(flow, sum, spine.slice(next + 1));
      // A norm that the output reads directly, after the last block, is the final norm of a pre-norm model: told apart by the caller.
      return { sum, base: before, terms, ...(whole === undefined ? {} : { whole }), ...(norm ? { norm } : {}) };
    }
    if (!isPassing(flow.node(sum))) return undefined;
  }
  return undefined;
}

/** The terms of a sum other than the stream: `Add(attn, x)`, `Add(Add(attn, mlp), x)`, a fused residual norm. Empty for no residual sum. */
function addedTerms(flow: Flow, sum: string, base: string): { terms: string[]; whole?: string } {
  const stream = source(flow, base);
  const leaves: string[] = [];
  const visit = (tensor: string, depth: number): void => {
    const operands = residualOperands(flow, tensor);
    if (operands && depth < 3 && (depth === 0 || operands.every((operand) => isTerm(flow, operand, stream)))) {
      for (const operand of operands) visit(operand, depth + 1);
    } else leaves.push(tensor);
  };
  visit(sum, 0);
  const terms = leaves.filter((leaf) => source(flow, leaf) !== stream);
  if (leaves.length < 2 || terms.length !== leaves.length - 1) return { terms: [] };
  const others = residualOperands(flow, sum)?.filter((operand) => source(flow, operand) !== stream) ?? [];
  return others.length === 1 ? { terms, whole: others[0]! } : { terms };
}

/** The two content operands of an addition. */
function residualOperands(flow: Flow, tensor: string): string[] | undefined {
  const node = flow.node(isSumInside(tensor) ? tensor.split('\u0000')[0]! : tensor);
  if (isSkipNorm(node) && skipSum(node) === tensor) return node.inputs.slice(0, 2);
  if (node?.opType !== 'Add' && node?.opType !== 'Sum') return undefined;
  return node.inputs.length >= 2 && node.inputs.every((operand) => flow.isContent(operand)) ? node.inputs : undefined;
}

const isSumInside = (tensor: string): boolean => tensor.includes('\u0000');

/** The stream itself, a sum, or the (biased) output of a sublayer, as opposed to a half of some rotation or norm. */
function isTerm(flow: Flow, tensor: string, stream: string): boolean {
  const bare = source(flow, tensor);
  if (bare === stream) return true;
  return flow.chain(biased(flow, bare) ?? bare).includes(stream);
}
