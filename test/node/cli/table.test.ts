// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { toCSV, traceTable } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

const data = (name: string): string => fileURLToPath(new URL(`../../../docs/elements/data/${name}.json`, import.meta.url));

describe('vitrine table', () => {
  it('writes the rows of one head to the output', async () => {
    const { status, out, error } = await vitrine('table', data('attention-view'), '--heads', '2.5');
    assert.equal(status, 0, error);
    const trace: unknown = JSON.parse(await readFile(data('attention-view'), 'utf8'));
    assert.equal(out, toCSV(traceTable(trace, { heads: [[2, 5]] })));
  });

  it('writes a file and names the other tables', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'vitrine-table-')), 'deep', 'beams.csv');
    const { status, out, error } = await vitrine('table', data('next-token-beams'), '--table', 'beams', '--out', file);
    assert.equal(status, 0, error);
    assert.equal(out, '');
    assert.match(error, /beams\.csv: [\d.]+ KiB; --table has candidates too\n$/);
    assert.match(await readFile(file, 'utf8'), /^node,parent,depth,id,token,log_probability,kept\r\n0,,1,/);
  });

  it('answers what it cannot do with one sentence and status 1', async () => {
    const noJson = join(await mkdtemp(join(tmpdir(), 'vitrine-table-')), 'a.json');
    await writeFile(noJson, 'layer,head');
    const faults: [string[], RegExp][] = [
      [[data('next-token'), '--table', 'x'], /^table: expected one of this trace's tables \(candidates\), got "x"\.\n$/],
      [[data('attention-view'), '--heads', '9.0'], /^heads: expected a layer of 0, 1, 2, 3 and a head from 0 to 7, got 9\.0\.\n$/],
      [[data('attention-view'), '--heads', '2'], /^--heads takes layers and heads, such as 0\.3,2\.5; got "2"\.\n$/],
      [[noJson], /is not JSON .*Give a file that `vitrine record`/],
      [['nowhere.json'], /no such file/],
    ];
    for (const [argv, message] of faults) {
      const { status, error } = await vitrine('table', ...argv);
      assert.equal(status, 1);
      assert.match(error, message);
    }
  });
});
