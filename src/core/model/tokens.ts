// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { Token } from '../transformers/token.js';

/**
 * A batch of token sequences, padded to one length. What every text input becomes, and an input itself: pass one to `run` to decide
 * ids, padding and mask yourself.
 */
export interface Tokens {
  /** [batch, pos] token ids. */
  ids: number[][];
  /** 1 for a token, 0 for padding: [batch, pos]. */
  mask: number[][];
  /** [batch][pos] text, bytes and place of every token; padding is a special token. Absent where only ids are known. */
  tokens?: Token[][];
}

export interface PaddingOptions {
  /** Id to pad with; any id serves, as it is masked. */
  padId: number;
  /** `right` is right for reading a causal model: no token can see what follows it, whether or not the graph takes a mask. */
  side: 'left' | 'right';
}

/** Pads rows of ids to one length. @throws VitrineError `empty-input` */
export function padRows(rows: readonly (readonly number[])[], padding: PaddingOptions): { ids: number[][]; mask: number[][] } {
  const length = Math.max(0, ...rows.map((row) => row.length));
  const empty = rows.findIndex((row) => row.length === 0);
  if (rows.length === 0 || empty >= 0) {
    throw new VitrineError(
      'empty-input',
      rows.length <= 1
        ? 'The prompt holds no token. Give at least one character, or start with the begin-of-text token (prependBos: true).'
        : `Prompt ${empty} of ${rows.length} holds no token. Give at least one character each, or start with the begin-of-text token (prependBos: true).`,
    );
  }
  const pad = (row: readonly number[], value: number, fill: number[]): number[] => {
    const padded = new Array<number>(length - row.length).fill(value);
    return padding.side === 'left' ? [...padded, ...fill] : [...fill, ...padded];
  };
  return {
    ids: rows.map((row) => pad(row, padding.padId, [...row])),
    mask: rows.map((row) => pad(row, 0, new Array<number>(row.length).fill(1))),
  };
}

/** Checks ids and mask of a batch. @throws VitrineError `invalid-input`, `empty-input` or `input-too-long` */
export function checkTokens(batch: Tokens, limits: { vocabularySize?: number | null; contextLength?: number }): void {
  const length = batch.ids[0]?.length ?? 0;
  if (length === 0) throw new VitrineError('empty-input', 'The input holds no token. Give at least one token id per row.');
  batch.ids.forEach((row, index) => {
    if (row.length !== length || batch.mask[index]?.length !== length) {
      throw new VitrineError(
        'invalid-input',
        `All rows of a batch need the same number of ids and of mask values: row 0 has ${length} ids, row ${index} has ${row.length} ids and ` +
          `${batch.mask[index]?.length ?? 0} mask values. Pass prompts as number[][] without a mask to have them padded.`,
      );
    }
    for (const id of row) {
      const known = limits.vocabularySize ?? Infinity;
      if (Number.isInteger(id) && id >= 0 && id < known) continue;
      throw new VitrineError(
        'invalid-input',
        `Token id ${id} in row ${index} is outside the vocabulary of this model (0 to ${known - 1}).`,
      );
    }
  });
  if (limits.contextLength !== undefined && length > limits.contextLength) {
    throw new VitrineError(
      'input-too-long',
      `The prompt has ${length} tokens, and this model was built for at most ${limits.contextLength}. Shorten it by ${length - limits.contextLength} tokens.`,
    );
  }
}

/** Position of the last real token of each row. */
export function lastPositions(batch: Tokens): number[] {
  return batch.mask.map((row) => row.lastIndexOf(1));
}
