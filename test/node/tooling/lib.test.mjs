// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { findBrowser } from '../../../scripts/lib/browser.mjs';
import { node, root } from '../../../scripts/lib/exec.mjs';
import { allowance, compare } from '../../../scripts/lib/size.mjs';
import { Tally } from '../../../scripts/lib/tally.mjs';
import { pinnedUrls, vendorFiles } from '../../../scripts/lib/vendor.mjs';

describe('the commands that install what they need', () => {
  for (const command of ['start', 'test', 'build']) {
    it(`${command}.mjs loads no package before packages are installed`, () => {
      const reached = new Set();
      const packages = [];
      const follow = (path) => {
        if (reached.has(path)) return;
        reached.add(path);
        for (const [, specifier] of readFileSync(path, 'utf8').matchAll(/^(?:import|export)\s(?:[^'"]*\sfrom\s)?['"]([^'"]+)['"]/gm)) {
          if (specifier.startsWith('.')) follow(join(dirname(path), specifier));
          else if (!specifier.startsWith('node:')) packages.push(`${specifier} from ${path}`);
        }
      };
      follow(join(root, `scripts/${command}.mjs`));
      assert.ok(reached.has(join(root, 'scripts/lib/install.mjs')));
      assert.deepEqual(packages, []);
    });
  }
});

describe('the tally of npm test', () => {
  it('counts passes, failures and skips, and goes on after a failure', async (t) => {
    t.mock.method(console, 'log', () => {});
    const tally = new Tally();
    await tally.check('passes', () => 'a remark');
    await tally.check('fails', () => Promise.reject(new Error('why')));
    await tally.check('skips', () => ({ skip: 'nothing to test' }));
    tally.add({ passed: 3, failed: 1, skipped: 2, failures: ['another'] });
    assert.equal(String(tally), '4 passed, 2 failed, 3 skipped');
    assert.deepEqual(tally.failures, ['fails', 'another']);
  });
});

describe('the reporter of the Node tests', () => {
  it('counts tests and not suites; a file that does not load is one failure', async () => {
    const files = ['counted.mjs', 'broken.mjs'].map((name) => `test/node/tooling/reported/${name}`);
    const reporter = ['--test-reporter=./scripts/lib/node-reporter.mjs', '--test-reporter-destination=stdout'];
    const { stdout } = await node('--test', [...reporter, ...files], { quiet: true, env: { NODE_TEST_CONTEXT: undefined } });
    const { failures, ...counts } = JSON.parse(stdout);
    assert.deepEqual(counts, { passed: 2, failed: 2, skipped: 2 });
    assert.equal(failures.length, 2);
  });
});

describe('finding a browser', () => {
  it('says so where CHROME_PATH names none', () => {
    const before = process.env.CHROME_PATH;
    process.env.CHROME_PATH = '/no/such/chrome';
    try {
      assert.throws(() => findBrowser(), /CHROME_PATH is \/no\/such\/chrome, and there is no such file/);
    } finally {
      if (before === undefined) delete process.env.CHROME_PATH;
      else process.env.CHROME_PATH = before;
    }
  });
});

describe('the vendor folder', () => {
  it('names files that exist, and addresses of exact versions', () => {
    for (const source of Object.values(vendorFiles())) assert.ok(existsSync(join(root, source)), source);
    for (const url of Object.values(pinnedUrls())) assert.match(url, /@\d+\.\d+\.\d+\/dist\/[\w.]+$/);
  });
});

describe('the size budget', () => {
  it('holds every element to the common limit unless it has its own', () => {
    const limits = { core: 100, 'define/*.js': 10, 'define/all.js': 50 };
    assert.deepEqual(
      ['core', 'define/all.js', 'define/new.js', 'other'].map((entry) => allowance(limits, entry)),
      [100, 50, 10, undefined],
    );
    assert.deepEqual(compare({ core: 101, 'define/new.js': 10, other: 1 }, limits).over, ['core', 'other']);
  });
});
