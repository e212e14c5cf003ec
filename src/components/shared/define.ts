// SPDX-License-Identifier: MIT
import { version } from './core.js';

interface Versioned extends CustomElementConstructor {
  readonly vitrineVersion?: string;
}

/**
 * Registers an element unless its tag is taken. A second copy of the same version is silent; another version warns once, because the
 * first one stays in force for the whole page.
 *
 * @param tag - the tag name; tags here are plain words, so an author may choose another
 * @param element - the class; a subclass is registered where the class already has another tag
 * @param registry - a scoped registry, or the page's
 * @returns the class that is registered under `tag`
 */
export function defineElement(
  tag: string,
  element: CustomElementConstructor,
  registry: CustomElementRegistry = customElements,
): CustomElementConstructor {
  const present: Versioned | undefined = registry.get(tag);
  if (present) {
    if (present !== element && present.vitrineVersion !== version) warnOfAnother(tag, present.vitrineVersion);
    return present;
  }
  try {
    registry.define(tag, element);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotSupportedError')) throw error;
    registry.define(tag, class extends element {});
  }
  return registry.get(tag)!;
}

const warned = new Set<string>();

function warnOfAnother(tag: string, present: string | undefined): void {
  if (warned.has(tag)) return;
  warned.add(tag);
  const other = present === undefined ? 'an element of another library' : `Vitrine ${present}`;
  console.warn(
    `<${tag}> is already defined by ${other}; Vitrine ${version} leaves it as it is. Load one version, or register this one under another tag with define('my-${tag}').`,
  );
}
