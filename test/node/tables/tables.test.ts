// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  csvLines,
  decodeArray,
  rawArray,
  readTrace,
  tableNames,
  tokensTrace,
  toCSV,
  traceTable,
  type Trace,
} from '../../../src/core/index.js';

type Kind = Trace['kind'];
type Row = Record<string, unknown>;

function recorded<K extends Kind>(kind: K, name: string): Extract<Trace, { kind: K }> {
  const trace = readTrace(JSON.parse(readFileSync(new URL(`../../../docs/elements/data/${name}.json`, import.meta.url), 'utf8')));
  assert.equal(trace.kind, kind);
  return trace as Extract<Trace, { kind: K }>;
}

/** The rows of a table, by column. */
function rowsOf(trace: Trace, options?: Parameters<typeof traceTable>[1]): Row[] {
  const { columns, rows } = traceTable(trace, options);
  return [...rows].map((row) => {
    assert.equal(row.length, columns.length);
    return Object.fromEntries(columns.map((name, at) => [name, row[at]]));
  });
}

const sum = (rows: readonly Row[], column = 'value'): number => rows.reduce((all, row) => all + Number(row[column]), 0);

/** A reader of RFC 4180, written from its grammar and not from ours. */
function parseCSV(text: string): string[][] {
  const records: string[][] = [];
  for (let at = 0; at < text.length;) {
    const record: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) field += text[at] === '"' ? text[at++] : text[at];
        at++;
      } else while (at < text.length && text[at] !== ',' && text[at] !== '\r') field += text[at++];
      record.push(field);
      if (text[at] !== ',') break;
      at++;
    }
    assert.equal(text.slice(at, at + 2), '\r\n');
    at += 2;
    records.push(record);
  }
  return records;
}

describe('traceTable', () => {
  it('attention: a row for each weight, none for what the mask hides', () => {
    const trace = recorded('attention', 'attention-view');
    const { data, shape } = decodeArray(trace.pattern);
    const [layers, heads, count] = shape as [number, number, number];
    const rows = rowsOf(trace);
    assert.equal(rows.length, (layers * heads * count * (count + 1)) / 2);
    for (const { layer, head, query, query_token, key, key_token, weight } of rows as Record<string, number>[]) {
      assert.equal(weight, data[((layer! * heads + head!) * count + query!) * count + key!]);
      assert.deepEqual([query_token, key_token], [trace.tokens[query!]!.text, trace.tokens[key!]!.text]);
    }
    const one = rowsOf(trace, { heads: [[2, 5]] });
    assert.equal(one.length, (count * (count + 1)) / 2);
    assert.ok(one.every(({ layer, head }) => layer === 2 && head === 5));
    assert.ok(Math.abs(sum(one, 'weight') - count) < 1e-3);
  });

  it('attention: layers keep their numbers, heads their names, and scores are a table', () => {
    const token = { id: 0, text: 'a' };
    const head = { format: 'vitrine-trace', version: 1, provenance: { model: 'm', vitrine: '0' }, prompt: 'a', tokens: [token] } as const;
    const pattern = rawArray(Float32Array.of(0.25, 0.5, 0.75, 1), [2, 2, 1, 1]);
    const scores = { kind: 'induction', values: rawArray(Float32Array.of(1, 2, 3, 4), [2, 2]) };
    const trace = { ...head, kind: 'attention', causal: false, layers: [4, 9], headNames: ['x', 'y'], pattern, scores };
    assert.deepEqual(tableNames(trace), ['weights', 'scores']);
    assert.deepEqual([...traceTable(trace, { heads: [[9, 1]] }).rows], [[9, 1, 'y', 0, 'a', 0, 'a', 1]]);
    assert.deepEqual([...traceTable(trace, { table: 'scores' }).rows].at(2), [9, 0, 'x', 3]);
    assert.throws(() => traceTable(trace, { heads: [[5, 0]] }), /heads: expected a layer of 4, 9 and a head from 0 to 1, got 5\.0/);
  });

  it('attribution: components and the constant sum to the total, sources and neurons to what they are parts of', () => {
    const trace = recorded('attribution', 'logit-attribution');
    const rows = rowsOf(trace);
    const level = (name: string): Row[] => rows.filter((row) => row['level'] === name);
    const off = Math.abs(sum(level('component')) + sum(level('constant')) - sum(level('total')));
    const heads = level('head').map((row) => {
      const parts = level('source').filter(({ layer, head }) => layer === row['layer'] && head === row['head']);
      return Math.abs(sum(parts) - Number(row['value']));
    });
    const layers = new Set(level('neuron').map(({ layer }) => layer));
    assert.equal(level('other neurons').length, layers.size);
    console.log(`components: ${off.toExponential(1)}, sources of a head: ${Math.max(...heads).toExponential(1)}, tolerance 1e-4`);
    assert.ok(off < 1e-4 && Math.max(...heads) < 1e-4);
    assert.deepEqual(tableNames(trace), ['parts', 'lens']);
  });

  it('logit lens: the likeliest tokens in order, then those that are followed, each once', () => {
    const trace = recorded('logit-lens', 'logit-lens-names');
    const rows = rowsOf(trace);
    const cells = grouped(rows);
    assert.equal(cells.size, trace.points.length * trace.tokens.length);
    for (const cell of cells.values()) {
      const ids = cell.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const ranks = cell.map(({ rank }) => Number(rank));
      assert.deepEqual(
        ranks,
        [...ranks].sort((a, b) => a - b),
      );
      assert.ok(sum(cell, 'probability') < 1 + 1e-4);
    }
    const { of, probability } = trace.trajectories!;
    const [pairs, values] = [decodeArray(of).data, decodeArray(probability).data];
    let largest = 0;
    for (let at = 0; at < pairs.length / 2; at++) {
      for (const [point, name] of trace.points.entries()) {
        const row = cells.get(`${name} ${pairs[2 * at]}`)!.find(({ id }) => id === pairs[2 * at + 1]);
        largest = Math.max(largest, Math.abs(Number(row!['probability']) - values[at * trace.points.length + point]!));
      }
    }
    console.log(`tokens that are followed: largest difference ${largest.toExponential(1)}, tolerance 1e-4 (16 bits)`);
    assert.ok(largest < 1e-4);
    assert.equal(rowsOf(trace, { table: 'points' }).length, cells.size);
  });

  it('next token: probabilities of temperature 1, ranks only where they are known, and the beams', () => {
    const trace = recorded('next-token', 'next-token-beams');
    const rows = rowsOf(trace);
    const rest = decodeArray(trace.rest).data;
    const first = rows.filter(({ step }) => step === 0);
    const logits = first.map(({ logit }) => Number(logit));
    const all = logits.reduce((total, logit) => total + Math.exp(logit), Math.exp(rest[trace.temperatures.indexOf(1)]!));
    const off = first.map((row, at) => Math.abs(Number(row['probability']) - Math.exp(logits[at]!) / all));
    assert.ok(Math.max(...off) < 1e-9);
    assert.equal(first[0]!['rank'], 0);
    assert.ok(first.some(({ rank }) => rank === undefined));
    assert.equal(first[0]!['position'], trace.tokens.length);
    const beams = rowsOf(trace, { table: 'beams' });
    assert.equal(beams.length, trace.beams!.nodes.length);
    for (const { parent, depth } of beams) assert.equal(depth, parent === undefined ? 1 : Number(beams[Number(parent)]!['depth']) + 1);
  });

  it('patching: a row for each cell, with its tokens, empty where it was not computed', () => {
    const whole = recorded('patching', 'patching-grid');
    const trace = { ...whole, missing: [3] };
    const rows = rowsOf(trace);
    const { data } = decodeArray(trace.values);
    assert.equal(rows.length, data.length);
    assert.equal(rows[3]!['value'], undefined);
    assert.equal(rows[4]!['value'], data[4]);
    const { pos, pos_token, pos_source_token } = rows.at(-1)!;
    assert.deepEqual([pos_token, pos_source_token], [trace.tokens[Number(pos)]!.text, trace.source!.tokens[Number(pos)]!.text]);
    assert.equal(toCSV(traceTable(trace)).split('\r\n')[4]!.at(-1), ',');
  });

  it('steering: the base text and the steered one at every strength, without and with the vector', () => {
    const trace = recorded('steering', 'steering-lab');
    const rows = rowsOf(trace);
    const { strength, tokens, unsteered, baseSteered } = trace.steered[0]!;
    const own = rows.filter((row) => row['strength'] === strength);
    assert.deepEqual(
      own.map((row) => [row['text'], row['token'], row['probability_without'], row['probability_with']]),
      [
        ...trace.base.map(({ text, probability }, at) => ['base', text, probability, baseSteered[at]]),
        ...tokens.map(({ text, probability }, at) => ['steered', text, unsteered[at], probability]),
      ],
    );
    const directions = decodeArray(trace.vector.directions).data;
    assert.deepEqual(
      rowsOf(trace, { table: 'vector' }).map(({ value }) => value),
      [...directions],
    );
    assert.equal(rowsOf(trace, { table: 'pairs' }).length, trace.vector.layers.length * trace.vector.positive.length);
  });

  it('heads: every score by every convention, and the patterns', () => {
    const trace = recorded('heads', 'head-finder');
    const rows = rowsOf(trace);
    const { data, shape } = decodeArray(trace.scores);
    assert.equal(rows.length, data.length * (1 + (trace.others?.length ?? 0)));
    assert.equal(rows[shape[2]! + 1]!['score'], data[shape[2]! + 1]);
    const patterns = rowsOf(trace, { table: 'patterns' });
    const [count, weights] = [trace.tokens.length, decodeArray(trace.patterns).data];
    assert.equal(patterns.length, (trace.patternHeads.length * count * (count + 1)) / 2);
    const last = patterns.at(-2)!;
    assert.equal(last['weight'], weights[(trace.patternHeads.length * count - 1) * count + count - 2]);
    assert.deepEqual([last['layer'], last['head']], trace.patternHeads.at(-1));
  });

  it('tokens: a column for each row of values', () => {
    const rows = rowsOf(recorded('tokens', 'colored-tokens'));
    assert.deepEqual(Object.keys(rows[0]!), ['position', 'id', 'token', 'surprise (nats)', 'entropy (nats)', 'rank']);
    assert.equal(rows[0]!['surprise (nats)'], undefined);
  });

  it('model: parameters sum to those of the model, each name stands once', () => {
    const trace = recorded('model', 'model-map');
    const rows = rowsOf(trace);
    const names = rows.map(({ what, name }) => `${String(what)} ${String(name)}`);
    assert.equal(new Set(names).size, names.length);
    assert.ok(!names.some((name) => name.includes('{layer}')));
    const parameters = rows.reduce((all, row) => all + Number(row['parameters'] ?? 0), 0);
    // GPT-2 by hand: embeddings once (tied), positions, and per block attention, MLP and two norms; a last norm.
    const { nLayer, dModel, dMlp, dVocab, nCtx } = trace.architecture;
    const block = 4 * dModel * dModel + 4 * dModel + 2 * dModel * dMlp! + dMlp! + dModel + 4 * dModel;
    assert.equal(parameters, dVocab! * dModel + nCtx! * dModel + nLayer * block + 2 * dModel);
  });

  it('names the tables that there are where one is not', () => {
    assert.throws(() => traceTable(recorded('next-token', 'next-token'), { table: 'beams' }), /tables \(candidates\), got "beams"/);
    assert.throws(() => traceTable(recorded('tokens', 'colored-tokens'), { table: 'toString' }), /tables \(values\), got "toString"/);
    assert.throws(() => traceTable({ values: [1] }), { code: 'invalid-trace' });
  });
});

describe('toCSV', () => {
  it('texts of every kind come back from a reader of RFC 4180', () => {
    const texts = ['a,b', '"', ' say "x"', '\n', '\r\n', '', ' ', 'tab\there', 'é', '漢', '😀', '-', '=', '\t'];
    const text = toCSV({ columns: ['token'], rows: texts.map((token) => [token]) });
    assert.deepEqual(
      parseCSV(text).map(([field]) => field),
      ['token', ...texts],
    );
  });

  it('what a spreadsheet would take for a formula begins with an apostrophe', () => {
    const texts = ['=1+1', '+1', '-based', '@SUM(A1)', '\t=1', '-', ' =1', 'a=1'];
    const fields = parseCSV(toCSV({ columns: ['token'], rows: texts.map((token) => [token]) })).slice(1);
    assert.deepEqual(
      fields.map(([field]) => field),
      ["'=1+1", "'+1", "'-based", "'@SUM(A1)", "'\t=1", '-', ' =1', 'a=1'],
    );
  });

  it('numbers come back to the last bit, in the fewest digits', () => {
    const floats = Float32Array.from({ length: 4000 }, (_, index) => Math.sin(index) * 10 ** ((index % 60) - 30));
    const doubles = Array.from({ length: 200 }, (_, index) => Math.sin(index) / 3);
    const lines = [...csvLines({ columns: ['value'], rows: [...floats, ...doubles].map((value) => [value]) })].slice(1).map(Number);
    assert.deepEqual(lines.slice(0, floats.length).map(Math.fround), [...floats]);
    assert.deepEqual(lines.slice(floats.length), doubles);
    assert.equal(toCSV({ columns: ['x'], rows: [[Math.fround(0.1)], [undefined], [true], [-3]] }), 'x\r\n0.1\r\n\r\ntrue\r\n-3\r\n');
  });

  it('columns are quoted too, and a table that is too long says what to do', () => {
    const values = { label: 'p, of "x"', values: [1] };
    const trace = tokensTrace({ provenance: { model: 'm', vitrine: '0' }, prompt: 'a', tokens: [{ id: 0, text: 'a' }], rows: [values] });
    assert.equal(toCSV(traceTable(trace)).split('\r\n')[0], 'position,id,token,"p, of ""x"""');
    const endless = { columns: ['x'], rows: Array.from({ length: 9 }, () => ['x'.repeat(2 ** 26)]) };
    assert.throws(() => toCSV(endless), /longer than a string can be\. Name some heads/);
  });
});

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${String(row['point'])} ${String(row['position'])}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}
