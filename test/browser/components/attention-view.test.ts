// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import { Selection, type SelectionChangeEvent } from '../../../src/components/index.js';
import { attentionTrace, causalPattern, cleanUp, expectAccessible, mount, part, pointAt, settled, text, until, words } from './support.js';

const count = words.length;
const pattern = causalPattern(2, 4, count);
const weight = (layer: number, head: number, query: number, key: number): number =>
  pattern[((layer * 4 + head) * count + query) * count + key]!;
const two = (value: number): string => (value < 0.005 ? '<0.01' : value.toFixed(2));

describe('<attention-view>', () => {
  let view: AttentionViewElement;
  const grid = (): HTMLElement => part(view, '[role=grid]');
  const activeCell = (): Element => part(view, `#${grid().getAttribute('aria-activedescendant')}`);

  beforeEach(async () => {
    view = mount('attention-view', { data: attentionTrace(), layer: 1, head: 2 });
    await settled(view);
  });
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe when idle, focused, locked, narrow and empty', async () => {
      await expectAccessible(view);
      grid().focus();
      await settled(view);
      await expectAccessible(view);
      await sendKeys({ press: 'Enter' });
      await settled(view);
      await expectAccessible(view);
      const narrow = mount('attention-view', { data: attentionTrace() }, { width: 280 });
      await settled(narrow);
      await expectAccessible(narrow);
      await expectAccessible(mount('attention-view'));
    });

    it('is one tab stop for the matrix, then the heads, then the fields', async () => {
      (document.activeElement as HTMLElement).blur();
      const stops: string[] = [];
      for (let press = 0; press < 4; press++) {
        await sendKeys({ press: 'Tab' });
        const focus = view.shadowRoot!.activeElement!;
        stops.push(focus.getAttribute('role') ?? focus.localName);
      }
      expect(stops).to.deep.equal(['grid', 'input', 'select', 'select']);
    });

    it('holds the cells of the active row only, each with a name', async () => {
      grid().focus();
      await sendKeys({ press: 'ArrowDown' });
      await sendKeys({ press: 'ArrowDown' });
      await settled(view);
      const cells = [...view.shadowRoot!.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent);
      expect(cells).to.deep.equal([
        `query and 2, key When 0, ${two(weight(1, 2, 2, 0))}`,
        `query and 2, key Mary 1, ${two(weight(1, 2, 2, 1))}`,
        `query and 2, key and 2, ${two(weight(1, 2, 2, 2))}`,
      ]);
    });

    it('has the strongest keys of every token as text', () => {
      const rows = view.shadowRoot!.querySelectorAll('details tbody tr');
      expect(rows.length).to.equal(count);
      expect(rows[0]!.textContent!.replace(/\s+/g, ' ').trim()).to.equal('0 When When (0) 1.00');
    });

    it('has every weight as a table when the reader asks for it', async () => {
      const words = view.shadowRoot!.querySelector<HTMLDetailsElement>('.foot > details:not([part])')!;
      words.open = true;
      const all = words.querySelector<HTMLDetailsElement>('details')!;
      expect(all.querySelector('table')).to.equal(null);
      all.open = true;
      await until(() => all.querySelector('table') !== null, 'the table');
      const rows = [...all.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent));
      expect(rows.length).to.equal(count);
      rows.forEach((row, query) =>
        expect(row).to.deep.equal(Array.from({ length: count }, (_, key) => (key > query ? '' : two(weight(1, 2, query, key))))),
      );
      expect(all.querySelectorAll('thead th[scope=col]').length).to.equal(count);
      await expectAccessible(view);
    });
  });

  describe('keyboard', () => {
    beforeEach(() => grid().focus());

    it('arrows move inside the causal triangle and stop at its edges', async () => {
      await sendKeys({ press: 'ArrowRight' });
      await settled(view);
      expect(activeCell().textContent).to.contain('query When 0, key When 0');
      await sendKeys({ press: 'ArrowDown' });
      await sendKeys({ press: 'ArrowRight' });
      await settled(view);
      expect(activeCell().textContent).to.contain('query Mary 1, key Mary 1');
      await sendKeys({ press: 'ArrowUp' });
      await settled(view);
      expect(activeCell().textContent).to.contain('query When 0, key When 0');
    });

    it('Control+End goes to the last cell, Home to the start of the row, Control+Home to the first cell', async () => {
      await sendKeys({ down: 'Control' });
      await sendKeys({ press: 'End' });
      await sendKeys({ up: 'Control' });
      await settled(view);
      expect(activeCell().textContent).to.contain('query store 7, key store 7');
      await sendKeys({ press: 'Home' });
      await settled(view);
      expect(activeCell().textContent).to.contain('query store 7, key When 0');
      await sendKeys({ press: 'PageUp' });
      await settled(view);
      expect(activeCell().textContent).to.contain('query When 0');
    });

    it('Enter locks what a sentence then says, Escape lets go', async () => {
      await sendKeys({ press: 'ArrowDown' });
      await sendKeys({ press: 'Enter' });
      await settled(view);
      expect(text(view, '.caption')).to.equal(`Head 1.2: "Mary" attends ${weight(1, 2, 1, 0).toFixed(2)} to "When" (position 0). (locked)`);
      expect(view.selection.state).to.include({ query: 1, key: 0, layer: 1, head: 2, locked: true });
      expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Locked: head 1.2');
      await sendKeys({ press: 'Escape' });
      await settled(view);
      expect(view.selection.state.locked).to.equal(false);
    });

    it('heads are chosen with the arrow keys of a radio group', async () => {
      await sendKeys({ press: 'Tab' });
      await sendKeys({ press: 'ArrowRight' });
      await settled(view);
      expect(view.head).to.equal(3);
      expect(text(view, '.caption')).to.contain('Layer 1, head 3');
    });
  });

  describe('pointer', () => {
    it('hover shows row, cell and a sentence, and leaves no trace when it leaves', async () => {
      pointAt(view, 5, 3, count);
      await settled(view);
      expect(text(view, '.tooltip')).to.equal(`head 1.2: "to" attends ${weight(1, 2, 5, 3).toFixed(2)} to "John" (position 3)`);
      expect(part(view, '.tooltip').matches(':popover-open')).to.equal(true);
      expect(view.shadowRoot!.querySelectorAll('.ring').length).to.equal(1);
      grid().dispatchEvent(new PointerEvent('pointerleave'));
      await settled(view);
      expect(part(view, '.tooltip').matches(':popover-open')).to.equal(false);
      expect(view.shadowRoot!.querySelectorAll('.ring').length).to.equal(0);
    });

    it('hover paints no cell again', async () => {
      const canvas = part<HTMLCanvasElement>(view, 'canvas.large');
      let drawn = 0;
      const { drawImage, putImageData } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.drawImage = function (this: unknown, ...rest: unknown[]) {
        drawn++;
        return (drawImage as (...all: unknown[]) => void).apply(this, rest);
      } as typeof drawImage;
      try {
        for (let query = 0; query < count; query++) {
          pointAt(view, query, 0, count);
          await settled(view);
        }
      } finally {
        Object.assign(CanvasRenderingContext2D.prototype, { drawImage, putImageData });
      }
      expect(drawn).to.equal(0);
      expect(canvas.isConnected).to.equal(true);
    });

    it('a click locks, the same click lets go, a masked cell does neither', async () => {
      pointAt(view, 4, 1, count, 'click');
      expect(view.selection.state).to.include({ query: 4, key: 1, locked: true });
      pointAt(view, 4, 1, count, 'click');
      expect(view.selection.state.locked).to.equal(false);
      view.selection.release();
      pointAt(view, 1, 4, count, 'click');
      expect(view.selection.state.locked).to.equal(false);
    });

    it('a masked cell says that it is masked', () => {
      pointAt(view, 1, 4, count);
      expect(text(view, '.tooltip')).to.equal('"went" comes after "Mary": masked');
    });

    it('a first touch points, a second one locks', () => {
      const touch = (): void => {
        pointAt(view, 6, 2, count, 'pointerdown', 'touch');
        pointAt(view, 6, 2, count, 'pointerleave', 'touch');
        pointAt(view, 6, 2, count, 'click', 'touch');
      };
      touch();
      expect(view.selection.state).to.include({ query: 6, key: 2, locked: false });
      touch();
      expect(view.selection.state).to.include({ query: 6, key: 2, locked: true });
    });

    it('a head under the pointer is shown large until the pointer leaves', async () => {
      const label = view.shadowRoot!.querySelectorAll('label.head')[0]!;
      label.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
      await settled(view);
      expect(text(view, '.caption')).to.contain('head 0');
      part(view, '.heads').dispatchEvent(new PointerEvent('pointerleave'));
      await settled(view);
      expect(text(view, '.caption')).to.contain('head 2');
      expect(view.head).to.equal(2);
    });
  });

  describe('state', () => {
    it('opens on what the author wrote', async () => {
      const authored = mount('attention-view', { data: attentionTrace(), layer: 1, head: 0, query: -1 });
      await settled(authored);
      expect(text(authored, '.caption')).to.match(/^Layer 1, head 0, from "store": .* \(locked\)$/);
      expect(authored.getAttribute('layer')).to.equal('1');
    });

    it('tells of the reader by an event, and follows a shared selection', async () => {
      const other = mount('attention-view', { data: attentionTrace() });
      view.selection = other.selection = new Selection();
      await settled(other);
      const seen: SelectionChangeEvent[] = [];
      document.addEventListener('vitrine-selection-change', (event) => seen.push(event as SelectionChangeEvent), { once: true });
      pointAt(view, 3, 1, count, 'click');
      await settled(other);
      expect(seen.map(({ selection }) => selection)).to.deep.equal([{ layer: 1, head: 2, query: 3, key: 1, locked: true }]);
      expect(text(other, '.caption')).to.contain('"John" attends');
    });

    it('figures with the same link share one selection', async () => {
      const [one, two] = [1, 2].map(() => mount('attention-view', { data: attentionTrace(), link: 'pair' }));
      await settled(two!);
      expect(one!.selection).to.equal(two!.selection);
    });

    it('takes the property names of CircuitsVis', async () => {
      const attention = [
        [
          [1, 0],
          [0.25, 0.75],
        ],
      ];
      const alias = mount('attention-view', { attention, tokens: ['a', 'b'], attentionHeadNames: ['L0H7'] });
      await settled(alias);
      pointAt(alias, 1, 1, 2);
      expect(text(alias, '.tooltip')).to.equal('head L0H7: "b" attends 0.75 to "b" (position 1)');
    });

    it('a pattern without a mask can be read above the diagonal', async () => {
      const attention = [
        [
          [0.4, 0.6],
          [0.5, 0.5],
        ],
      ];
      const both = mount('attention-view', { attention, tokens: ['a', 'b'], maskUpperTri: false });
      await settled(both);
      pointAt(both, 0, 1, 2, 'click');
      await settled(both);
      expect(text(both, '.caption')).to.equal('Head 0.0: "a" attends 0.60 to "b" (position 1). (locked)');
      expect(both.shadowRoot!.querySelector('.legend-masked')).to.equal(null);
      await expectAccessible(both);
    });

    it('locks again what the author sets again', async () => {
      view.query = 3;
      await settled(view);
      view.selection.release();
      view.query = 3;
      await settled(view);
      expect(view.selection.state).to.include({ query: 3, locked: true });
    });

    it('says what is wrong with numbers that do not fit', async () => {
      const wrong = mount('attention-view', { attention: [[[1]]], tokens: ['a', 'b'] });
      await settled(wrong);
      expect(text(wrong, '.error')).to.contain('expected [head][query][key] with 2 queries and keys, one per token, got [1, 1, 1]');
    });
  });
});
