// SPDX-License-Identifier: MIT
// Files of TypeScript that compile where what is said of the elements is so.

/** Properties of an element of the manifest that an author can set. */
export function properties({ members = [] }) {
  return members.filter(({ kind, readonly, static: ofClass }) => kind === 'field' && !readonly && !ofClass);
}

/** That React's JSX takes each property (but `key`, its own) and each event with the type of the class, and refuses what is wrong. */
export function reactClaims(elements) {
  const right = '<model-map data={{}} layer={1} className="wide" key="map" ref={(map: ModelMapElement | null) => void map?.toJSON()} />';
  const wrong = [
    '<model-map layer="one" />',
    '<model-map nothing={1} />',
    '<model-map onvitrine-run={(event: MouseEvent) => void event} />',
    '<model-map onLoad={() => undefined} />',
    '<attention-view key={Symbol()} />',
  ];
  const refused = wrong.map((line, index) => `// @ts-expect-error\nexport const wrong${index} = ${line};`);
  const imports = "import type { JSX } from 'react';\nimport type {} from 'vitrine/react';";
  return claimsFile(
    elements,
    imports,
    claims(elements, 'JSX.IntrinsicElements', ['key']),
    [`export const right = ${right};`, ...refused].join('\n'),
  );
}

/** That Svelte's templates take each property and each event with the type of the class. */
export function svelteClaims(elements) {
  const imports = "import type { SvelteHTMLElements } from 'svelte/elements';\nimport type {} from 'vitrine/svelte';";
  return claimsFile(elements, imports, claims(elements, 'SvelteHTMLElements'));
}

/** Lines that hold where a framework's table of elements, `Table`, says of each element what the manifest says. */
function claims(elements, Table, without = []) {
  return elements.flatMap((element) => {
    const { tagName, name: Class, events = [] } = element;
    const given = properties(element).filter(({ name }) => !without.includes(name));
    return [
      ...given.map(({ name }) => `Same<${Table}['${tagName}']['${name}'], ${Class}['${name}'] | undefined>`),
      ...events.map(
        ({ name, type }) => `Same<Heard<${Table}['${tagName}']['on${name}']>, ${type.text} & { readonly currentTarget: ${Class} }>`,
      ),
      ...events.filter(({ name }) => name.includes('-')).map(({ name, type }) => `Same<HTMLElementEventMap['${name}'], ${type.text}>`),
    ];
  });
}

function claimsFile(elements, imports, lines, more = '') {
  const classes = [...new Set(elements.flatMap(({ name, events = [] }) => [name, ...events.map(({ type }) => type.text)]))];
  return `${imports}
import type { ${classes.join(', ')} } from 'vitrine/components';
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Heard<Listener> = NonNullable<Listener> extends (event: infer Told) => void ? Told : never;
type All<Claims extends readonly true[]> = Claims;
${lines.map((line, index) => `export type Claim${index} = All<[${line}]>;`).join('\n')}
${more}`;
}
