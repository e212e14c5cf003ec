// SPDX-License-Identifier: MIT
import { reasonOf, VitrineError } from '../core.js';
import { bundlePlace } from '../bundle-url.js';
import { escape } from './svg.js';

/** What a saved page holds. */
export interface PageParts {
  tag: string;
  /** Attributes of the element: the state of the figure. */
  attributes: Readonly<Record<string, string>>;
  title: string;
  /** The author's choice of `--vitrine-ramp`. */
  ramp: string | undefined;
  /** The recorded data. */
  trace: unknown;
  /** Picture of the figure, for where scripts do not run. */
  picture: string;
}

/**
 * A page with one figure that needs nothing else: data, state and the bundle are inside.
 *
 * @param script - URL of the bundle, where it is not known
 * @throws VitrineError `invalid-option` where nobody said where the bundle is; `network` where it cannot be read
 */
export async function toPage({ tag, attributes, title, ramp, trace, picture }: PageParts, script = bundlePlace.url): Promise<string> {
  if (!script) {
    const advice = "Serve dist/cdn/vitrine-page.min.js of this package and call setBundleUrl('/vitrine-page.min.js'), or pass { script }.";
    throw new VitrineError('invalid-option', `A page that needs nothing else carries the bundle, and its place is not known. ${advice}`);
  }
  const code = await read(script.replace(/(^|\/)vitrine\.min\.js$/, '$1vitrine-page.min.js')); // beside the bundle, all in one file
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(value)}"`);
  // Inside a script element, "</script" and "<!--" would end or change it, wherever they stand.
  const asData = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');
  const asCode = (text: string): string => text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark;${ramp ? ` --vitrine-ramp: ${ramp};` : ''} }
  body { font: 18px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
</style>
<${tag}${written.join('')}>
  <script type="application/json">${asData(trace)}</script>
  <img alt="${escape(title)}" src="data:image/svg+xml,${encodeURIComponent(picture)}">
</${tag}>
<script type="module">${asCode(code)}</script>
</html>
`;
}

async function read(url: string): Promise<string> {
  let reason: string;
  try {
    const response = await fetch(url);
    if (response.ok) return (await response.text()).replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    reason = `HTTP ${response.status}`;
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new VitrineError(
    'network',
    `${url} could not be read (${reason}), and the page that you save carries it. Check its address and the connection.`,
  );
}
