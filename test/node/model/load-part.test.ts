// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadPart } from '../../../src/core/load-part.js';

describe('a part that comes when it is needed', () => {
  it('is what the file holds', async () => assert.equal(await loadPart('numbers', () => Promise.resolve(1)), 1));

  it('says what is missing and what to do, and can be asked for again', async () => {
    let asked = 0;
    const load = (): Promise<number> => (++asked === 1 ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(2));
    await assert.rejects(loadPart('the logit lens', load), {
      name: 'VitrineError',
      code: 'network',
      message: /the logit lens could not be loaded \(Failed to fetch\)\. Check the connection/,
    });
    assert.equal(await loadPart('the logit lens', load), 2);
  });
});
