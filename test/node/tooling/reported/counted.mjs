// SPDX-License-Identifier: MIT
// Run by lib.test.mjs: what the reporter should count.
import { describe, it, test } from 'node:test';

test('passes', () => {});
test.skip('is skipped');
describe('a suite', () => {
  it('passes', () => {});
  it('fails', () => {
    throw new Error('on purpose');
  });
  it('is skipped when it runs', (t) => t.skip('on purpose'));
});
