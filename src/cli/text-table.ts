// SPDX-License-Identifier: MIT

/**
 * Lays rows out in columns two spaces apart. The last column takes the room that is left and is shortened at its beginning, where the names
 * of graph tensors differ least.
 *
 * @param width - characters per line
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const last = head.length - 1;
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const room = Math.max(12, width - widths.slice(0, last).reduce((sum, columns) => sum + columns + 2, 0));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === last ? shorten(cell, room) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(head), '-'.repeat(Math.min(width, line(head).length + Math.max(0, room - head[last]!.length))), ...rows.map(line)];
}

/** The end of a text, in at most `length` characters: the beginning gives way to an ellipsis. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
}

/** Breaks a text at spaces into lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const open = lines.at(-1);
    if (open !== undefined && open.length + 1 + word.length <= width) lines[lines.length - 1] = `${open} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A wrapped item of a list, its lines indented. */
export function bulleted(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`));
}
