// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import { directionOf, displayTokens } from '../../../src/components/shared/token-display.js';
import { attentionTrace, cleanUp, expectAccessible, mount, settled } from './support.js';

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
const family = bytesOf('👩‍👧');

const tokens = [
  { id: 0, text: '<|endoftext|>', special: true },
  { id: 1, text: '<|endoftext|>' },
  { id: 2, text: ' the' },
  { id: 3, text: 'the' },
  { id: 4, text: '\n\n' },
  { id: 5, text: '\t' },
  { id: 6, text: '    ' },
  { id: 7, text: '<b>' },
  { id: 8, text: '&nbsp;' },
  { id: 9, text: '\uFFFD', bytes: family.slice(0, 2) },
  { id: 10, text: '\uFFFD', bytes: family.slice(2, 5) },
  { id: 11, text: '\uFFFD', bytes: family.slice(5) },
  { id: 12, text: ' سلام' },
  { id: 13, text: 'नमस्ते' },
  { id: 14, text: '\u0301a' },
  { id: 15, text: '\u200B' },
  { id: 16, text: '\u202Eevil' },
  { id: 17, text: '\uFFFD', bytes: [0xff] },
  { id: 18, text: '' },
  { id: 19, text: '\r\n' },
];

describe('tokens', () => {
  afterEach(cleanUp);

  const shown = displayTokens(tokens);

  it('are spoken so that blanks, bytes and control characters have names', () => {
    expect(shown.map(({ spoken }) => spoken)).to.deep.equal([
      'special token <|endoftext|>',
      '<|endoftext|>',
      'the',
      'the',
      '2 newlines',
      'tab',
      '4 spaces',
      '<b>',
      '&nbsp;',
      'bytes F0 9F, part 1 of 2 of 👩',
      'bytes 91 A9, part 2 of 2 of 👩 bytes E2, part 1 of 2 of \u200D',
      'bytes 80 8D, part 2 of 2 of \u200D 👧',
      'سلام',
      'नमस्ते',
      '\u0301a',
      'U+200B',
      'U+202E evil',
      'bytes FF',
      'empty token',
      'carriage return newline',
    ]);
  });

  it('are quoted apart from what is beside them where they run from right to left', () => {
    const [hebrew, latin] = displayTokens([' עולם', ' world'].map((text, id) => ({ id, text })));
    expect(hebrew!.quoted).to.equal('\u2068"עולם"\u2069');
    expect(latin!.quoted).to.equal('"world"');
    expect(['"שלום', '1. مرحبا a', '<b> שלום', '12 %', ''].map(directionOf)).to.deep.equal(['rtl', 'rtl', 'ltr', 'ltr', 'ltr']);
  });

  it('are quoted without their leading space, blanks by name', () => {
    expect([2, 3, 4, 5, 6, 7, 17].map((index) => shown[index]!.quoted)).to.deep.equal([
      '"the"',
      '"the"',
      '2 newlines',
      'tab',
      '4 spaces',
      '"<b>"',
      'bytes FF',
    ]);
  });

  it('show text as text: no markup, and copying gives the token back', async () => {
    const view = mount('attention-view', { data: attentionTrace({ tokens, layers: 1, heads: 1 }) });
    await settled(view);
    const cells = [...view.shadowRoot!.querySelectorAll('details th[scope=row] bdi')];
    expect(cells.length).to.equal(tokens.length);
    expect(view.shadowRoot!.querySelector('b')).to.equal(null);
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 19])
      expect(cells[index]!.textContent).to.equal(tokens[index]!.text);
    expect(cells[0]!.classList.contains('special')).to.equal(true);
    expect(cells[1]!.classList.contains('special')).to.equal(false);
    expect(
      cells
        .slice(9, 12)
        .map((cell) => cell.textContent)
        .join(''),
    ).to.equal('👩‍👧');
    await expectAccessible(view);
  });

  it('keep right-to-left text and overrides inside their own token', async () => {
    const view = mount('attention-view', { data: attentionTrace({ tokens, layers: 1, heads: 1 }) });
    await settled(view);
    const token = view.shadowRoot!.querySelector('details bdi')!;
    expect(getComputedStyle(token).unicodeBidi).to.equal('isolate');
  });
});
