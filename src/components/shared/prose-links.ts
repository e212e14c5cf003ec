// SPDX-License-Identifier: MIT
import type { ReactiveElement } from 'lit';
import { announce } from './announce.js';
import { attributeOf } from './attribute-value.js';

/** Whether a node is a figure of this copy of the library. */
type IsFigure<F> = (node: unknown) => node is F;

/** What a figure said before a link changed it, by attribute. */
const before = new WeakMap<ReactiveElement, Map<string, string | null>>();
let listening = false;

/**
 * Lets links of the page's text drive figures: pressing `<a href="#f" data-layer="2" data-query="-1">` sets the attributes `layer` and
 * `query` of the figure with the id `f`, or of the first one in a `<figure>` with that id. What an earlier link has set and this one leaves
 * out is again as the author wrote it, so that a link always shows the same. The page stays where it is if the figure is in view.
 */
export function followLinks<F extends ReactiveElement>(isFigure: IsFigure<F>): void {
  if (listening) return;
  listening = true;
  document.addEventListener('click', (event) => {
    const { button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented } = event;
    if (defaultPrevented || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
    const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
    const figure = link && figureOf(link, isFigure);
    if (!figure || !applied(link, figure)) return;
    if (isInView(figure)) event.preventDefault();
    void figure.updateComplete.then(() => sayCaption(figure));
  });
}

function figureOf<F extends ReactiveElement>(link: HTMLAnchorElement, isFigure: IsFigure<F>): F | undefined {
  const written = /^#(.+)/.exec(link.getAttribute('href') ?? '')?.[1];
  if (written === undefined) return undefined;
  const root = link.getRootNode() as Document | ShadowRoot;
  // As browsers look for it: as it is written, then with "%C3%A9" as the letter that it stands for.
  const found = root.getElementById(written) ?? root.getElementById(decoded(written));
  return found ? [found, ...found.querySelectorAll('*')].find(isFigure) : undefined;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** Sets what the link says. Whether it says anything of this figure. */
function applied(link: HTMLAnchorElement, figure: ReactiveElement): boolean {
  const { observedAttributes, elementProperties } = figure.constructor as typeof ReactiveElement;
  const said = new Map(
    observedAttributes.flatMap((name) => (link.hasAttribute(`data-${name}`) ? [[name, link.getAttribute(`data-${name}`)!]] : [])),
  );
  if (said.size === 0) return false;
  const was = before.get(figure) ?? new Map<string, string | null>();
  before.set(figure, was);
  for (const name of said.keys()) if (!was.has(name)) was.set(name, figure.getAttribute(name));
  for (const [name, value] of new Map([...was, ...said])) {
    if (value === null) figure.removeAttribute(name);
    else figure.setAttribute(name, value);
  }
  // A reader may have let go of what an attribute still says: it counts as set anew.
  for (const [property, options] of elementProperties) {
    if (said.has(attributeOf(property, options) ?? '')) figure.requestUpdate(property, undefined);
  }
  return true;
}

/** Whether a reader sees most of the figure, or nothing but the figure. */
function isInView(figure: Element): boolean {
  const { top, bottom, height } = figure.getBoundingClientRect();
  const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return seen >= Math.min(height, innerHeight) / 2;
}

function sayCaption({ renderRoot }: ReactiveElement): void {
  const said = renderRoot.querySelector('[part~="caption"]')?.textContent?.replace(/\s+/g, ' ').trim();
  if (said) announce(said);
}
