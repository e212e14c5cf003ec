// SPDX-License-Identifier: MIT

/**
 * What attention heads do, by where they look: to the previous token, to earlier copies of the present token, to what came after such a copy
 * (induction: Elhage et al. 2021; Olsson et al., "In-context Learning and Induction Heads", 2022, arXiv:2209.11895), to themselves, far or near,
 * sharply or evenly.
 *
 * Three ways to turn a pattern into a score are in use, and their numbers cannot be compared, so the result names its own:
 *
 * - `diagonal` (TransformerLens's Exploratory Analysis demo): random tokens repeated once; the mean of a whole diagonal of the pattern: one below
 *   the main one (previous), n below (duplicate), n - 1 below (induction). The last includes the one query before the repetition starts.
 * - `mask` (TransformerLens's detect_head, error measure "mul"): the share of all attention that falls where the ideal pattern is 1. `mask-abs`
 *   (measure "abs"): 1 - n mean|A - D|, for n positions and the ideal pattern D.
 * - `rows` (as Neuronpedia's HeadVis defines its statistics): the mean over queries of the attention on the wanted keys, over those queries that
 *   have any.
 *
 * Pitfalls: on text, a score is only as good as the repetitions in it; unlikely random tokens have none by chance. A head that rests on the
 * first token scores low everywhere. A high score is a description, not a cause: ablate or patch the head to see whether it matters.
 */
import { throwIfAborted, VitrineError, type OnProgress } from '../errors.js';
import type { HookedModel } from '../model/hooked-model.js';
import { Tensor } from '../model/tensor.js';
import { masksOf, scoreConventions, type ScoreConvention } from './heads/masks.js';
import { distanceOf, entropyOf, scoreOf } from './heads/score.js';
import { repeatedTokens, type RepeatedTokensOptions } from './heads/repeated-tokens.js';

/** What heads are scored for. */
export type HeadScoreKind = 'previous' | 'duplicate' | 'induction' | 'self' | 'entropy' | 'distance';

export interface HeadScoresOptions {
  /** How patterns become scores; see the head of this module. @defaultValue 'diagonal' on random tokens, 'rows' on text */
  convention?: ScoreConvention;
  /** Texts or rows of ids to score on, instead of random repeated tokens. */
  texts?: readonly (string | readonly number[])[];
  /** How the random repeated tokens are drawn. */
  random?: RepeatedTokensOptions;
  /** Leave the first token out, as query and as key: the beginning-of-text token that many heads rest on. @defaultValue true where `random.bos` is given */
  excludeFirst?: boolean;
  /** Rows of random tokens per run. @defaultValue 4 */
  batchSize?: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Scores of all heads; every tensor is [layer, head]. */
export interface HeadScores {
  convention: ScoreConvention;
  /** What was read: "10 rows of 50 random tokens, repeated", or "3 texts". */
  on: string;
  previous: Tensor;
  /** Attention to earlier copies of the present token (without itself under `rows` and `diagonal`; with itself under `mask`, as in TransformerLens). */
  duplicate: Tensor;
  induction: Tensor;
  self: Tensor;
  /** Mean entropy of a query's attention, in nats: 0 is all on one key. */
  entropy: Tensor;
  /** Mean distance |query - key|, in tokens. */
  distance: Tensor;
  /** Mean variance of the key's place for a query, in tokens squared. */
  spread: Tensor;
}

/** A head and its score. */
export interface RankedHead {
  layer: number;
  head: number;
  score: number;
  /** "5.1" */
  label: string;
}

/**
 * Scores every head of a model.
 *
 * @throws VitrineError `hook-not-found-in-model` where patterns are hidden in a fused node, `invalid-option`, `input-too-long`, `aborted`
 * @example
 * const scores = await headScores(model, { random: { length: 50, rows: 10, seed: 1 } });
 * findHeads(scores, 'induction', { top: 5 });       // [{ label: '5.1', score: 0.93, ... }, ...]
 */
export async function headScores(model: HookedModel, options: HeadScoresOptions = {}): Promise<HeadScores> {
  const [scores] = await headScoresBy(model, [options.convention ?? (options.texts ? 'rows' : 'diagonal')], options);
  return scores!;
}

/**
 * As {@link headScores}, by several conventions from the same runs of the model.
 *
 * @returns one for each of `conventions`, in their order
 */
export async function headScoresBy(
  model: HookedModel,
  conventions: readonly ScoreConvention[],
  options: Omit<HeadScoresOptions, 'convention'> = {},
): Promise<HeadScores[]> {
  const { texts } = options;
  const unknown = conventions.find((convention) => !scoreConventions.includes(convention));
  if (unknown !== undefined)
    throw new VitrineError('invalid-option', `convention may be diagonal, mask, mask-abs or rows; got "${String(unknown)}".`);
  if (texts && conventions.includes('diagonal')) {
    throw new VitrineError(
      'invalid-option',
      'The convention "diagonal" is defined on tokens that are repeated at one distance, not on texts. Use "rows" or "mask", or leave texts out.',
    );
  }
  if (texts?.length === 0) throw new VitrineError('empty-input', '`texts` must be a list of at least one text; got none.');
  const drawn = texts ? undefined : repeatedTokens(model.hooks.architecture.dVocab ?? 0, options.random);
  const rows = drawn ? drawn.rows : await Promise.all(texts!.map((text) => idsOf(model, text)));
  const skip = (options.excludeFirst ?? options.random?.bos !== undefined) ? 1 : 0;
  const short = rows.find((row) => row.length - skip < 2);
  if (short) throw new VitrineError('invalid-input', `Heads are scored on rows of at least ${2 + skip} tokens; one has ${short.length}.`);

  const { nLayer, nHead } = model.hooks.architecture;
  const sums = conventions.map(() => Array.from({ length: 7 }, () => new Float64Array(nLayer * nHead)));
  const runs = drawn ? chunks(rows, options.batchSize ?? 4) : rows.map((row) => [row]);
  let done = 0;
  for (const run of runs) {
    throwIfAborted(options.signal);
    const { cache } = await model.runWithCache(
      run.map((row) => [...row]),
      { names: 'blocks.*.attn.hook_pattern', logits: false, ...(options.signal ? { signal: options.signal } : {}) },
    );
    for (const [index, row] of run.entries()) {
      const ids = row.slice(skip);
      const masks = conventions.map((convention) => masksOf(ids, convention, drawn?.length ?? 0));
      for (let layer = 0; layer < nLayer; layer++) {
        const pattern = cache.get('pattern', layer).select('batch', index);
        for (let head = 0; head < nHead; head++) {
          const values = { data: pattern.select('head', head).data, length: row.length, skip };
          const { mean, variance } = distanceOf(values);
          const entropy = entropyOf(values);
          conventions.forEach((convention, at) => {
            const found = [...masks[at]!.map((mask) => scoreOf(values, mask, convention)), entropy, mean, variance];
            found.forEach((value, place) => (sums[at]![place]![layer * nHead + head]! += value / rows.length));
          });
        }
      }
    }
    done += run.length;
    options.onProgress?.({ phase: 'run', loaded: done, total: rows.length });
  }
  const on = drawn
    ? `${rows.length} rows of ${drawn.length} random tokens, repeated`
    : rows.length === 1
      ? '1 text'
      : `${rows.length} texts`;
  return conventions.map((convention, at) => {
    const tensors = sums[at]!.map((sum) => new Tensor(Float32Array.from(sum), [nLayer, nHead], ['layer', 'head']));
    const [previous, duplicate, induction, self, entropy, distance, spread] = tensors as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    return { convention, on, previous, duplicate, induction, self, entropy, distance, spread };
  });
}

/**
 * The heads that score highest (for `entropy` and `distance`: lowest, if `order: 'lowest'`).
 *
 * @param options - `top`: how many; `atLeast`: leave out lower scores
 */
export function findHeads(
  scores: HeadScores,
  kind: HeadScoreKind,
  options: { top?: number; atLeast?: number; order?: 'highest' | 'lowest' } = {},
): RankedHead[] {
  const tensor = scores[kind];
  if (!(tensor instanceof Tensor))
    throw new VitrineError(
      'invalid-option',
      `Heads are not scored for "${String(kind)}"; choose previous, duplicate, induction, self, entropy or distance.`,
    );
  const nHead = tensor.length('head');
  const sign = options.order === 'lowest' ? -1 : 1;
  return Array.from(tensor.data, (score, index) => {
    const [layer, head] = [Math.floor(index / nHead), index % nHead];
    return { layer, head, score, label: `${layer}.${head}` };
  })
    .filter(({ score }) => score >= (options.atLeast ?? -Infinity))
    .sort((one, other) => sign * (other.score - one.score))
    .slice(0, options.top ?? 10);
}

async function idsOf(model: HookedModel, text: string | readonly number[]): Promise<number[]> {
  return typeof text === 'string' ? (await model.tokenize(text)).map(({ id }) => id) : [...text];
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < list.length; start += Math.max(1, size)) parts.push(list.slice(start, start + Math.max(1, size)));
  return parts;
}
