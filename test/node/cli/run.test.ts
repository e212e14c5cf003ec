// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { layerList } from '../../../src/cli/arguments.js';
import { run } from '../../../src/cli/run.js';
import { readTrace, version } from '../../../src/core/index.js';

async function vitrine(...argv: string[]): Promise<{ status: number; out: string; error: string }> {
  const result = { out: '', error: '' };
  const status = await run(argv, { out: (text) => (result.out += text), error: (text) => (result.error += text), columns: 100 });
  return { status, ...result };
}

describe('the command line', () => {
  it('has a version and a help for everything', async () => {
    assert.deepEqual(await vitrine('--version'), { status: 0, out: `${version}\n`, error: '' });
    const { out } = await vitrine('--help');
    for (const command of ['inspect <model>', 'record attention <model> <prompt>', 'record lens <model> <prompt>', 'vendor <folder>']) {
      assert.ok(out.includes(command), command);
      const help = await vitrine(...command.replace(/ <.*$/, '').split(' '), '--help');
      assert.ok(help.status === 0 && help.out.includes(`vitrine ${command} [options]`), help.out);
    }
    assert.ok(out.split('\n').every((line) => line.length <= 120));
  });

  const faults: [string[], RegExp][] = [
    [['inspekt', 'gpt2'], /^There is no command "inspekt gpt2"\. Run `vitrine --help` for the list\.\n$/],
    [['inspect'], /^vitrine inspect needs <model>; 0 were given\. .*--help/],
    [['record', 'attention', 'gpt2', 'two', 'words'], /needs <model> <prompt>; 3 were given\. Put an argument with spaces in quotes\./],
    [['inspect', 'gpt2', '--jsn'], /^Unknown option '--jsn'\. Run `vitrine inspect --help` for what it takes\.\n$/],
    [['inspect', 'gpt2', '--dtype'], /--dtype.*argument missing/],
    [['inspect', 'gpt2', '--device', 'tpu'], /^--device takes cpu, wasm, webgpu; got "tpu"\.\n$/],
    [['record', 'lens', 'gpt2', 'a', '--top-k', '0'], /^--top-k takes a whole number from 1 up; got "0"\.\n$/],
    [['record', 'lens', 'gpt2', 'a', '--trajectories', '1.5'], /^--trajectories takes a whole number from 0 up; got "1.5"\.\n$/],
  ];
  for (const [argv, message] of faults) {
    it(`answers "${argv.join(' ')}" with one sentence and status 1`, async () => {
      const { status, out, error } = await vitrine(...argv);
      assert.equal(status, 1);
      assert.equal(out, '');
      assert.match(error, message);
      assert.doesNotMatch(error, /\n\s+at /);
    });
  }

  it('reads lists of layers', () => {
    assert.deepEqual(layerList('0,3-5, 4', 12), [0, 3, 4, 5]);
    assert.throws(() => layerList('3-12', 12), /layers from 0 to 11, as this model has 12; got "3-12"/);
    for (const bad of ['', 'a', '1-', '-1', '5-3', '1,,2']) assert.throws(() => layerList(bad, 12), /--layers takes/, bad);
  });
});

describe('the command line with the embedded model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-cli-'));
  after(() => rmSync(folder, { recursive: true }));

  it('inspect lists its hooks, as a table and as JSON', async () => {
    const { status, out, error } = await vitrine('inspect', 'vitrine/storyteller');
    assert.equal(error, '');
    assert.equal(status, 0);
    assert.match(out, /^blocks\.L\.attn\.hook_pattern +\[batch, head \d+, query, key\] +yes /m);
    const json = JSON.parse((await vitrine('inspect', 'vitrine/storyteller', '--json')).out) as {
      hooks: { name: string }[];
      architecture: { nLayer: number };
    };
    assert.ok(json.hooks.some(({ name }) => name === `blocks.${json.architecture.nLayer - 1}.attn.hook_pattern`));
  });

  it('record attention writes a figure that reads back, with rows that sum to one', async () => {
    const out = join(folder, 'figures/attention.json');
    const { status, error } = await vitrine(
      'record',
      'attention',
      'vitrine/storyteller',
      'Once upon a time',
      '--out',
      out,
      '--layers',
      '0-1',
    );
    assert.equal(status, 0, error);
    const trace = readTrace(JSON.parse(readFileSync(out, 'utf8')));
    assert.equal(trace.kind, 'attention');
    assert.equal(trace.prompt, 'Once upon a time');
    assert.equal(trace.provenance.vitrine, version);
  });

  it('record lens writes the JSON to the output without --out', async () => {
    const { status, out, error } = await vitrine('record', 'lens', 'vitrine/storyteller', 'Once upon a time', '--top-k', '3');
    assert.equal(status, 0, error);
    const trace = readTrace(JSON.parse(out));
    assert.ok(trace.kind === 'logit-lens' && trace.trajectories);
    const without = await vitrine('record', 'lens', 'vitrine/storyteller', 'Once upon a time', '--trajectories', '0');
    assert.ok(!without.out.includes('"trajectories"'));
  });

  it('a model that is not there is an error with an action', async () => {
    const { status, error } = await vitrine('inspect', join(folder, 'none'));
    assert.equal(status, 1);
    assert.doesNotMatch(error, /\n\s+at /);
  });
});
