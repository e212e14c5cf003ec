// SPDX-License-Identifier: MIT
import type { OnProgress } from '../core/index.js';

/** Where a command writes. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Errors and progress. */
  error(text: string): void;
  /** Width in characters; undefined where the output is not a terminal. */
  columns?: number | undefined;
  /** Whether a line that overwrites itself can be shown. */
  progress?: boolean | undefined;
}

/** The width to lay tables out for, between 80 and 120 characters. */
export function width({ columns = 100 }: Terminal): number {
  return Math.min(120, Math.max(80, columns));
}

/** Shows long work as one line on a terminal, and nothing elsewhere. */
export function progressLine(terminal: Terminal): { onProgress: OnProgress; clear: () => void } {
  let shown = '';
  const show = (text: string): void => {
    if (!terminal.progress || text === shown) return;
    shown = text;
    terminal.error(`\r\u001b[K${text}`);
  };
  return {
    onProgress: ({ phase, loaded, total, item = '' }) => {
      const bytes = phase === 'download' || phase === 'read';
      const amount = (value: number): string => (bytes ? `${(value / 1e6).toFixed(1)} MB` : String(value));
      show(`${phase} ${item} ${amount(loaded)}${total === undefined ? '' : ` of ${amount(total)}`}`);
    },
    clear: () => show(''),
  };
}
