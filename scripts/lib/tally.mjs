// SPDX-License-Identifier: MIT

/** Counts of tests, and the names of those that failed. */
export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** @type {string[]} */
  failures = [];

  /** Adds the counts of another run. */
  add({ passed, failed, skipped, failures = [] }) {
    this.passed += passed;
    this.failed += failed;
    this.skipped += skipped;
    this.failures.push(...failures);
  }

  /**
   * Runs one check as one test. It fails by throwing; a string that it returns is a remark; `{ skip: 'why' }` counts as skipped.
   *
   * @param {string} name
   * @param {() => unknown} run
   */
  async check(name, run) {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    try {
      const result = await within(300_000, run);
      if (result && typeof result === 'object' && 'skip' in result) {
        this.skipped += 1;
        console.log(`- ${name} (skipped: ${result.skip})`);
        return;
      }
      this.passed += 1;
      console.log(`✔ ${name} (${seconds()})${typeof result === 'string' ? `: ${result}` : ''}`);
    } catch (error) {
      this.failed += 1;
      this.failures.push(name);
      console.log(`✖ ${name} (${seconds()})\n${indent(error instanceof Error ? error.message : String(error))}`);
    }
  }

  toString() {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}

/** What `run` gives, or an error where it takes longer than `milliseconds`: a test that hangs must not hang the others. */
async function within(milliseconds, run) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result after ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([Promise.resolve(run()), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Indented, and without what nobody reads: the rest of very long lines (minified code) and of very long texts. */
function indent(text) {
  const lines = text.trimEnd().split('\n');
  const shown = lines.slice(0, 120).map((line) => `    ${line.length > 400 ? `${line.slice(0, 400)}…` : line}`);
  return [...shown, ...(lines.length > 120 ? [`    … and ${lines.length - 120} more lines`] : [])].join('\n');
}
