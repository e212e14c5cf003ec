// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/**
 * A reporter for @web/test-runner: one line per test, errors in full, and the counts as JSON in `file`. A test file that could not be
 * loaded counts as one failure.
 */
export function browserReporter({ file, root }) {
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  return {
    reportTestFileResults({ sessionsForTestFile, testFile }) {
      const name = relative(root, testFile);
      for (const session of sessionsForTestFile) {
        console.log(`\n${name} (${session.browser.name})`);
        walk(session.testResults, '', (test, path) => {
          const outcome = test.skipped ? 'skipped' : test.passed ? 'passed' : 'failed';
          counts[outcome] += 1;
          console.log(`  ${{ passed: '✔', failed: '✖', skipped: '-' }[outcome]} ${path}${test.skipped ? ' (skipped)' : ''}`);
          if (outcome !== 'failed') return;
          counts.failures.push(`${name}: ${path}`);
          console.log(describe(test.error));
        });
        for (const error of session.errors) {
          counts.failed += 1;
          counts.failures.push(`${name}: ${error.message.split('\n')[0]}`);
          console.log(`  ✖ the file itself\n${describe(error)}`);
        }
        for (const url of session.request404s) console.log(`  not found: ${url}`);
        for (const log of session.passed ? [] : session.logs) console.log(`  console: ${log.map(String).join(' ').slice(0, 2000)}`);
      }
    },
    stop() {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(counts));
    },
  };
}

function walk(suite, prefix, visit) {
  for (const test of suite?.tests ?? []) visit(test, prefix + test.name);
  for (const child of suite?.suites ?? []) walk(child, `${prefix}${child.name} > `, visit);
}

function describe(error) {
  if (!error) return '      (no error given)';
  const difference = error.expected === undefined ? '' : `\nexpected: ${error.expected}\nactual: ${error.actual}`;
  return `${error.message ?? ''}${difference}\n${error.stack ?? ''}`.trim().replace(/^/gm, '      ');
}
