// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { exec, node, root } from '../lib/exec.mjs';
import { filesUnder } from '../lib/files.mjs';
import { newApp, pack } from '../lib/pack.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

export const checks = [
  {
    name: 'package: publint has nothing to say',
    async run() {
      const { bytes } = await pack();
      const { messages, pkg } = await publint({
        level: 'suggestion',
        strict: true,
        pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      });
      if (messages.length) throw new Error(messages.map((message) => formatMessage(message, pkg, { color: false })).join('\n'));
    },
  },
  {
    name: 'package: are the types wrong? (ESM only)',
    async run() {
      const { file } = await pack();
      const { status, output } = await node(
        'node_modules/@arethetypeswrong/cli/dist/index.js',
        [file, '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii', '--no-definitely-typed'],
        { quiet: true },
      );
      if (status !== 0) throw new Error(output);
    },
  },
  {
    name: 'package: it holds what it promises and nothing else',
    async run() {
      const { paths, size } = await pack();
      const needed = [
        'dist/core/index.js',
        'dist/core/index.d.ts',
        'dist/cdn/vitrine.min.js',
        'dist/cdn/vitrine-core.min.js',
        'dist/cdn/vitrine-core-machinery.min.js',
        'dist/cdn/vitrine-techniques.min.js',
        'dist/cdn/vitrine-page.min.js',
        'dist/cdn/vitrine-logit-lens.min.js',
        'dist/cdn/embed.html',
        'models/storyteller/onnx/model.onnx',
        'custom-elements.json',
        'LICENSE',
        'README.md',
        manifest.bin.vitrine.replace('./', ''),
      ];
      const missing = needed.filter((path) => !paths.includes(path));
      const foreign = paths.filter((path) => /^(src|test|scripts|bench)\/|\/vendor\/|\.test\.|\.stamp$|\/making\//.test(path));
      if (missing.length || foreign.length)
        throw new Error(`missing: ${missing.join(', ') || 'nothing'}; should not be there: ${foreign.join(', ') || 'nothing'}`);
      return `${paths.length} files, ${(size / 1e6).toFixed(1)} MB unpacked`;
    },
  },
  {
    name: 'package: every export resolves in Node to a file that exists, and nothing else does',
    async run() {
      const cwd = await installed();
      const names = [
        'vitrine',
        'vitrine/core',
        'vitrine/components',
        'vitrine/worker',
        'vitrine/react',
        'vitrine/svelte',
        'vitrine/custom-elements.json',
        'vitrine/package.json',
        'vitrine/models/storyteller/config.json',
        'vitrine/cdn/vitrine.min.js',
        ...filesUnder('src/components/define', '.ts').flatMap((file) => {
          const name = file.replace(/^.*\/(.*)\.ts$/, '$1.js');
          return [
            `vitrine/define/${name}`,
            ...(existsSync(join(root, `src/components/${name.slice(0, -3)}`)) ? [`vitrine/components/${name}`] : []),
          ];
        }),
      ];
      const code = `for (const name of ${JSON.stringify(names)}) { const url = import.meta.resolve(name); if (!(await import('node:fs')).existsSync(new URL(url))) throw new Error(name + ' resolves to ' + url + ', which is not there'); }
        for (const name of ['vitrine/dist/core/index.js', 'vitrine/src/core/index.ts']) { let found; try { found = import.meta.resolve(name); } catch {} if (found) throw new Error(name + ' should not be exported'); }`;
      const { status, output } = await exec(process.execPath, ['--input-type=module', '-e', code], { cwd, quiet: true });
      if (status !== 0) throw new Error(output);
      return `${names.length} names`;
    },
  },
  {
    name: 'package: the built modules load in a clean Node process, silently and without a window',
    async run() {
      const cwd = await installed();
      const modules = ['vitrine', 'vitrine/worker', 'vitrine/cdn/vitrine-worker.min.js', 'vitrine/components'];
      for (const name of modules) {
        const code = `const all = await import(${JSON.stringify(name)}); if (!Object.keys(all).length) throw new Error('it exports nothing');`;
        const { status, output } = await exec(process.execPath, ['--input-type=module', '-e', code], { cwd, quiet: true });
        if (status !== 0 || output) throw new Error(`import ${name}: status ${status}, and it said:\n${output}`);
      }
    },
  },
];

let app;

/** One project for these checks. */
function installed() {
  app ??= newApp();
  return app;
}
