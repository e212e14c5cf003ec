// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, root } from '../lib/exec.mjs';
import { filesUnder } from '../lib/files.mjs';
import { cycles } from '../lib/size.mjs';

const text = /\.(ts|mjs|js|json|md|html|css|py|sh|yml|yaml|txt|npmrc)$|^\.ci\/run$/;

/** What a published file must not name. Written in pieces, so that this file does not match itself. */
const forbidden = [
  { what: 'a path of one machine', pattern: new RegExp(['(?<![\\w.])/(work|home|Users|root|tmp)', '/[\\w.-]+'].join('')) },
  {
    what: 'a package registry of one machine',
    pattern: new RegExp(['(registry|mirror|proxy|artifactory|nexus)', '\\.(?!npmjs\\.org)[\\w-]+\\.[\\w.-]+/'].join('')),
  },
];

export const checks = [
  {
    name: 'sources: no file names a path or a host of one machine',
    run() {
      const found = [];
      for (const file of tracked().filter((path) => text.test(path))) {
        if (file === 'package-lock.json') continue;
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .forEach((line, index) => {
            for (const { what, pattern } of forbidden)
              if (pattern.test(line)) found.push(`${file}:${index + 1}: ${what}: ${pattern.exec(line)?.[0]}`);
          });
      }
      if (found.length) throw new Error(found.join('\n'));
    },
  },
  {
    name: 'sources: package-lock.json names no host but the public registry',
    run() {
      const hosts = [...readFileSync(join(root, 'package-lock.json'), 'utf8').matchAll(/"(?:resolved|url)": "(https?:\/\/[^/"]+)/g)].map(
        ([, host]) => host,
      );
      const foreign = [...new Set(hosts)].filter(
        (host) => !/^https:\/\/(registry\.npmjs\.org|opencollective\.com|github\.com|www\.patreon\.com)$/.test(host ?? ''),
      );
      if (foreign.some((host) => /registry|npm|mirror/.test(host ?? ''))) throw new Error(foreign.join(', '));
    },
  },
  {
    name: 'sources: every version is that of package.json',
    run() {
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const said = filesUnder('src', '/version.ts').map((file) => [
        file,
        /version = '(.*?)'/.exec(readFileSync(join(root, file), 'utf8'))?.[1],
      ]);
      const wrong = said.filter(([, found]) => found !== undefined && found !== version);
      if (wrong.length) throw new Error(wrong.map(([file, found]) => `${file} says ${found}, package.json ${version}`).join('\n'));
    },
  },
  {
    name: 'sources: every source file begins with its licence',
    run() {
      const without = [
        ...filesUnder('src', '.ts'),
        ...filesUnder('test', '.ts'),
        ...filesUnder('scripts', '.mjs'),
        ...filesUnder('bench', '.mjs'),
      ].filter((file) => !/^(#!.*\n)?\/\/ SPDX-License-Identifier: MIT\n/.test(readFileSync(join(root, file), 'utf8')));
      if (without.length) throw new Error(`The first line must be "// SPDX-License-Identifier: MIT" in\n${without.join('\n')}`);
    },
  },
  {
    name: 'sources: no module imports itself in a circle',
    async run() {
      const found = await cycles('dist/cdn/index.js');
      if (found.length) throw new Error(found.map((ids) => ids.join(' -> ')).join('\n'));
    },
  },
  {
    name: 'docs: typedoc builds the reference without a warning',
    async run() {
      if (!existsSync(join(root, 'src/core/index.ts'))) return { skip: 'there is no public entry yet' };
      const { status, output } = await node(
        'node_modules/typedoc/bin/typedoc',
        ['--options', 'typedoc.config.mjs', '--out', '.cache/reference'],
        { quiet: true },
      );
      if (status !== 0 || /\[warning\]/.test(output)) throw new Error(output);
    },
  },
];

function tracked() {
  return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path && existsSync(join(root, path)));
}
