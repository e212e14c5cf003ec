// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Token } from '../../../src/core/transformers/token.js';
import { type Tokenizer, createTokenizer, openTokenizer } from '../../../src/core/transformers/tokenizer.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { type MadeUp, byteLevelNfc, endOfWord, unigram, wordPiece } from './made-up-tokenizers.js';
import { type Major, openMajor } from './majors.js';

/** Texts that tokenizers and offsets trip over. */
export const NASTY = [
  'Once upon a time',
  '',
  ' ',
  '\n\n',
  'a\n\n\tb\r\n',
  '  two  spaces  ',
  '👩‍👩‍👧‍👦 family 🏳️‍🌈',
  'مَرْحَبًا بالعالم',
  'नमस्ते दुनिया',
  'Zoë ate 3 éclairs – wow! e\u0301',
  '한국어 日本語',
  '<|endoftext|>',
  'a<|endoftext|>b',
  '<s>hi</s>',
  '<b>bold</b>',
  '<0x41>',
  '\ud800',
  'x\udc00y',
  '\ufeffmark',
  '▁underscore Ġ',
];

/** What must hold of tokens of any text, however the tokenizer changes it. */
export function checkSpans(tokens: readonly Token[], text: string, label: string): void {
  let [start, end] = [0, 0];
  for (const token of tokens) {
    assert.ok(token.start >= start && token.end >= end && token.start <= token.end, `${label}: spans never go back`);
    assert.ok(token.end <= text.length, `${label}: spans stay inside the text`);
    ({ start, end } = token);
  }
}

export const joinBytes = (tokens: readonly Token[]): Buffer => Buffer.concat(tokens.map(({ bytes }) => bytes));

/** What must hold of tokens with one major version of the library. */
export function tokenizerContract(major: Major): void {
  test(`transformers.js ${major}, byte-level: the bytes of the tokens are the UTF-8 of the text`, async () => {
    const tokenizer = await openTokenizer(await openMajor(major), 'vitrine/storyteller');
    assert.deepEqual([tokenizer.vocabularySize, tokenizer.bosId, tokenizer.eosId, tokenizer.padId], [2048, 0, 0, 0]);
    for (const text of NASTY) {
      const label = JSON.stringify(text);
      const tokens = tokenizer.encode(text);
      checkSpans(tokens, text, label);
      assert.deepEqual(joinBytes(tokens), Buffer.from(text, 'utf8'), `${label}: bytes`);
      assertCovered(tokens, text);
      for (const token of tokens) {
        // A token of whole characters is the text that it covers; parts of characters show U+FFFD.
        if (token.text.includes('\ufffd')) continue;
        assert.equal(text.slice(token.start, token.end), token.text, `${label}: text at its place`);
      }
      checkIds(tokenizer, tokens, text);
    }
    const [special] = tokenizer.encode('a<|endoftext|>b').filter((token) => token.special);
    assert.deepEqual([special?.text, special?.start, special?.end], ['<|endoftext|>', 1, 14]);
  });

  test(`transformers.js ${major}: a character over several tokens covers the whole character each time`, async () => {
    const tokenizer = await openTokenizer(await openMajor(major), 'vitrine/storyteller');
    const tokens = tokenizer.encode('é👩');
    assert.deepEqual(
      tokens.map(({ start, end, bytes }) => [start, end, bytes.length]),
      [...Array<number[]>(2).fill([0, 1, 1]), ...Array<number[]>(4).fill([1, 3, 1])].slice(-tokens.length),
    );
    assert.deepEqual(tokenizer.texts(tokens.slice(-4).map(({ id }) => id)), Array(4).fill('\ufffd'));
  });

  test(
    `transformers.js ${major}, SentencePiece: bytes are the text with a space before it`,
    skipWithoutShared('fixtures', 'stories260K-v3'),
    async () => {
      const tokenizer = await openTokenizer(await openMajor(major), sharedPath('fixtures', 'stories260K-v3'));
      assert.deepEqual([tokenizer.vocabularySize, tokenizer.bosId, tokenizer.eosId], [512, 1, 2]);
      for (const text of NASTY.filter((text) => !/<\/?s>/.test(text))) {
        const label = JSON.stringify(text);
        const all = tokenizer.encode(text);
        assert.deepEqual([all[0]?.id, all[0]?.start, all[0]?.end, all[0]?.special], [1, 0, 0, true], `${label}: begins with <s>`);
        const tokens = all.slice(1);
        assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: false }), tokens);
        checkSpans(tokens, text, label);
        if (text === '▁underscore Ġ') continue; // U+2581 itself is read as a space: not to be told apart in this format.
        assert.deepEqual(joinBytes(tokens), Buffer.from(text === '' ? '' : ` ${text}`, 'utf8'), `${label}: bytes`);
        assertCovered(tokens, text);
      }
      const tokens = tokenizer.encode('<s>hi</s>');
      assert.deepEqual(
        tokens.filter(({ special }) => special).map(({ text, start, end }) => [text, start, end]),
        [
          ['<s>', 0, 0],
          ['<s>', 0, 3],
          ['</s>', 5, 9],
        ],
      );
    },
  );

  test(
    `transformers.js ${major}, SentencePiece: ids equal those of llama2.c`,
    skipWithoutShared('fixtures', 'stories260K-v3', 'tokenized.json'),
    async () => {
      const tokenizer = await openTokenizer(await openMajor(major), sharedPath('fixtures', 'stories260K-v3'));
      const expected = JSON.parse(readFileSync(sharedPath('fixtures', 'stories260K-v3', 'tokenized.json'), 'utf8')) as Record<
        string,
        number[]
      >;
      for (const [text, ids] of Object.entries(expected)) {
        assert.deepEqual(
          tokenizer.encode(text).map(({ id }) => id),
          ids,
          text,
        );
      }
    },
  );
}

/** Every character of the text belongs to a token. */
function assertCovered(tokens: readonly Token[], text: string): void {
  let end = 0;
  for (const token of tokens) {
    assert.ok(token.start <= end, `${JSON.stringify(text)}: no gap before ${JSON.stringify(token.text)}`);
    end = token.end;
  }
  assert.equal(end, text.length, `${JSON.stringify(text)}: covered to its end`);
}

/** Ids alone give the same tokens, at places in their joined texts. */
function checkIds(tokenizer: Tokenizer, tokens: readonly Token[], text: string): void {
  const ids = tokens.map(({ id }) => id);
  assert.deepEqual(
    tokenizer.texts(ids),
    tokens.map((token) => token.text),
  );
  const alone = tokenizer.tokens(ids);
  assert.equal(alone.at(-1)?.end ?? 0, tokenizer.texts(ids).join('').length);
  assert.deepEqual(
    alone.map(({ id, bytes }) => [id, bytes]),
    tokens.map(({ id, bytes }) => [id, bytes]),
  );
  const wellFormed = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text, 'utf8'));
  // The library's decoder drops a byte order mark.
  assert.equal(tokenizer.decode(ids).replaceAll('\ufeff', ''), wellFormed.replaceAll('\ufeff', ''));
}

/** [text, start, end] of every token. */
const shown = (tokens: readonly Token[]): [string, number, number][] => tokens.map(({ text, start, end }) => [text, start, end]);

/** What must hold of tokenizers that change the text before they cut it. */
export function normalisingContract(major: Major): void {
  const made = async ({ json, config }: MadeUp): Promise<Tokenizer> => createTokenizer(await openMajor(major), json, config);

  test(`transformers.js ${major}: any tokenizer gives spans that do not go back, for any text`, async () => {
    for (const [name, files] of Object.entries({ wordPiece, unigram, byteLevelNfc, endOfWord })) {
      const tokenizer = await made(files());
      for (const text of NASTY) checkSpans(tokenizer.encode(text), text, `${name}: ${JSON.stringify(text)}`);
    }
  });

  test(`transformers.js ${major}, WordPiece: pieces, lower case, accents, unknown words`, async () => {
    const tokenizer = await made(wordPiece());
    assert.deepEqual(shown(tokenizer.encode('The CAFÉ, unplayed 中!')), [
      ['[CLS]', 0, 0],
      ['the', 0, 3],
      ['cafe', 4, 8],
      [',', 8, 9],
      ['un', 10, 12],
      ['##play', 12, 16],
      ['##ed', 16, 18],
      ['中', 19, 20],
      ['!', 20, 21],
      ['[SEP]', 21, 21],
    ]);
    assert.equal(joinBytes(tokenizer.encode('unplayed', { addSpecialTokens: false })).toString(), 'unplayed');
    // Decomposed accents belong to their letter.
    assert.deepEqual(shown(tokenizer.encode('Cafe\u0301.', { addSpecialTokens: false })), [
      ['cafe', 0, 5],
      ['.', 5, 6],
    ]);
    assert.deepEqual(shown(tokenizer.encode('the Ωμέγα 👩 cafe [MASK] ok', { addSpecialTokens: false })), [
      ['the', 0, 3],
      ['[UNK]', 4, 9],
      ['[UNK]', 10, 12],
      ['cafe', 13, 17],
      ['[MASK]', 18, 24],
      ['o', 25, 26],
      ['##k', 26, 27],
    ]);
    assert.deepEqual(tokenizer.texts([tokenizer.idOf('##ing')!, tokenizer.idOf('the')!]), ['##ing', 'the']);
  });

  test(`transformers.js ${major}, Unigram: metaspace, compatibility forms, unknown characters`, async () => {
    const tokenizer = await made(unigram());
    assert.deepEqual(shown(tokenizer.encode('the cats')), [
      [' the', 0, 3],
      [' cat', 3, 7],
      ['s', 7, 8],
      ['</s>', 8, 8],
    ]);
    // NFKC makes fi of the ligature; both letters cover it.
    assert.deepEqual(shown(tokenizer.encode('ﬁ', { addSpecialTokens: false })), [
      [' ', 0, 0],
      ['f', 0, 1],
      ['i', 0, 1],
    ]);
    const unknown = tokenizer.encode('the Ω cat', { addSpecialTokens: false });
    const gap = unknown.find(({ text }) => text === '<unk>')!;
    assert.deepEqual([gap.start, gap.end], [4, 5]);
    assert.deepEqual(shown(unknown.slice(-1)), [[' cat', 5, 9]]);
  });

  test(`transformers.js ${major}, byte-level after NFC: a composed character covers what it was composed from`, async () => {
    const tokenizer = await made(byteLevelNfc());
    const tokens = tokenizer.encode('e\u0301th');
    assert.equal(joinBytes(tokens).toString(), '\u00e9th');
    assert.deepEqual(shown(tokens), [
      ['\ufffd', 0, 2],
      ['\ufffd', 0, 2],
      ['th', 2, 4],
    ]);
    assert.deepEqual(shown(tokenizer.encode('th <mask><tool> th')), [
      ['th', 0, 2],
      ['<mask>', 3, 9],
      ['<tool>', 9, 15],
      [' th', 15, 18],
    ]);
    assert.deepEqual(
      tokenizer.encode('<mask><tool>').map(({ special }) => special),
      [true, false],
    );
  });

  test(`transformers.js ${major}, end-of-word marks: a space after every word`, async () => {
    const tokenizer = await made(endOfWord());
    assert.deepEqual(shown(tokenizer.encode('The CAT', { addSpecialTokens: false })), [
      ['the ', 0, 4],
      ['c', 4, 5],
      ['a', 5, 6],
      ['t ', 6, 7],
    ]);
  });
}
