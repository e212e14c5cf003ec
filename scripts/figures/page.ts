// SPDX-License-Identifier: MIT
import type { Words } from './words.js';

/** An element of the page that holds a fact. */
export interface Marked {
  name: string;
  tag: string;
  attributes: Record<string, string>;
  html: string;
}

const marker = /<([a-z][a-z-]*)\b([^>]*?\bdata-fact="([^"]+)"[^>]*)>([\s\S]*?)<\/\1>/g;

/** The elements with `data-fact`, in the order of the page. None may hold an element of its own kind. */
export function markedIn(page: string): Marked[] {
  return [...page.matchAll(marker)].map(([, tag, attributes, name, html]) => ({
    name: name!,
    tag: tag!,
    attributes: Object.fromEntries([...attributes!.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])),
    html: html!,
  }));
}

/**
 * The page with the facts in their places.
 *
 * @throws Error where the page asks for a fact that there is not, or has no place for one that there is
 */
export function fillPage(page: string, words: Readonly<Record<string, Words>>): string {
  const used = new Set<string>();
  const filled = page.replace(marker, (_, tag: string, attributes: string, name: string, before: string) => {
    const fact = words[name];
    if (!fact) throw new Error(`The page asks for the fact "${name}", and words.ts has none of that name.`);
    used.add(name);
    return `<${tag}${setAttributes(attributes, fact.attributes ?? {})}>${fact.html ?? before}</${tag}>`;
  });
  const unused = Object.keys(words).filter((name) => !used.has(name));
  if (unused.length) throw new Error(`The page has no place for the facts ${unused.join(', ')}.`);
  return filled;
}

function setAttributes(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((all, [key, value]) => {
    const pattern = new RegExp(`\\s${key}="[^"]*"`);
    return pattern.test(all) ? all.replace(pattern, ` ${key}="${value}"`) : `${all} ${key}="${value}"`;
  }, text);
}
