// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/exec.mjs';
import { elements, manifestFiles, readManifest } from '../lib/manifest.mjs';

export const checks = [
  {
    name: 'manifest: custom-elements.json and the editors’ files are those of the sources',
    async run() {
      const stale = Object.entries(await manifestFiles()).filter(
        ([name, text]) => !existsSync(join(root, name)) || readFileSync(join(root, name), 'utf8') !== text,
      );
      if (stale.length) throw new Error(`${stale.map(([name]) => name).join(', ')}: run npm run manifest and commit the result.`);
    },
  },
  {
    name: 'manifest: every element, attribute, event, slot, part and custom property is described',
    async run() {
      const list = elements(await readManifest());
      if (!list.length) throw new Error('The manifest names no element. Each class needs @tagname (or @element) in its comment.');
      const gaps = list.flatMap(undescribed);
      if (gaps.length) throw new Error(`Not described:\n${gaps.join('\n')}`);
      return `${list.length} elements`;
    },
  },
  {
    name: 'manifest: every element has a define module',
    async run() {
      const missing = elements(await readManifest()).filter(
        ({ tagName }) => !existsSync(join(root, `src/components/define/${tagName}.ts`)),
      );
      if (missing.length) throw new Error(`src/components/define/ has no module for ${missing.map(({ tagName }) => tagName).join(', ')}.`);
    },
  },
];

function undescribed(element) {
  const gaps = element.description || element.summary ? [] : [`${element.tagName}: the element itself`];
  const properties = (element.members ?? []).filter(
    ({ kind, static: isStatic, inheritedFrom }) => kind === 'field' && !isStatic && !inheritedFrom,
  );
  const kinds = {
    attribute: element.attributes,
    property: properties,
    event: element.events,
    slot: element.slots,
    part: element.cssParts,
    'custom property': element.cssProperties,
  };
  for (const [kind, list = []] of Object.entries(kinds)) {
    for (const { name, description } of list) if (!description?.trim()) gaps.push(`${element.tagName}: ${kind} ${name || '(default)'}`);
  }
  return gaps;
}
