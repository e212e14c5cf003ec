// SPDX-License-Identifier: MIT
import { cp, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError, type CommandSpec, type Parsed } from './arguments.js';
import type { Terminal } from './terminal.js';

export const spec: CommandSpec = {
  name: 'vendor',
  arguments: ['folder'],
  summary:
    'Copies what a page loads on demand into a folder. Serve it beside your page, and no request leaves your site: configure({ vendor }).',
  options: { 'no-webgpu': { describe: 'leave out the 27 MB of the WebGPU build; models then run on WebAssembly only' } },
};

const require = createRequire(import.meta.url);

export async function execute(parsed: Parsed, terminal: Terminal): Promise<void> {
  const folder = parsed.positional['folder']!;
  const ort = dirname(located('onnxruntime-web'));
  const library = dirname(located('@huggingface/transformers'));
  const builds = [/^ort\.wasm\.min\.mjs$/, /^ort-wasm-simd-threaded\.(mjs|wasm)$/];
  if (!parsed.switches['no-webgpu']) builds.push(/^ort\.webgpu\.min\.mjs$/, /^ort-wasm-simd-threaded\.asyncify\.(mjs|wasm)$/);

  await mkdir(join(folder, 'ort'), { recursive: true });
  for (const name of await readdir(ort)) {
    if (builds.some((pattern) => pattern.test(name))) await cp(join(ort, name), join(folder, 'ort', name));
  }
  await cp(join(library, 'transformers.min.js'), join(folder, 'transformers.min.js'));
  const storyteller = fileURLToPath(new URL('../../models/storyteller/', import.meta.url));
  await cp(storyteller, join(folder, 'storyteller'), { recursive: true, filter: (path) => !path.startsWith(join(storyteller, 'making')) });
  terminal.out(`${folder} is ready. In the page: <meta name="vitrine:vendor" content="…/">, or configure({ vendor: '…/' }).\n`);
}

function located(name: string): string {
  try {
    return require.resolve(name);
  } catch {
    throw new UsageError(`${name} is not installed beside vitrine. Run \`npm install ${name}\` and try again.`);
  }
}
