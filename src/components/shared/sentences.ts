// SPDX-License-Identifier: MIT

const tables: object[] = [];
const replaced: Record<string, unknown> = {};

/** A table of sentences that {@link replaceSentences} can change, whether the table is loaded before or after that. */
export function sentences<T extends object>(table: T): T {
  tables.push(table);
  put(table, replaced);
  return table;
}

/** Called when sentences have been replaced: what shows some is drawn again. */
export const onSentences: Set<() => void> = /* @__PURE__ */ new Set();

/** Replaces sentences by name, in every table that has the name. */
export function replaceSentences(changes: Readonly<Record<string, unknown>>): void {
  Object.assign(replaced, changes);
  for (const table of tables) put(table, changes);
  onSentences.forEach((redraw) => redraw());
}

function put(table: object, changes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(changes)) if (name in table) Object.assign(table, { [name]: value });
}
