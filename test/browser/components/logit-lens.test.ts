// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/logit-lens.js';
import '../../../src/components/define/vitrine-model.js';
import { Selection, type LogitLensElement } from '../../../src/components/index.js';
import { decodeArray } from '../../../src/core/trace/index.js';
import { expectKeepsPlace, placeWidths } from './keeps-place.js';
import { cleanUp, expectAccessible, lensTrace, mount, part, settled, text, words } from './support.js';

const trace = lensTrace();
const top = decodeArray(trace.topProbabilities).data;
const percent = (point: number, position: number): string => `${(top[(point * words.length + position) * 3]! * 100).toFixed(0)}%`;
const many = Array.from({ length: 60 }, (_, id) => ({ id, text: ` word${id}` }));

describe('<logit-lens>', () => {
  let lens: LogitLensElement;
  const grid = (of: Element = lens): HTMLElement => part(of, '[role=grid]');
  const activeCell = (of: Element = lens): Element => part(of, `[id="${grid(of).getAttribute('aria-activedescendant')}"]`);

  beforeEach(async () => {
    lens = mount('logit-lens', { data: trace });
    await settled(lens);
  });
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe when idle, focused, locked, windowed, narrow and empty', async () => {
      await expectAccessible(lens);
      grid().focus();
      await sendKeys({ press: 'Enter' });
      await settled(lens);
      await expectAccessible(lens);
      for (const width of [280, 480, 1100]) {
        const other = mount('logit-lens', { data: lensTrace({ tokens: many }) }, { width });
        await settled(other);
        await expectAccessible(other);
      }
      await expectAccessible(mount('logit-lens'));
    });

    it('ink on every cell has a contrast of at least 4.5', () => {
      const channels = (css: string): number[] => css.match(/\d+/g)!.slice(0, 3).map(Number);
      const luminance = (css: string): number => {
        const [r, g, b] = channels(css).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      for (const cell of lens.shadowRoot!.querySelectorAll('.cell')) {
        const { color, backgroundColor } = getComputedStyle(cell);
        const [high, low] = [luminance(color), luminance(backgroundColor)].sort((a, b) => b - a);
        expect((high! + 0.05) / (low! + 0.05)).to.be.at.least(4.5);
      }
    });

    it('a cell says layer, position, token and probability', async () => {
      grid().focus();
      await settled(lens);
      expect(activeCell().querySelector('.visually-hidden')!.textContent).to.match(/^final_post, after store: (Mary|John|the) \d+%$/);
    });
  });

  it('shows layers from the output down to the embedding', () => {
    const labels = [...lens.shadowRoot!.querySelectorAll('[role=rowheader]')].map((label) => label.textContent);
    expect(labels).to.deep.equal(['final', '1_mid', '1_pre', '0_mid', '0_pre']);
  });

  it('opens on the output after the last token, and lists its candidates', () => {
    expect(text(lens, '.caption')).to.contain(`final: after "store" (position 7) the likeliest next token is`);
    expect(text(lens, '.caption')).to.contain(percent(4, 7));
    expect(text(lens, '.caption')).to.contain('"Mary": 30%, rank 1');
    expect(lens.shadowRoot!.querySelectorAll('.candidates li').length).to.equal(3);
  });

  it('opens on the cell that the author named', async () => {
    const authored = mount('logit-lens', { data: trace, position: 2, row: '1_pre' });
    await settled(authored);
    expect(text(authored, '.caption')).to.contain('1_pre: after "and" (position 2)').and.to.contain('locked');
  });

  it('arrows move, Enter locks, Escape lets go', async () => {
    grid().focus();
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'ArrowLeft' });
    await settled(lens);
    expect(text(lens, '.caption')).to.contain('1_mid: after "the" (position 6)');
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'ArrowUp' });
    await settled(lens);
    expect(text(lens, '.caption')).to.contain('1_mid: after "the"').and.to.contain('locked');
    await sendKeys({ press: 'Escape' });
    await settled(lens);
    expect(text(lens, '.caption')).not.to.contain('locked');
  });

  it('hover previews and says a sentence', async () => {
    part(lens, '[data-row="2"][data-column="3"]').dispatchEvent(
      new PointerEvent('pointermove', { bubbles: true, composed: true, clientX: 200, clientY: 200 }),
    );
    await settled(lens);
    expect(text(lens, '.tooltip')).to.contain('1_pre: after "John" (position 3) the likeliest next token is');
    expect(text(lens, '.caption')).to.contain('1_pre: after "John"');
  });

  it('colour can follow the target', async () => {
    lens.colour = 'target';
    await settled(lens);
    const colours = new Set([...lens.shadowRoot!.querySelectorAll('.cell')].map((cell) => getComputedStyle(cell).backgroundColor));
    expect(colours.size).to.equal(1);
  });

  it('a long prompt is a window that the arrow keys move', async () => {
    const long = mount('logit-lens', { data: lensTrace({ tokens: many }), position: 3 });
    await settled(long);
    expect(grid(long).getAttribute('aria-colcount')).to.equal('60');
    expect(part(long, '.row').querySelectorAll('.cell').length).to.be.lessThan(14);
    grid(long).focus();
    await sendKeys({ press: 'End' });
    await settled(long);
    expect(activeCell(long).querySelector('.visually-hidden')!.textContent).to.contain('after word59');
  });

  describe('linked to a figure that knows a layer alone', () => {
    const linkedRows = (of: Element = lens): string[] =>
      [...of.shadowRoot!.querySelectorAll('.point.linked')].map((row) => row.textContent!.trim());

    it('marks the rows of the block, stays at its position, and lets go', async () => {
      const map = new Selection();
      lens.selection = map;
      lens.position = 2;
      await settled(lens);
      map.preview({ layer: 1, part: 'mlp' }, map);
      await settled(lens);
      expect(linkedRows()).to.deep.equal(['1_mid', '1_pre']);
      expect(text(lens, '.caption')).to.contain('1_pre: after "and" (position 2)');
      expect(part(lens, '.cell.here').id).to.equal('c2-2');
      map.lock({ layer: 0, head: 3 }, map);
      await settled(lens);
      expect(linkedRows()).to.deep.equal(['0_mid', '0_pre']);
      expect(text(lens, '.caption')).to.contain('locked');
      expect(lens.shadowRoot!.querySelectorAll('[role=row][aria-selected=true]').length).to.equal(2);
      await expectAccessible(lens);
      map.release(map);
      await settled(lens);
      expect(linkedRows()).to.deep.equal([]);
      expect(text(lens, '.caption')).to.contain('final: after "and" (position 2)');
    });

    it('a layer that the lens does not have changes nothing; a cell marks no rows', async () => {
      const before = text(lens, '.caption');
      lens.selection.preview({ layer: 7 }, document);
      await settled(lens);
      expect(linkedRows()).to.deep.equal([]);
      expect(text(lens, '.caption')).to.equal(before);
      lens.selection.preview({ layer: 1, query: 3 }, document);
      await settled(lens);
      expect(linkedRows()).to.deep.equal([]);
    });

    it('at one position, too', async () => {
      const narrow = mount('logit-lens', { data: trace }, { width: 280 });
      await settled(narrow);
      narrow.selection.preview({ layer: 1 }, document);
      await settled(narrow);
      expect(linkedRows(narrow)).to.deep.equal(['1_mid', '1_pre']);
    });
  });

  it('at 280 px a token stands whole before its probability does, and what has no room is in the caption by key', async () => {
    const long = [' Liechtenstein', ' Ankara', ' internationalization'];
    const narrow = mount('logit-lens', { data: lensTrace({ candidates: long }) }, { width: 280 });
    await settled(narrow);
    const cells = [...narrow.shadowRoot!.querySelectorAll<HTMLElement>('.cell')];
    const whole = cells.filter((cell) => cell.textContent!.includes('Ankara'));
    expect(whole.length).to.be.greaterThan(0);
    for (const cell of whole) {
      const token = cell.querySelector<HTMLElement>('.text')!;
      expect(token.scrollWidth, 'Ankara is not cut').to.be.at.most(token.clientWidth);
    }
    for (const cell of cells) {
      // A probability is whole or not there.
      const [box, percent] = [cell, cell.querySelector('.percent')!].map((node) => node.getBoundingClientRect()) as [DOMRect, DOMRect];
      expect(percent.top >= box.bottom - 1 || (percent.bottom <= box.bottom + 1 && percent.right <= box.right + 0.5)).to.equal(true);
    }
    grid(narrow).focus();
    await sendKeys({ press: 'ArrowRight' });
    await sendKeys({ press: 'ArrowRight' });
    await settled(narrow);
    const { textContent } = activeCell(narrow);
    const token = long.find((name) => textContent!.includes(name.trim()))!;
    const percent = /[<>]?[\d.]+%/.exec(activeCell(narrow).querySelector('.percent')!.textContent!)![0];
    expect(text(narrow, '.caption')).to.contain(`"${token.trim()}", ${percent}`);
  });

  for (const width of placeWidths) {
    it(`keeps its place with all that its author says of it (${width} px)`, async () => {
      const names = words.join('');
      const pins = '["Mary", ["John", "the"]]';
      for (const properties of [
        { prompt: names },
        { prompt: names, pins, compare: '1, 7' },
        { prompt: names, chart: 'none' },
        { points: 'layers', prompt: names },
      ]) {
        const data = lensTrace({ labels: ['0_pre', '0_mid', '1_pre', '1_mid', '2_pre', '2_mid', '3_pre', '3_mid', 'final_post'] });
        await expectKeepsPlace('logit-lens', data, { topK: 3, ...properties }, width);
      }
    });
  }

  it('at 280 px it shows one position, its candidates side by side', async () => {
    const narrow = mount('logit-lens', { data: trace, position: 3 }, { width: 280 });
    await settled(narrow);
    expect(part(narrow, '.row').querySelectorAll('.cell').length).to.equal(3);
    expect(text(narrow, '.caption')).to.contain('after "John" (position 3)');
    part(narrow, '.strip-line button:last-child').click();
    await settled(narrow);
    expect(text(narrow, '.caption')).to.contain('after "went" (position 4)');
    part(narrow, '.choice[data-position="0"]').click();
    await settled(narrow);
    expect(text(narrow, '.caption')).to.contain('after "When" (position 0)');
  });
});
