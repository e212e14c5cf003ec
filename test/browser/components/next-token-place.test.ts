// SPDX-License-Identifier: MIT
import { emulateMedia } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/next-token.js';
import '../../../src/components/define/vitrine-model.js';
import type { NextTokenElement } from '../../../src/components/index.js';
import { heightOf, overflowing } from './attention-view-data.js';
import { expectKeepsPlace, placeWidths } from './keeps-place.js';
import { fullBeams, nextTrace } from './next-token-data.js';
import { cleanUp, expectAccessible, mount, part, settled, text } from './support.js';

const nasty = ['<img src=x onerror=alert(1)>', '\u202Eevil', '\uFFFD', '👩‍👩‍👧‍👦', ''];
const words = Array.from({ length: 300 }, (_, id) => ({ id: 4, text: id % 9 === 8 ? ' understanding' : ' word' }));
const long = { tokens: words };
const longPrompt = words.map((word) => word.text).join('');
const recorded = nextTrace([0, 1, 3, 0, 1], 'Once upon a time there was a king');

describe('<next-token> keeps its place', () => {
  let figure: NextTokenElement;
  const all = (selector: string): HTMLElement[] => [...figure.shadowRoot!.querySelectorAll<HTMLElement>(selector)];
  const show = async (properties: Partial<NextTokenElement>, width = 704): Promise<void> => {
    figure = mount('next-token', properties, { width });
    await settled(figure);
  };
  // What draws is there before the first figure, so that a file is what a figure waits for.
  before(() => show({ data: recorded }));
  afterEach(cleanUp);

  for (const width of placeWidths) {
    it(`at ${width} px: while its file loads and when it is drawn, short, long and as beams`, async () => {
      await expectKeepsPlace('next-token', recorded, { candidates: 4, prompt: recorded.prompt }, width);
      await expectKeepsPlace('next-token', nextTrace([0], longPrompt, long), { candidates: 4, prompt: longPrompt }, width);
      await expectKeepsPlace('next-token', nextTrace([0], ' the', { beams: fullBeams() }), { view: 'beams' }, width);
    });

    it(`at ${width} px: nothing moves and nothing is cut off while settings change, the text grows, or a token is locked`, async () => {
      await show({ data: recorded, candidates: 4 }, width);
      const height = heightOf(figure);
      for (const change of [
        { step: 3 },
        { step: 5 },
        { topK: 2 },
        { topK: 0, topP: 0.7 },
        { topP: 0.99, seed: 12 },
        { topP: 0.7, repetitionPenalty: 1.5, minP: 0.1 },
        { temperature: 0 },
        { temperature: 1, topP: 1, minP: 0, repetitionPenalty: 1 },
      ]) {
        Object.assign(figure, change);
        await settled(figure);
        expect(Math.abs(heightOf(figure) - height), JSON.stringify(change)).to.be.at.most(2);
        expect(overflowing(figure), JSON.stringify(change)).to.deep.equal([]);
      }
      all('.bar-row')[1]!.dispatchEvent(new PointerEvent('click', { bubbles: true, composed: true, pointerType: 'mouse' }));
      await settled(figure);
      expect(text(figure, '.caption')).to.contain('(locked)');
      expect(Math.abs(heightOf(figure) - height)).to.be.at.most(2);
    });
  }

  it('a long text keeps the place where it goes on in view, and can be scrolled by keyboard', async () => {
    await show({ data: nextTrace([], longPrompt, long) }, 280);
    const inView = (selector: string): void => {
      const line = part(figure, '.text-line');
      expect(line.scrollHeight).to.be.greaterThan(line.clientHeight);
      const [box, spot] = [line.getBoundingClientRect(), part(figure, selector).getBoundingClientRect()];
      expect(spot.top).to.be.at.least(box.top - 1);
      expect(spot.bottom).to.be.at.most(box.bottom + 1);
    };
    inView('.cursor');
    await expectAccessible(figure);
    figure.data = nextTrace([0, 1], longPrompt, long);
    figure.step = 1;
    await settled(figure);
    inView('.added.here');
    await expectAccessible(figure);
  });

  it('in a right-to-left page and with a right-to-left text: in the order in which it is read, and axe finds nothing', async () => {
    document.documentElement.dir = 'rtl';
    try {
      for (const width of [280, 704]) {
        await show({ data: recorded }, width);
        expect(part(figure, '.text-line').dir).to.equal('ltr');
        expect(overflowing(figure)).to.deep.equal([]);
        await expectAccessible(figure);
        const tokens = ['"שלום', ' עולם'].map((word) => ({ id: 4, text: word }));
        await show({ data: nextTrace([0], '"שלום עולם', { tokens }) }, width);
        expect(part(figure, '.text-line').dir).to.equal('rtl');
        const [first, second] = all('.text-line > .token').map((token) => token.getBoundingClientRect());
        expect(first!.left).to.be.greaterThan(second!.left);
        expect(overflowing(figure)).to.deep.equal([]);
        await expectAccessible(figure);
      }
    } finally {
      document.documentElement.dir = '';
    }
  });

  it('shows tokens of every nasty kind as text, in bars and as beams', async () => {
    for (const view of ['tokens', 'beams']) {
      for (const width of [280, 704]) {
        await show({ data: nextTrace([0, 1, 2, 3], ' the', { words: nasty, beams: fullBeams() }), view }, width);
        expect(figure.shadowRoot!.querySelector('img')).to.equal(null);
        expect(overflowing(figure)).to.deep.equal([]);
        await expectAccessible(figure);
      }
    }
  });

  it('in forced colours what is locked, where the draw falls and where the text goes on can be seen', async function () {
    try {
      await emulateMedia({ forcedColors: 'active' });
    } catch {
      // said below
    }
    if (!matchMedia('(forced-colors: active)').matches) this.skip(); // they are emulated by Playwright only
    try {
      await show({ data: recorded, topP: 0.7, step: 5 });
      const paper = getComputedStyle(document.body).backgroundColor;
      for (const selector of ['.limit', '.cursor', '.limit-key', '.segments > span', '.drawn']) {
        expect(getComputedStyle(part(figure, selector)).backgroundColor, selector).not.to.equal(paper);
      }
      all('.bar-row')[1]!.dispatchEvent(new PointerEvent('click', { bubbles: true, composed: true, pointerType: 'mouse' }));
      await settled(figure);
      expect(getComputedStyle(part(figure, '.locked .name')).textDecorationThickness).to.equal('3px');
      await expectAccessible(figure);
    } finally {
      await emulateMedia({ forcedColors: 'none' });
    }
  });

  it('on paper: the whole text and the settings as words, no buttons and no sliders', async () => {
    await emulateMedia({ media: 'print' });
    try {
      await show({ data: nextTrace([0], longPrompt, long), topP: 0.7 }, 280);
      const line = part(figure, '.text-line');
      expect(line.scrollHeight).to.be.at.most(line.clientHeight + 1);
      expect(all('button, [type=range]').filter((control) => control.checkVisibility())).to.deep.equal([]);
      expect(part(figure, '.sliders').innerText).to.match(/Top-p\s*0\.7/);
    } finally {
      await emulateMedia({ media: 'screen' });
    }
  });
});
