// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/logit-attribution.js';
import '../../../src/components/define/vitrine-model.js';
import { Selection, VitrineModelElement, type LogitAttributionElement } from '../../../src/components/index.js';
import type { LiveModel } from '../../../src/components/index.js';
import { VitrineError } from '../../../src/core/index.js';
import { attributionTrace } from './logit-attribution-data.js';
import { expectKeepsPlace, placeWidths } from './keeps-place.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

const { trace, heads, sources, attn, mlp, total } = attributionTrace();
const signed = (value: number): string => {
  const written = Math.abs(value).toFixed(2);
  return written === '0.00' ? written : `${value < 0 ? '\u2212' : '+'}${written}`;
};

describe('<logit-attribution>', () => {
  let view: LogitAttributionElement;
  const grid = (): HTMLElement => part(view, '[role=grid]');
  const activeCell = (): string => text(view, `#${grid().getAttribute('aria-activedescendant')}`);
  const rows = (): string[] => [...view.shadowRoot!.querySelectorAll('.list .name')].map((name) => name.textContent!.trim());
  const values = (): string[] => [...view.shadowRoot!.querySelectorAll('.list .value')].map((value) => value.textContent!.trim());
  const crumbs = (): string => text(view, '.crumbs');
  const quiet = (): string => text(view, '.caption .quiet:last-child');
  const point = (target: Element, type: string, pointerType = 'mouse', at = { clientX: 5, clientY: 5 }): void => {
    target.dispatchEvent(new PointerEvent(type, { ...at, pointerType, bubbles: true, composed: true }));
  };
  const press = async (row: number): Promise<void> => {
    point(part(view, `[data-part="${row}"]`), 'click');
    await settled(view);
  };
  /** Over a cell of the map; layer 0 is the lowest row. */
  const onMap = (layer: number, column: number, type: string, pointerType = 'mouse'): void => {
    const cells = part(view, '.cells');
    const { left, top, height } = cells.getBoundingClientRect();
    const edge = Number(part(view, 'svg.heads rect').getAttribute('width')) + 1;
    const clientX = left + (column < 3 ? (column + 0.5) * edge : 3 * edge + 10 + edge / 2);
    point(cells, type, pointerType, { clientX, clientY: top + ((1 - layer + 0.5) / 2) * height });
  };

  beforeEach(async () => {
    view = mount('logit-attribution', { data: trace });
    await settled(view);
  });
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe with bars, map, sources and neurons, focused, locked, narrow and empty', async () => {
      for (const state of [
        {},
        { view: 'heads' },
        { view: 'heads', layer: 1 },
        { view: 'heads', layer: 1, head: 2 },
        { view: 'neurons' },
      ] as const) {
        for (const width of [704, 280]) {
          const element = mount('logit-attribution', { data: trace, ...state }, { width });
          await settled(element);
          part(element, '[role=grid]').focus();
          await settled(element);
          await expectAccessible(element);
        }
      }
      await expectAccessible(mount('logit-attribution'));
    });

    it('is one tab stop for the parts, then the choice of what is shown, then the text', async () => {
      (document.activeElement as HTMLElement).blur();
      const stops: string[] = [];
      for (let presses = 0; presses < 3; presses++) {
        await sendKeys({ press: 'Tab' });
        const focus = view.shadowRoot!.activeElement!;
        stops.push(focus.getAttribute('role') ?? focus.localName);
      }
      expect(stops).to.deep.equal(['grid', 'select', 'summary']);
    });

    it('every bar has a sentence as its name, and says that it opens', () => {
      expect(text(view, '#p2')).to.contain(`attention 0 adds ${signed(attn[0]!)} to "Mary" over "John"; Enter shows its parts`);
      expect(text(view, '#p0')).to.match(/^token embedding adds \+0\.25 to "Mary" over "John" /);
    });

    it('the map holds the cells of the active row only', async () => {
      view.view = 'heads';
      await settled(view);
      const names = [...view.shadowRoot!.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent);
      expect(names).to.deep.equal([...heads[1]!.map((value, head) => `head 1.${head}: ${signed(value)}`), `MLP 1: ${signed(mlp[1]!)}`]);
    });

    it('has all numbers of what is shown as text', () => {
      const cells = [...view.shadowRoot!.querySelectorAll('details tbody tr')].map((row) => row.textContent!.replace(/\s+/g, ' ').trim());
      expect(cells.length).to.equal(8);
      expect(cells[5]).to.equal(`MLP 1 ${signed(mlp[1]!)}`);
      expect(cells[7]).to.equal(`sum ${signed(total)}`);
      expect(text(view, 'details caption')).to.equal('logit of "Mary" over "John", read after "store" (position 7)');
    });
  });

  describe('sums', () => {
    it('components and biases, in the order of the forward pass, sum to the logit difference', () => {
      expect(rows()).to.deep.equal([
        'token embedding',
        'position embedding',
        'attention 0',
        'MLP 0',
        'attention 1',
        'MLP 1',
        'final biases',
      ]);
      expect(crumbs()).to.equal(`Logit of "Mary" over "John": ${signed(total).replace('+', '')}`);
      const number = signed(total).replace('+', '');
      expect(quiet()).to.equal(`Sum ${number} = logit difference ${number}, read after "store" (position 7).`);
    });

    it('a layer of heads sums to its attention, with the output bias as a part', async () => {
      await press(2);
      expect(rows()).to.deep.equal(['head 0.0', 'head 0.1', 'head 0.2', 'output bias']);
      expect(values()).to.deep.equal([...heads[0]!.map(signed), '+0.06']);
      expect(quiet()).to.equal(`Sum ${signed(attn[0]!)} = attention 0 ${signed(attn[0]!)}.`);
    });

    it('neurons sum to their MLP, the others as one part between raising and lowering', async () => {
      await press(3);
      expect(rows()).to.deep.equal(['neuron 0.7', 'neuron 0.3', '96 others', 'neuron 0.50', 'neuron 0.99', 'output bias']);
      expect(values()).to.deep.equal(['+0.90', '+0.50', '+0.25', '\u22120.40', '\u22120.70', '+0.50']);
      expect(quiet()).to.equal(`Sum ${signed(mlp[0]!)} = MLP 0 ${signed(mlp[0]!)}.`);
      view.top = 1;
      await settled(view);
      expect(rows()).to.deep.equal(['neuron 0.7', '98 others', 'neuron 0.99', 'output bias']);
      expect(values()[1]).to.equal('+0.35');
    });

    it('neurons of all layers sum to all MLPs', async () => {
      view.view = 'neurons';
      view.top = 1;
      await settled(view);
      expect(rows()).to.deep.equal(['neuron 0.7', '198 others', 'neuron 1.99', 'output biases']);
      expect(quiet()).to.equal(`Sum ${signed(mlp[0]! + mlp[1]!)} = MLPs ${signed(mlp[0]! + mlp[1]!)}.`);
    });

    it('what no component explains is a part of its own, so that bars always sum', async () => {
      view.data = { ...trace, total: total + 1 };
      await settled(view);
      expect(rows().at(-1)).to.equal('not found');
      expect(values().at(-1)).to.equal('+1.00');
    });
  });

  describe('drawing', () => {
    it('bars begin at zero, to the right where they raise, to the left where they lower, in two hues', () => {
      const [first, second] = [...view.shadowRoot!.querySelectorAll<HTMLElement>('.list .bar')] as [HTMLElement, HTMLElement];
      const zero = part(view, '.zero').getBoundingClientRect().left;
      expect(first.getBoundingClientRect().left).to.be.closeTo(zero, 1);
      expect(second.getBoundingClientRect().right).to.be.closeTo(zero, 1);
      expect(second.getBoundingClientRect().width).to.be.closeTo(2 * first.getBoundingClientRect().width, 1);
      const [r1, , b1] = getComputedStyle(first).backgroundColor.match(/\d+/g)!.map(Number) as [number, number, number];
      const [r2, , b2] = getComputedStyle(second).backgroundColor.match(/\d+/g)!.map(Number) as [number, number, number];
      expect(b1 > r1 && r2 > b2).to.equal(true);
    });

    it('the line is the running sum and ends where the sum bar does', () => {
      const steps = [
        ...part(view, '.running')
          .getAttribute('d')!
          .matchAll(/H([\d.]+)/g),
      ].map(([, x]) => Number(x));
      expect(steps.length).to.equal(7);
      const plot = part(view, '.list .plot').getBoundingClientRect();
      const bar = part(view, '.sum .bar').getBoundingClientRect();
      const end = plot.left + (steps.at(-1)! / 100) * plot.width;
      expect(Math.min(Math.abs(end - bar.left), Math.abs(end - bar.right))).to.be.below(1);
    });

    it('with norm="recompute" the line is what the stream says at each step', async () => {
      const other = mount('logit-attribution', { data: attributionTrace({ lens: true }).trace, norm: 'recompute' });
      await settled(other);
      expect(text(other, '.meaning')).to.equal('The line reads the stream as a lens does.');
      const steps = [...part(other, '.running').getAttribute('d')!.matchAll(/H/g)];
      expect(steps.length).to.equal(6); // not between the two embeddings
    });

    it('the map paints heads by sign', () => {
      view.view = 'heads';
      return settled(view).then(() => {
        const fill = (index: number): number[] =>
          view.shadowRoot!.querySelectorAll('svg.heads rect')[index]!.getAttribute('fill')!.match(/\d+/g)!.map(Number);
        heads[0]!.forEach((value, head) => {
          const [red, , blue] = fill(head) as [number, number, number];
          if (Math.abs(value) > 0.3) expect(blue > red, `head 0.${head}`).to.equal(value > 0);
        });
      });
    });

    it('says in words which way is which', async () => {
      expect(text(view, '.axis')).to.equal('← toward "John"toward "Mary" →');
      const alone = mount('logit-attribution', { data: attributionTrace({ wrong: false }).trace });
      await settled(alone);
      expect(text(alone, '.axis')).to.equal('← lowers "Mary"raises "Mary" →');
      expect(text(alone, '.crumbs')).to.match(/^Logit of "Mary": /);
    });
  });

  describe('pointer', () => {
    it('hover says a sentence and previews, and leaves no trace', async () => {
      point(part(view, '[data-part="4"]'), 'pointermove');
      await settled(view);
      expect(text(view, '.tooltip')).to.equal(`attention 1 adds ${signed(attn[1]!)} to "Mary" over "John"`);
      expect(text(view, '.caption')).to.contain(`Attention 1 adds ${signed(attn[1]!)}`);
      expect(view.selection.state).to.include({ layer: 1, locked: false });
      point(part(view, '.list'), 'pointerleave');
      await settled(view);
      expect(view.selection.state.layer).to.equal(undefined);
    });

    it('a press goes down to heads and to the tokens of a head, crumbs lead back', async () => {
      await press(4);
      expect(view).to.include({ view: 'heads', layer: 1 });
      expect(crumbs()).to.contain(`attention 1: ${signed(attn[1]!)}`);
      await press(2);
      expect(view).to.include({ view: 'heads', layer: 1, head: 2 });
      expect(view.selection.state).to.include({ layer: 1, head: 2, query: 7, locked: true });
      expect(crumbs()).to.contain(`head 1.2: ${signed(heads[1]![2]!)}`);
      expect(text(view, '#s3')).to.contain(`John ${signed(sources[1]![2]![3]!)}`);
      expect(quiet()).to.equal(`Sum ${signed(heads[1]![2]!)} = head 1.2 ${signed(heads[1]![2]!)}.`);
      part(view, '.crumb').click();
      await settled(view);
      expect(view).to.include({ view: 'components' });
      expect(view.layer).to.equal(undefined);
      expect(view.selection.state.locked).to.equal(false);
    });

    it('a token of an open head says what it carries; a click locks it, another lets go', async () => {
      await press(4);
      await press(2);
      const token = part(view, '[data-key="3"]');
      point(token, 'pointermove');
      const sentence = `head 1.2 adds ${signed(sources[1]![2]![3]!)} to "Mary" over "John" from "John" (position 3)`;
      expect(text(view, '.tooltip')).to.equal(sentence);
      point(token, 'click');
      expect(view.selection.state).to.include({ layer: 1, head: 2, query: 7, key: 3, locked: true });
      expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain(`Locked: ${sentence}`);
      point(token, 'click');
      expect(view.selection.state.key).to.equal(undefined);
    });

    it('cells of the map open their head or MLP', async () => {
      view.view = 'heads';
      await settled(view);
      onMap(0, 1, 'pointermove');
      await settled(view);
      expect(text(view, '.tooltip')).to.equal(`head 0.1 adds ${signed(heads[0]![1]!)} to "Mary" over "John"`);
      expect(view.selection.state).to.include({ layer: 0, head: 1, query: 7, locked: false });
      expect(text(view, '.read .quiet')).to.match(/^what head 0\.1 reads, up to ±\d\.\d\d$/);
      onMap(1, 3, 'click');
      await settled(view);
      expect(view).to.include({ view: 'neurons', layer: 1 });
    });

    it('a first touch points, a second one opens', async () => {
      const touch = async (): Promise<void> => {
        const row = part(view, '[data-part="2"]');
        for (const type of ['pointerdown', 'pointerleave', 'click']) point(row, type, 'touch');
        await settled(view);
      };
      await touch();
      expect(view.view).to.equal('components');
      expect(view.selection.state).to.include({ layer: 0, locked: false });
      await touch();
      expect(view).to.include({ view: 'heads', layer: 0 });
    });

    it('what has no parts is locked by a press and let go by another', async () => {
      await press(6);
      expect(view.selection.state.locked).to.equal(true);
      expect(text(view, '.caption')).to.contain('(locked)');
      await press(6);
      expect(view.selection.state.locked).to.equal(false);
    });
  });

  describe('keyboard', () => {
    beforeEach(() => grid().focus());

    it('arrows move, Enter goes down, Escape goes up to where one came from', async () => {
      for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await sendKeys({ press: key });
      await settled(view);
      expect(view).to.include({ view: 'heads', layer: 0 });
      await sendKeys({ press: 'ArrowDown' });
      await settled(view);
      expect(activeCell()).to.contain(`head 0.1 adds ${signed(heads[0]![1]!)}`);
      await sendKeys({ press: 'Enter' });
      await settled(view);
      await sendKeys({ press: 'ArrowRight' });
      await settled(view);
      expect(activeCell()).to.contain(`Mary ${signed(sources[0]![1]![1]!)}`);
      await sendKeys({ press: 'Escape' });
      await settled(view);
      expect(view).to.include({ view: 'heads', layer: 0 });
      expect(view.head).to.equal(undefined);
      expect(grid().getAttribute('aria-activedescendant')).to.equal('p1');
      await sendKeys({ press: 'Escape' });
      await settled(view);
      expect(view.view).to.equal('components');
      expect(activeCell()).to.contain('attention 0');
    });

    it('focus stays in the figure where what is shown changes', async () => {
      for (const key of ['ArrowDown', 'ArrowDown', 'Enter', 'ArrowDown', 'Enter', 'ArrowRight', 'ArrowRight']) {
        await sendKeys({ press: key });
        await settled(view);
      }
      expect(view.shadowRoot!.activeElement?.classList.contains('sources')).to.equal(true);
      expect(grid().getAttribute('aria-activedescendant')).to.equal('s2');
    });
  });

  describe('state', () => {
    it('opens on what the author wrote, with the way back', async () => {
      const authored = mount('logit-attribution', { data: trace, view: 'heads', layer: 1, head: 0 });
      await settled(authored);
      expect(authored.shadowRoot!.querySelectorAll('.crumb').length).to.equal(2);
      expect(authored.getAttribute('head')).to.equal('0');
      authored.setState({ view: 'neurons', layer: 0, head: undefined });
      await settled(authored);
      expect(authored.getState()).to.include({ view: 'neurons', layer: 0 });
      expect(text(authored, '.crumbs')).to.contain('MLP 0');
    });

    it('keeps to what there is where an attribute is wrong', async () => {
      const warned: string[] = [];
      const { warn } = console;
      console.warn = (sentence: string) => warned.push(sentence);
      try {
        const wrong = mount('logit-attribution', { data: trace, view: 'layers' as 'heads' });
        await settled(wrong);
        expect(wrong.shadowRoot!.querySelectorAll('.list .name').length).to.equal(7);
        const outside = mount('logit-attribution', { data: trace, view: 'heads', layer: 9, head: 1 });
        await settled(outside);
        expect(outside.shadowRoot!.querySelector('.cells')).to.not.equal(null);
      } finally {
        console.warn = warn;
      }
      expect(warned).to.deep.equal([
        '<logit-attribution view="layers">: allowed are "components", "heads", "neurons". "components" is used.',
      ]);
    });

    it('follows a shared selection, and is followed', async () => {
      const other = mount('logit-attribution', { data: trace, view: 'heads' });
      view.selection = other.selection = new Selection();
      await settled(other);
      other.selection.preview({ layer: 1, head: 2 });
      await settled(view);
      await settled(other);
      expect(part(view, '[data-part="4"]').classList.contains('here')).to.equal(true);
      expect(text(other, '.caption')).to.contain('Head 1.2 adds');
    });

    it('shows components alone where nothing else was recorded', async () => {
      const bare = mount('logit-attribution', { data: attributionTrace({ parts: false }).trace, view: 'heads' });
      await settled(bare);
      expect(bare.shadowRoot!.querySelectorAll('.list .name').length).to.equal(7);
      expect(bare.shadowRoot!.querySelector('select')).to.equal(null);
      await expectAccessible(bare);
    });
  });

  describe('live', () => {
    const asked: Record<string, unknown>[] = [];
    const { loadModel } = VitrineModelElement;
    const fields = (): HTMLInputElement[] => [...view.shadowRoot!.querySelectorAll<HTMLInputElement>('.answers input')];
    const type = (field: HTMLInputElement, typed: string): void => {
      field.value = typed;
      field.dispatchEvent(new Event('change'));
    };
    beforeEach(async () => {
      asked.length = 0;
      VitrineModelElement.loadModel = async () =>
        ({
          name: 'fake',
          thread: 'page',
          figure: async (kind: string, options: Record<string, unknown>) => {
            asked.push({ kind, ...options });
            if (options['answer'] === ' two words')
              throw new VitrineError('invalid-option', 'answer must be one token; " two words" is 2.');
            return { ...trace, answer: { id: 9, text: options['answer'] } };
          },
          dispose: async () => undefined,
        }) as unknown as LiveModel;
      const model = mount('vitrine-model', { id: 'attribution-model', name: 'fake' });
      view.model = 'attribution-model';
      view.editable = true;
      await settled(view);
      part<HTMLButtonElement>(model, 'button').click();
      await until(() => view.matches(':state(live)'), 'the first run');
      await settled(view);
    });
    afterEach(() => {
      VitrineModelElement.loadModel = loadModel;
    });

    it('asks what the recording asked, and again with a retyped answer, whose leading space nobody sees', async () => {
      const options = { kind: 'attribution', prompt: trace.prompt, position: -1, norm: 'cached', wrong: ' John' };
      expect(asked).to.deep.equal([{ ...options, answer: ' Mary' }]);
      expect(fields().map(({ value }) => value)).to.deep.equal([' Mary', ' John']);
      type(fields()[0]!, 'Tom');
      await until(() => asked.length === 2, 'the second run');
      expect(asked[1]).to.deep.equal({ ...options, answer: ' Tom' });
      await until(() => crumbs().includes('"Tom"'), 'the new answer');
      await expectAccessible(view);
    });

    it('without a comparison the logit itself is explained', async () => {
      type(fields()[1]!, '');
      await until(() => asked.length === 2, 'the second run');
      expect(asked[1]).to.not.have.property('wrong');
    });

    it("says what is wrong with an answer under its field, and keeps the figure and the reader's text", async () => {
      type(fields()[0]!, 'two words');
      await until(() => view.shadowRoot!.querySelector('.live .error') !== null, 'the error');
      expect(text(view, '.live .error')).to.contain('answer must be one token; " two words" is 2.');
      expect(fields()[0]!.value).to.equal(' two words');
      expect(rows().length).to.equal(7);
    });
  });

  describe('anywhere', () => {
    it('shows tokens of every nasty kind, and saves them as text', async () => {
      const nasty = ['<b>', '\n', '   ', 'שלום', '\u200b', '👩‍👩‍👧', '&amp;', 'a'].map((token, id) => ({ id, text: token }));
      const odd = mount(
        'logit-attribution',
        { data: attributionTrace({ tokens: nasty }).trace, view: 'heads', layer: 0, head: 0 },
        { width: 280 },
      );
      await settled(odd);
      expect(odd.shadowRoot!.querySelector('b')).to.equal(null);
      expect(text(odd, '#s1')).to.contain('newline');
      await expectAccessible(odd);
      expect(await odd.toSVG()).to.contain('&lt;b&gt;');
    });

    it('a saved picture holds names and values', async () => {
      const picture = await view.toSVG();
      for (const word of ['token embedding', signed(attn[0]!), 'sum', 'toward']) expect(picture).to.contain(word);
      view.setState({ view: 'heads', layer: 1 });
      await settled(view);
      // The way down is part of the picture, its buttons too.
      for (const step of view.shadowRoot!.querySelectorAll('.crumb')) expect(await view.toSVG()).to.contain(step.textContent!.slice(0, 8));
      expect(view.shadowRoot!.querySelectorAll('.crumb').length).to.be.above(0);
      view.setState({ view: 'components', layer: undefined });
      await settled(view);
      expect((view.toJSON() as { kind: string }).kind).to.equal('attribution');
    });

    it('fits into 280 px in every view', async () => {
      for (const state of [
        {},
        { view: 'heads' },
        { view: 'heads', layer: 1 },
        { view: 'heads', layer: 1, head: 2 },
        { view: 'neurons' },
      ] as const) {
        const narrow = mount('logit-attribution', { data: trace, ...state, editable: true }, { width: 280 });
        await settled(narrow);
        expect(narrow.scrollWidth).to.be.at.most(280);
        expect(part(narrow, '.figure').scrollWidth).to.be.at.most(280);
      }
    });

    // The size of the model is not known before its data; four layers of eight heads are taken to be likely.
    const { trace: likely } = attributionTrace({ layers: 4, headCount: 8 });
    for (const width of placeWidths) {
      for (const place of [
        {},
        { view: 'heads' },
        { view: 'heads', layer: 2 },
        { view: 'heads', layer: 2, head: 7 },
        { view: 'neurons', top: 2 },
      ]) {
        it(`keeps its place while a file loads: ${JSON.stringify(place)}, ${width} px`, async () => {
          const said = { prompt: likely.prompt, answer: ' Mary', wrong: ' John' };
          await expectKeepsPlace('logit-attribution', likely, { ...said, ...place }, width);
        });
      }
    }

    it('many layers are drawn closer', async () => {
      const deep = mount('logit-attribution', { data: attributionTrace({ layers: 32 }).trace });
      await settled(deep);
      expect(deep.shadowRoot!.querySelectorAll('.list .part').length).to.equal(67);
      expect(part(deep, '.list').getBoundingClientRect().height).to.be.below(67 * 16);
    });
  });
});
