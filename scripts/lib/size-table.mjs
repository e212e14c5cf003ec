// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './exec.mjs';

const guide = join(root, 'docs/guides/embedding.md');
const place = /(<!-- sizes: npm run size -- --write -->\n)([^]*?)(<!-- \/sizes -->)/;

const kB = (bytes) => (bytes / 1000).toFixed(bytes < 9950 ? 1 : 0);

/** The table of what a page loads for figures, as Markdown: [what, smallest, largest size in kB]. */
function rows(measured) {
  const cdn = (file) => measured[`cdn/${file}.min.js`];
  const of = (names) => `${kB(Math.min(...names.map(cdn)))} to ${kB(Math.max(...names.map(cdn)))} kB`;
  const files = Object.keys(measured)
    .filter((name) => name.startsWith('cdn/'))
    .map((name) => name.slice('cdn/'.length, -'.min.js'.length));
  const tags = new Set(Object.keys(measured).flatMap((name) => /^define\/((?!all)[\w-]+)\.js$/.exec(name)?.[1] ?? []));
  const pictures = files.filter((file) => tags.has(file.replace('vitrine-', '')));
  const running = ['vitrine-live', 'vitrine-worker', 'vitrine-core', 'vitrine-core-machinery'];
  const named = ['vitrine', 'vitrine-page', 'vitrine-export', 'vitrine-techniques', ...pictures, ...running];
  const computing = files.filter((file) => file.startsWith('vitrine-core-') && !named.includes(file));
  const further = files.filter((file) => ![...named, ...computing].includes(file));
  return [
    ['`vitrine.min.js`: all elements, and the matrices of attention', `${kB(cdn('vitrine'))} kB`, 'with the page'],
    ['`vitrine-<element>.min.js`: what draws another kind', of(pictures), 'with the first figure of its kind'],
    ['`vitrine-<element>-<part>.min.js`', of(further), 'with a view that is not the first, or a field of a live run'],
    ['`vitrine-export.min.js`', `${kB(cdn('vitrine-export'))} kB`, 'when a reader saves a figure'],
    [
      running.map((file) => `\`${file}\``).join(', '),
      `${kB(running.reduce((sum, file) => sum + cdn(file), 0))} kB`,
      'when a reader runs a model',
    ],
    ['`vitrine-core-<kind>.min.js`: what computes a figure', of(computing), 'with the first run of its kind'],
    [
      '`vitrine-page.min.js`: all of this in one file, but for running models',
      `${kB(cdn('vitrine-page'))} kB`,
      'in place of the first three, if you like',
    ],
  ];
}

/** The table with these sizes. */
export function sizeTable(measured) {
  const lines = rows(measured).map((cells) => `| ${cells.join(' | ')} |`);
  return ['| File | Gzip | Loaded |', '|---|---|---|', ...lines, ''].join('\n');
}

/** Why the guide's table is not that of these sizes, within a twentieth; undefined where it is. */
export function staleTable(measured) {
  const numbers = (text) => [...text.matchAll(/\d+(\.\d+)?(?= (?:kB|to))/g)].map(([number]) => Number(number));
  const [, , written = ''] = place.exec(readFileSync(guide, 'utf8')) ?? [];
  const [stands, is] = [numbers(written), numbers(sizeTable(measured))];
  const agrees = stands.length === is.length && is.every((number, at) => Math.abs(number - stands[at]) <= Math.max(0.1, number / 20));
  return agrees ? undefined : `docs/guides/embedding.md says ${stands.join(', ')} kB, and it is ${is.join(', ')}: npm run size -- --write.`;
}

/** Puts the table into the guide. */
export function writeTable(measured) {
  const text = readFileSync(guide, 'utf8');
  if (!place.test(text)) throw new Error('docs/guides/embedding.md has no place for the table of sizes.');
  writeFileSync(
    guide,
    text.replace(place, (_, open, _old, close) => `${open}${sizeTable(measured)}${close}`),
  );
}
