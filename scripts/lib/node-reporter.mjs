// SPDX-License-Identifier: MIT

/** A reporter for node:test that ends in one JSON object: counts and the names of failures. Suites are not counted, their tests are. */
export default async function* report(source) {
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite' && type === 'test:pass') continue;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else if (type === 'test:pass') counts.passed += 1;
    else if (!causedByChildren(data)) {
      counts.failed += 1;
      counts.failures.push(`${data.file ? `${data.file.replace(/^.*\/test\//, 'test/')}: ` : ''}${data.name}`);
    }
  }
  yield JSON.stringify(counts);
}

/** A suite, or a file, that failed only because a test in it failed. */
function causedByChildren({ details }) {
  return details?.error?.failureType === 'subtestsFailed';
}
