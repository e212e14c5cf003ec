// SPDX-License-Identifier: MIT
import { createReadStream, statSync } from 'node:fs';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { browserArguments, ensureBrowser } from './scripts/lib/browser.mjs';
import { browserReporter } from './scripts/lib/browser-reporter.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const shared = resolve(root, '../shared');
const types = { '.json': 'application/json', '.onnx': 'application/octet-stream', '.safetensors': 'application/octet-stream' };

/** Serves the files of ../shared, where there is one, under /shared/. Tests ask for /shared/fixtures/README.md and skip on 404. */
function serveShared(context, next) {
  if (!context.path.startsWith('/shared/')) return next();
  const file = resolve(shared, `.${decodeURIComponent(context.path.slice('/shared'.length))}`);
  const found = file.startsWith(shared + sep) ? statSync(file, { throwIfNoEntry: false }) : undefined;
  if (!found?.isFile()) {
    context.status = 404;
    return undefined;
  }
  context.type = types[extname(file)] ?? 'text/plain';
  context.length = found.size;
  context.status = 200;
  if (context.method !== 'HEAD') context.body = createReadStream(file);
  return undefined;
}

export default {
  rootDir: root,
  files: process.env.VITRINE_BROWSER_TESTS?.split('\n') ?? ['test/browser/**/*.test.ts'],
  nodeResolve: { exportConditions: ['browser', 'development'], browser: true },
  mimeTypes: { '**/*.wasm': 'application/wasm' },
  plugins: [esbuildPlugin({ ts: true, tsconfig: `${root}tsconfig.json`, target: 'es2022' })],
  middleware: [serveShared],
  browsers: [chromeLauncher({ concurrency: 1, launchOptions: { executablePath: await ensureBrowser(), args: browserArguments() } })],
  concurrency: 1,
  // Loading 14 MB of WebAssembly on two busy cores takes tens of seconds.
  testFramework: { config: { ui: 'bdd', timeout: 60_000 } },
  browserStartTimeout: 60_000,
  testsStartTimeout: 120_000,
  testsFinishTimeout: 600_000,
  reporters: [browserReporter({ file: `${root}.cache/browser-tests.json`, root })],
};
