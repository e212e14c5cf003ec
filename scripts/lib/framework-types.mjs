// SPDX-License-Identifier: MIT
import { elements, readManifest } from './manifest.mjs';

/**
 * The elements as React 19 and Svelte 5 know them, made from the manifest: files of dist/ by name. Neither holds code; an
 * `import type {} from 'vitrine/react'` (or `vitrine/svelte`) anywhere in an app switches the types on.
 *
 * Properties have the types of the classes. Events are `on` and the name, which both frameworks make listeners of.
 */
export async function frameworkTypes() {
  const list = elements(await readManifest());
  const code = '// SPDX-License-Identifier: MIT\n// Types only: see the .d.ts file beside this one.\nexport {};\n';
  return { 'react.d.ts': reactTypes(list), 'react.js': code, 'svelte.d.ts': svelteTypes(list), 'svelte.js': code };
}

/**
 * Without what React would swallow: `key` is its own, on any element; and `onLoad` waits for events that bubble, which `load`, `error` and
 * `progress` do not.
 */
function reactTypes(list) {
  return `${head(list, "import type { ClassAttributes, HTMLAttributes } from 'react';")}
/** Of an element: the properties \`Fields\` as its class has them, its events, and what every HTML element takes. */
type Figure<Element, Fields extends keyof Element, Events> = ClassAttributes<Element> &
  Omit<HTMLAttributes<Element>, Fields | keyof Listeners<Element, Events> | \`on\${Capitalize<keyof Events & string>}\`> &
  Partial<Pick<Element, Fields>> &
  Listeners<Element, Events>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
${list.map((element) => entry(element, '      ', ['key'])).join('\n')}
    }
  }
}
`;
}

function svelteTypes(list) {
  return `${head(list, "import type { HTMLAttributes } from 'svelte/elements';")}
/** Of an element: the properties \`Fields\` as its class has them, its events, and what every HTML element takes. */
type Figure<Element extends EventTarget, Fields extends keyof Element, Events> = Omit<
  HTMLAttributes<Element>,
  Fields | keyof Listeners<Element, Events>
> &
  Partial<Pick<Element, Fields>> &
  Listeners<Element, Events>;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
${list.map((element) => entry(element, '    ')).join('\n')}
  }
}
`;
}

function head(list, imports) {
  const events = list.flatMap(({ events: own = [] }) => own.map(({ type }) => type.text));
  const names = [...new Set([...list.map(({ name }) => name), ...events])].sort();
  return `// SPDX-License-Identifier: MIT
// Made from the manifest of the elements.
${imports}
import type { ${names.join(', ')} } from './components/index.js';

type Listeners<Element, Events> = {
  [Name in keyof Events & string as \`on\${Name}\`]?: (event: Events[Name] & { readonly currentTarget: Element }) => void;
};
`;
}

function entry({ tagName, name, description, summary, members = [], events = [] }, indent, without = []) {
  const fields = members.filter(
    ({ kind, privacy, readonly, static: ofClass }) => kind === 'field' && !readonly && !ofClass && (privacy ?? 'public') === 'public',
  );
  const names = fields.filter((field) => !without.includes(field.name)).map((field) => `'${field.name}'`);
  const listeners = events.map((event) => `'${event.name}': ${event.type.text}`).join('; ');
  return `${indent}/** ${summary ?? description} */\n${indent}'${tagName}': Figure<${name}, ${names.join(' | ')}, { ${listeners} }>;`;
}
