// SPDX-License-Identifier: MIT

/** A position that an author gave, whole and kept inside `count` tokens; negative numbers count from the end. */
export function positionWithin(position: number, count: number): number {
  return Math.trunc(Math.min(count - 1, Math.max(0, position < 0 ? position + count : position)));
}
