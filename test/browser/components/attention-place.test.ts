// SPDX-License-Identifier: MIT
import { emulateMedia } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import { allViews, crossTrace, drawn, heightOf, overflowing, pairTrace } from './attention-view-data.js';
import { attentionTrace, cleanUp, expectAccessible, mount, part, script, settled, text, until } from './support.js';

const widths = [280, 343, 704, 1100];
const blob = (value: unknown): string => URL.createObjectURL(new Blob([JSON.stringify(value)]));
const tokensOf = (count: number) => Array.from({ length: count }, (_, id) => ({ id, text: id % 9 === 8 ? ' understanding' : ' word' }));
const shapes = {
  'a small model': attentionTrace({ tokens: tokensOf(15), layers: 4, heads: 8 }),
  'GPT-2 on 64 tokens': attentionTrace({ tokens: tokensOf(64), layers: 12, heads: 12 }),
  'many heads': attentionTrace({ tokens: tokensOf(24), layers: 2, heads: 32 }),
};

/** How far what follows the figure has moved since it was put on the page, at the most. */
async function moved(view: AttentionViewElement): Promise<number> {
  const after = document.createElement('p');
  view.after(after);
  await settled(view);
  const start = after.getBoundingClientRect().top;
  let most = 0;
  const watch = (): void => {
    most = Math.max(most, Math.abs(after.getBoundingClientRect().top - start));
  };
  const observer = new ResizeObserver(watch);
  observer.observe(view);
  await until(() => view.matches(':state(ready)'), 'the data');
  await drawn(view);
  watch();
  observer.disconnect();
  return most;
}

describe('<attention-view> keeps its place', () => {
  afterEach(cleanUp);

  for (const view of allViews) {
    for (const width of widths) {
      it(`${view} at ${width} px: a file of a known shape moves nothing, loading, drawn, pointed at or locked`, async () => {
        for (const [name, data] of Object.entries(shapes)) {
          const reserveFor = `${data.layers.length} ${data.pattern.shape[1]} ${data.tokens.length}`;
          const figure = mount(
            'attention-view',
            { src: blob(data), view, reserveFor, prompt: data.prompt, score: name === 'many heads' ? 'first' : 'none' },
            { width },
          );
          expect(await moved(figure), name).to.be.at.most(2);
          const height = heightOf(figure);
          for (const selected of [{ query: data.tokens.length - 1 }, { query: 8, key: 3 }, { key: 2 }]) {
            figure.selection.lock({ layer: 1, head: 3, ...selected });
            await drawn(figure);
            expect(Math.abs(heightOf(figure) - height), `${name}, ${JSON.stringify(selected)}`).to.be.at.most(2);
          }
          expect(overflowing(figure), name).to.deep.equal([]);
          figure.parentElement!.remove();
        }
      });
    }

    it(`${view}: a child script and a change of view move nothing that they need not`, async () => {
      const figure = mount('attention-view', { view }, { width: 704, inner: [script(shapes['a small model'])] });
      await drawn(figure);
      const before = heightOf(figure);
      await drawn(figure);
      expect(heightOf(figure)).to.equal(before);
      expect(figure.shadowRoot!.querySelector('.waiting')).to.equal(null);
    });

    it(`${view} in a right-to-left page: nothing is cut off, and axe finds nothing`, async () => {
      document.documentElement.dir = 'rtl';
      try {
        for (const data of [shapes['a small model'], crossTrace(), pairTrace()]) {
          for (const width of [280, 704]) {
            const figure = mount('attention-view', { data, view, query: 2 }, { width });
            await drawn(figure);
            expect(overflowing(figure)).to.deep.equal([]);
            await expectAccessible(figure);
          }
        }
      } finally {
        document.documentElement.removeAttribute('dir');
      }
    });

    it(`${view} keeps its facts in forced colours, and moves nothing where a reader wants no motion`, async () => {
      try {
        await emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
      } catch {
        await emulateMedia({ reducedMotion: 'reduce' }); // forced colours are emulated by Playwright only
      }
      try {
        const figure = mount('attention-view', { data: attentionTrace(), view, layer: 1, head: 2, query: 5, key: 3 }, { width: 704 });
        await drawn(figure);
        const moving = figure.getAnimations({ subtree: true });
        expect(moving.length).to.equal(0);
        expect(text(figure, '.caption').length).to.be.above(20);
        const { forcedColorAdjust } = getComputedStyle(part(figure, 'canvas'));
        expect(forcedColorAdjust, 'a canvas keeps the colours that its legend explains').to.equal('none');
        await expectAccessible(figure);
      } finally {
        await emulateMedia({ reducedMotion: 'no-preference' });
      }
    });
  }

  it('what an open figure prints has a legend and no controls', async () => {
    const figure = mount('attention-view', { data: attentionTrace(), query: 3 });
    await drawn(figure);
    await emulateMedia({ media: 'print' });
    try {
      const shown = (selector: string): boolean => part(figure, selector).checkVisibility();
      expect(shown('.legend')).to.equal(true);
      expect(shown('.caption')).to.equal(true);
      expect(shown('select')).to.equal(false);
      expect(shown('[part=options]')).to.equal(false);
    } finally {
      await emulateMedia({ media: 'screen' });
    }
  });
});
