// SPDX-License-Identifier: MIT

/** What an attribute names: a JSON list of texts, ids and lists of them (`[" Mary", [" John", " Tom"]]`), or words with commas between them. */
export function entriesOf(text: string): unknown[] {
  if (text.trimStart().startsWith('[')) {
    try {
      return JSON.parse(text) as unknown[];
    } catch {
      return [];
    }
  }
  return text.split(',').map((word) => word.trim());
}
