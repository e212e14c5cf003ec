// SPDX-License-Identifier: MIT

/**
 * One object per page, even where several copies of this library are loaded (two posts on an index page): the first copy makes it.
 *
 * @param name - key of the object; change it when its shape changes
 * @param create - makes it, called at most once per page
 */
export function pageShared<T>(name: string, create: () => T): T {
  const page = globalThis as unknown as Record<symbol, T | undefined>;
  const key = Symbol.for(`vitrine.${name}`);
  return (page[key] ??= create());
}
