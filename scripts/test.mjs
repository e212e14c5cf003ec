// SPDX-License-Identifier: MIT
// npm test            every test: lint, build, node, browser, package
// npm test -- node    one part; further words choose files: npm test -- node onnx
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureBrowser } from './lib/browser.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { exec, node, root } from './lib/exec.mjs';
import { filesUnder } from './lib/files.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Tally } from './lib/tally.mjs';

const parts = { lint, build, node: nodeTests, browser: browserTests, package: packageTests };
const [part, ...words] = process.argv.slice(2);
const tally = new Tally();

if (part && !(part in parts)) {
  console.error(`npm test knows the parts ${Object.keys(parts).join(', ')}; "${part}" is none of them.`);
  process.exit(2);
}
try {
  await ensureInstalled();
  for (const [name, run] of Object.entries(parts)) {
    if (part && name !== part) continue;
    console.log(`\n== ${name} ==`);
    await run();
  }
} catch (error) {
  tally.failed += 1;
  tally.failures.push(error.message);
  console.error(error.message);
}
if (tally.failures.length) console.log(`\nFailed:\n${tally.failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${tally}`);
process.exitCode = tally.failed ? 1 : 0;

async function lint() {
  await tally.check('eslint: rules, and the import rule of the architecture', () =>
    tool('eslint/bin/eslint.js', ['.', '--max-warnings=0']),
  );
  await tally.check('prettier: the format of the sources', () =>
    tool('prettier/bin/prettier.cjs', [
      '--check',
      '{src,test,scripts,bench}/**/*.{ts,mjs}',
      '*.{mjs,json}',
      '--log-level=warn',
      '--no-error-on-unmatched-pattern',
    ]),
  );
  await tally.check('tsc: types of sources and tests', () => tool('typescript/bin/tsc', ['--noEmit']));
}

async function build() {
  await tally.check('build', async () => {
    const { status, output } = await node('scripts/build.mjs', [], { quiet: true });
    if (status !== 0) throw new Error(output);
  });
}

async function nodeTests() {
  const files = chosen('test/node');
  if (!files.length) return console.log('no test files');
  const counts = fresh('node-tests.json');
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const counting = ['--test-reporter=./scripts/lib/node-reporter.mjs', `--test-reporter-destination=${counts}`];
  const { status } = await exec(process.execPath, [
    '--import',
    'tsx',
    '--test',
    '--test-concurrency=2',
    ...reporters,
    ...counting,
    ...files,
  ]);
  addCounts(counts, status, 'node tests');
}

async function browserTests() {
  const files = chosen('test/browser');
  if (!files.length) return console.log('no test files');
  await ensureBrowser();
  const counts = fresh('browser-tests.json');
  const { status } = await node('node_modules/@web/test-runner/dist/bin.js', ['--static-logging'], {
    env: { VITRINE_BROWSER_TESTS: files.join('\n') },
  });
  addCounts(counts, status, 'browser tests');
}

async function packageTests() {
  await ensureBuilt();
  for (const file of filesUnder('scripts/checks', '.mjs')) {
    const { checks, finish } = await import(`./${file.slice('scripts/'.length)}`);
    for (const { name, run } of checks) if (words.every((word) => `${file} ${name}`.includes(word))) await tally.check(name, run);
    await finish?.();
  }
}

/** Test files of a folder whose path contains every further word of the command line. */
function chosen(folder) {
  return filesUnder(folder).filter((file) => /\.test\.(ts|mjs)$/.test(file) && words.every((word) => file.includes(word)));
}

/** A file for counts that is not there yet, so that a run that dies leaves none. */
function fresh(name) {
  mkdirSync(`${root}.cache`, { recursive: true });
  rmSync(`${root}.cache/${name}`, { force: true });
  return `${root}.cache/${name}`;
}

function addCounts(file, status, what) {
  let counts;
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    counts = { passed: 0, failed: 0, skipped: 0 };
  }
  const silent = status !== 0 && counts.failed === 0;
  tally.add(silent ? { ...counts, failed: 1, failures: [`${what}: the runner ended with status ${status} (see above)`] } : counts);
}

async function tool(script, args) {
  const { status, output } = await node(`node_modules/${script}`, args, { quiet: true });
  if (status !== 0) throw new Error(output);
}
