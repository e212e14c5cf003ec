// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { Chain, ChainRequest } from '../stages/chain.js';
import { download } from './download.js';
import { runHead } from './head.js';
import { materialise, type BatchShape } from './materialise.js';
import { Tensor } from './tensor.js';
import { lastPositions, type Tokens } from './tokens.js';

/** Positions to compute the logits at: the last real token of every row, or given ones (negative: from the last real token). */
export type LogitPositions = 'last' | number | readonly number[];

/**
 * Runs the blocks and then the head on a few positions only: the unembedding is a third of a small model's work, and mostly one position
 * of it is read.
 *
 * @returns [batch, pos, d_vocab] with one entry along pos for each position asked for
 */
export async function runLogitsAt(
  chain: Chain,
  request: Omit<ChainRequest, 'to' | 'wanted'>,
  positions: LogitPositions,
  context: { shape: BatchShape; tokens: Tokens | undefined },
): Promise<Tensor> {
  const { table } = chain.graph;
  const cut = table.cuts.at(-1)!;
  const last = table.cuts.length - 1;
  const known = request.known.get(cut);
  const made = request.from > last ? undefined : await chain.run({ ...request, to: last, wanted: new Set([cut]) });
  const raw = await download((made?.get(cut) ?? known)!, known === undefined);
  const letters = ['b', 's', 'd'];
  const site = [...table.sites.values()].find(
    (candidate) => candidate.tensor === cut && candidate.letters.join() === letters.join() && !candidate.derived,
  );
  if (!site)
    throw new VitrineError(
      'unsupported-model',
      'The stream before the head of this model was not found, so logits cannot be computed for single positions.',
    );
  const stream = materialise(site, raw, context.shape);
  const rows = chosenPositions(positions, context);
  const width = stream.dims.at(-1)!;
  const picked = new Float32Array(context.shape.batch * rows[0]!.length * width);
  rows.forEach((row, batch) => {
    row.forEach((position, place) => {
      const from = (batch * context.shape.pos + position) * width;
      picked.set(stream.data.subarray(from, from + width), (batch * row.length + place) * width);
    });
  });
  const { logits } = await runHead(
    chain,
    new Tensor(picked, [context.shape.batch, rows[0]!.length, width], ['batch', 'pos', 'd_model']),
    'head',
  );
  return logits!;
}

function chosenPositions(positions: LogitPositions, { shape, tokens }: { shape: BatchShape; tokens: Tokens | undefined }): number[][] {
  const ends = tokens ? lastPositions(tokens) : new Array<number>(shape.batch).fill(shape.pos - 1);
  const asked = positions === 'last' ? [-1] : typeof positions === 'number' ? [positions] : positions;
  return ends.map((end, row) => {
    const start = tokens ? tokens.mask[row]!.indexOf(1) : 0;
    return asked.map((position) => {
      const absolute = position < 0 ? end + 1 + position : start + position;
      if (Number.isInteger(absolute) && absolute >= start && absolute <= end) return absolute;
      throw new VitrineError('invalid-option', `logitsAt names position ${position}, and row ${row} has ${end - start + 1} tokens.`);
    });
  });
}
