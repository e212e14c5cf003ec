// SPDX-License-Identifier: MIT

/** The number in `data-<name>` of the element that an event happened in, or of one around it. */
export function numberUnder(event: Event, name: string): number | undefined {
  const found = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset[name] !== undefined);
  return found && Number(found.dataset[name]);
}
