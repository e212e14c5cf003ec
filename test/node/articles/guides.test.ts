// SPDX-License-Identifier: MIT
/**
 * The guides and the README say what is true: their TypeScript that begins with `// runs` is run, and a line that ends in `// → value` must
 * have that value; links lead to files that are there.
 */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryPath } from '../shared.js';

const guides = (await readdir(repositoryPath('docs', 'guides'), { recursive: true }))
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.md'))
  .sort();
const core = pathToFileURL(repositoryPath('src', 'core', 'index.ts')).href;
await mkdir(repositoryPath('.cache'), { recursive: true });
const folder = await mkdtemp(repositoryPath('.cache', 'guides-')); // its own, as two runs of the tests may go on at a time
process.once('exit', () => rmSync(folder, { recursive: true }));

for (const name of guides) {
  const text = await readFile(repositoryPath('docs', 'guides', name), 'utf8');
  [...text.matchAll(/^```ts\n\/\/ runs\n([\s\S]*?)^```/gm)].forEach(([, code], index) => {
    const section = [...text.slice(0, text.indexOf(code!)).matchAll(/^#+ (.*)$/gm)].at(-1)![1];
    test(`${name}, block ${index + 1}: ${section}`, async (t) => {
      t.mock.method(console, 'log', () => undefined); // what examples print belongs to the weights
      const file = join(folder, `${name.replaceAll('/', '-')}-${index}.mts`);
      const { module, checks } = asModule(code!);
      await writeFile(file, module);
      const seen: { count: number } = { count: 0 };
      (globalThis as { checkShown?: unknown }).checkShown = (value: unknown, expected: unknown, line: string) => {
        seen.count++;
        assert.deepEqual(plain(value), plain(expected), line);
      };
      await import(pathToFileURL(file).href);
      assert.equal(seen.count, checks, 'every value that the guide shows was reached');
    });
  });
}

test('README.md: what it says works in code is there', async () => {
  const text = await readFile(repositoryPath('README.md'), 'utf8');
  const table = text.slice(text.indexOf('## What it can do today'), text.indexOf('## Models'));
  const worker = pathToFileURL(repositoryPath('src', 'worker', 'index.ts')).href;
  const exported = { ...(await import(core)), ...(await import(worker)) } as Record<string, unknown> & {
    HookedModel: { prototype: object };
  };
  const names = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  assert.ok(names.length > 5);
  for (const name of names)
    assert.ok(name in exported || name in exported.HookedModel.prototype, `the README names ${name}, and there is no such thing`);
});

for (const path of ['README.md', 'CHANGELOG.md', 'models/storyteller/README.md', ...guides.map((name) => `docs/guides/${name}`)]) {
  test(`${path}: links lead to files that are there`, async () => {
    const text = (await readFile(repositoryPath(path), 'utf8')).replace(/^```[\s\S]*?^```/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(([, a, b]) => (a ?? b)!);
    for (const link of links) {
      if (/^(https?:|#)/.test(link)) continue;
      const [file, section] = link.split('#') as [string, string?];
      const target = join(repositoryPath(dirname(path)), file);
      assert.ok(existsSync(target), `${path} links to ${link}, which is not there`);
      if (section)
        assert.ok(sectionsOf(await readFile(target, 'utf8')).includes(section), `${path} links to ${link}, and there is no such section`);
    }
  });
}

/** Anchors of a page's headings, as GitHub makes them. */
function sectionsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The block with the package's name made its source, and each `expression; // → value` made a check. */
function asModule(code: string): { module: string; checks: number } {
  let checks = 0;
  const lines = code.split('\n').map((line) => {
    const [, expression, expected] = /^(\S.*?);? \/\/ → (.*)$/.exec(line) ?? [];
    if (expression === undefined) return line.replace("from 'vitrine'", `from '${core}'`);
    checks++;
    return `globalThis.checkShown((${expression}), (${expected}), ${JSON.stringify(line)});`;
  });
  return { module: lines.join('\n'), checks };
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
