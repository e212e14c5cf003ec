// SPDX-License-Identifier: MIT
import type { Flow } from './flow.js';
import { role } from './flow.js';
import { normOf } from './norm.js';
import type { SiteBook } from './site-book.js';
import { biased, isPassing, projectionOf, strip } from './projection.js';

/** What the embedding tells of the model. */
export interface EmbeddingFacts {
  /** A table of positions is added. */
  learned: boolean;
}

type Kind = 'hook_embed' | 'hook_pos_embed' | 'hook_token_type_embed';

/** Names the parts of the sum that enters the first block. */
export function addEmbeddingSites(flow: Flow, book: SiteBook, stream: string, dModel: number): EmbeddingFacts {
  if (flow.node(strip(flow, stream))?.opType === 'EmbedLayerNormalization') {
    book.add('hook_full_embed', stream, { lengths: { d: dModel } });
    const inside = 'the embeddings are looked up, added and normalised inside the fused node EmbedLayerNormalization';
    for (const name of ['hook_embed', 'hook_token_type_embed', 'hook_pos_embed']) book.lack(name, inside);
    return { learned: true };
  }
  const { start, normed } = sumBehind(flow, stream);
  // Embeddings may be narrower than the stream (ALBERT).
  const lengths = { d: flow.dry.dims(start)?.at(-1) ?? dModel };
  const leaves = addends(flow, start);
  const kinds = classify(flow, leaves);
  for (const kind of ['hook_embed', 'hook_token_type_embed', 'hook_pos_embed'] as const) {
    const leaf = kinds.get(kind);
    if (leaf === undefined) continue;
    if (flow.index.producer(leaf)) book.add(kind, leaf, { lengths });
    else book.lack(kind, `it is the constant "${leaf}", the same for every input, not something that is computed`);
  }
  if (normed !== undefined) book.add('hook_full_embed', normed, { lengths });
  if (!book.sites.has('hook_embed')) book.lack('hook_embed', 'the graph starts from embedded inputs (inputs_embeds)');
  if (!kinds.has('hook_pos_embed')) {
    book.lack('hook_pos_embed', 'no table of positions is added: positions enter the attention (rotary, relative), or not at all');
  }
  return { learned: kinds.has('hook_pos_embed') };
}

/** The sum of look-ups behind what enters the first block: before a norm, and before a projection to the width of the stream. */
function sumBehind(flow: Flow, stream: string): { start: string; normed?: string } {
  let start = stream;
  for (let step = 0; step < 3; step++) {
    const norm = normOf(flow, start);
    if (norm) return { start: norm.input, normed: start };
    const bare = strip(flow, start);
    const unmasked = maskedRows(flow, bare);
    if (unmasked !== undefined) {
      start = unmasked;
      continue;
    }
    const projection = projectionOf(flow, biased(flow, bare) ?? bare);
    if (!projection || !leadsToLookUp(flow, projection.input)) break;
    start = projection.input;
  }
  return { start };
}

/** Embeddings times the attention mask, as DeBERTa has them: the embeddings. */
function maskedRows(flow: Flow, tensor: string): string | undefined {
  const node = flow.node(tensor);
  if (node?.opType !== 'Mul') return undefined;
  const mask = node.inputs.find((operand) => !flow.isContent(operand));
  const rows = mask !== undefined && flow.isVarying(mask) && flow.dry.dims(mask)?.at(-1) === 1;
  return rows ? node.inputs.find((operand) => flow.isContent(operand)) : undefined;
}

/** Behind a projection of a single embedding there is nothing to take apart; behind one of a sum there is. */
function leadsToLookUp(flow: Flow, tensor: string): boolean {
  const bare = strip(flow, tensor);
  return !isLookUp(flow, bare) && (normOf(flow, bare) !== undefined || addends(flow, bare).length > 1);
}

/** The terms of nested additions. */
function addends(flow: Flow, tensor: string): string[] {
  const node = flow.node(strip(flow, tensor));
  // Some models turn the stream to [pos, batch, d_model].
  if (node?.opType === 'Transpose') return addends(flow, node.inputs[0] ?? '');
  if (node?.opType === 'SkipLayerNormalization' || node?.opType === 'SkipSimplifiedLayerNormalization') return node.inputs.slice(0, 2);
  if (node?.opType !== 'Add' && node?.opType !== 'Sum') return [tensor];
  const terms = node.inputs.flatMap((operand) => addends(flow, operand));
  // A constant vector is a bias, not a term of its own.
  const vector = (term: string): boolean =>
    (flow.dry.dims(term) ?? [2, 2]).slice(0, -1).every((length) => length === 1) && !flow.isVarying(term);
  return terms.filter((term) => !vector(term) || isLookUp(flow, term));
}

function classify(flow: Flow, leaves: string[]): Map<Kind, string> {
  const kinds = new Map<Kind, string>();
  const tables = leaves.map((leaf) => ({ leaf, rows: rowsOf(flow, leaf), content: flow.isContent(leaf), direct: readsIds(flow, leaf) }));
  const content = tables.filter((table) => table.content);
  const embed = content.find((table) => table.direct) ?? content[0];
  if (embed) kinds.set('hook_embed', embed.leaf);
  const rest = tables.filter((table) => table !== embed);
  const types =
    rest.find(({ leaf }) => flow.dependsOn(leaf, role.types)) ??
    rest.find(({ leaf, rows }) => rows !== undefined && rows <= 4 && !flow.dependsOn(leaf, role.positions) && isLookUp(flow, leaf));
  if (types) kinds.set('hook_token_type_embed', types.leaf);
  const position = rest.find((table) => table !== types);
  if (position) kinds.set('hook_pos_embed', position.leaf);
  return kinds;
}

/** The Gather behind a leaf, through casts and dequantisation. */
function lookUp(flow: Flow, leaf: string): { table: string; indices: string } | undefined {
  for (let at = leaf, step = 0; step < 8; step++) {
    const node = flow.node(at);
    if (node?.opType === 'Gather' || node?.opType === 'GatherBlockQuantized')
      return { table: node.inputs[0] ?? '', indices: node.inputs[1] ?? '' };
    if (!node || !(isPassing(node) || ['DequantizeLinear', 'Mul', 'Slice', 'Expand', 'Transpose'].includes(node.opType))) return undefined;
    at = node.inputs[0] ?? '';
  }
  return undefined;
}

const isLookUp = (flow: Flow, leaf: string): boolean => lookUp(flow, leaf) !== undefined;

const rowsOf = (flow: Flow, leaf: string): number | undefined => flow.dry.dims(lookUp(flow, leaf)?.table ?? '')?.[0];

/** The look-up reads input_ids as they are, not numbers computed from them (as positions of RoBERTa are). */
function readsIds(flow: Flow, leaf: string): boolean {
  let at = lookUp(flow, leaf)?.indices;
  for (let step = 0; at !== undefined && step < 8; step++) {
    if (flow.index.isInput(at)) return true;
    const node = flow.node(at);
    at = node && isPassing(node) ? node.inputs[0] : undefined;
  }
  return false;
}
