// SPDX-License-Identifier: MIT
import { cli } from '@custom-elements-manifest/analyzer/cli.js';
import { createRequire } from 'node:module';
import { root } from './exec.mjs';

const { version } = createRequire(import.meta.url)('../../package.json');

/** The custom-elements manifest of the sources. */
export async function readManifest() {
  return cli({ argv: ['analyze', '--config', 'custom-elements-manifest.config.mjs'], cwd: root.replace(/\/$/, ''), noWrite: true });
}

/** The elements of a manifest: declarations with a tag name, by tag. */
export function elements(manifest) {
  return manifest.modules
    .flatMap(({ declarations = [] }) => declarations)
    .filter(({ tagName }) => tagName)
    .sort((a, b) => a.tagName.localeCompare(b.tagName));
}

/**
 * Every file about the elements that editors and documentation read, as text by name: the manifest, the data of VS Code, and web-types
 * (JetBrains).
 */
export async function manifestFiles() {
  const manifest = await readManifest();
  const list = elements(manifest);
  return {
    'custom-elements.json': json(manifest),
    'vscode.html-custom-data.json': json({ version: 1.1, tags: list.map(vscodeTag) }),
    'web-types.json': json({
      $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
      name: 'vitrine',
      version,
      'description-markup': 'markdown',
      contributions: { html: { elements: list.map(webType) } },
    }),
  };
}

function vscodeTag({ tagName, description, summary, attributes = [] }) {
  return {
    name: tagName,
    description: description ?? summary ?? '',
    attributes: attributes.map(({ name, description: text = '', type }) => {
      const values = choices(type?.text);
      return { name, description: text, ...(values.length ? { values: values.map((value) => ({ name: value })) } : {}) };
    }),
  };
}

function webType({
  tagName,
  description,
  summary,
  attributes = [],
  events = [],
  slots = [],
  cssParts = [],
  cssProperties = [],
  members = [],
}) {
  const named = (list) => list.map(({ name, description: text }) => ({ name, description: text }));
  return {
    name: tagName,
    description: description ?? summary ?? '',
    attributes: attributes.map(({ name, description: text, default: fallback, type }) => ({
      name,
      description: text,
      ...(fallback === undefined ? {} : { default: fallback }),
      value: { type: type?.text ?? 'string', required: false },
    })),
    slots: named(slots),
    js: {
      properties: members
        .filter(({ kind }) => kind === 'field')
        .map(({ name, description: text, type }) => ({ name, description: text, type: type?.text })),
      events: named(events),
    },
    css: { parts: named(cssParts), properties: named(cssProperties) },
  };
}

/** The strings of a union type such as "'a' | 'b'". */
function choices(type = '') {
  const parts = type.split('|').map((part) => part.trim());
  return parts.every((part) => /^'[^']*'$|^undefined$|^null$/.test(part))
    ? parts.filter((part) => part.startsWith("'")).map((part) => part.slice(1, -1))
    : [];
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
