// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/colored-tokens.js';
import { VitrineModelElement } from '../../../src/components/define/vitrine-model.js';
import type { ColoredTokensElement, LiveModel, SelectionChangeEvent } from '../../../src/components/index.js';
import { storable } from '../../../src/core/trace/index.js';
import { tokensTrace } from './colored-tokens-data.js';
import { expectKeepsPlace, placeWidths } from './keeps-place.js';
import { cleanUp, expectAccessible, mount, part, script, settled, text, until, words } from './support.js';

const nasty = ['<b>', '\n\n', '\t', ' ', '\u200b', '&nbsp;', 'مرحبا', '👩\u200d👩\u200d👧', '\u0301', ' '.repeat(3)].map((piece, id) => ({
  id,
  text: piece,
}));
const many = Array.from({ length: 2000 }, (_, id) => ({ id, text: ` word${id}` }));
const countUp = many.map((_, id) => id);

describe('<colored-tokens>', () => {
  let figure: ColoredTokensElement;
  const cells = (of: Element = figure): HTMLElement[] => [...of.shadowRoot!.querySelectorAll<HTMLElement>('.cell')];
  const list = (of: Element = figure): HTMLElement => part(of, '[role=listbox]');
  const active = (of: Element = figure): Element => part(of, `[id="${list(of).getAttribute('aria-activedescendant')}"]`);
  const colour = (position: number, of: Element = figure): string => getComputedStyle(cells(of)[position]!).backgroundColor;
  const move = (position: number, type = 'pointermove', pointerType = 'mouse'): void => {
    const { left, top } = cells()[position]!.getBoundingClientRect();
    cells()[position]!.dispatchEvent(
      new PointerEvent(type, { bubbles: true, composed: true, clientX: left + 2, clientY: top + 2, pointerType }),
    );
  };

  beforeEach(async () => {
    figure = mount('colored-tokens', { data: tokensTrace() });
    await settled(figure);
  });
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe when idle, focused, locked, underlined, with values, narrow, with nasty tokens, and empty', async () => {
      await expectAccessible(figure);
      list().focus();
      await sendKeys({ press: 'Enter' });
      await settled(figure);
      await expectAccessible(figure);
      const values = [nasty.map((_, at) => at), nasty.map((_, at) => 4 - at)];
      for (const properties of [{ mark: 'underline' }, { showValues: true }, { data: tokensTrace({ tokens: nasty, values }) }] as const) {
        const other = mount('colored-tokens', { data: tokensTrace(), ...properties }, { width: 280 });
        await settled(other);
        await expectAccessible(other);
      }
      await expectAccessible(mount('colored-tokens'));
    });

    it('is one tab stop, and each token says itself and its value', async () => {
      expect(figure.shadowRoot!.querySelectorAll('[tabindex="0"]:not(details *)').length).to.equal(1);
      list().focus();
      await sendKeys({ press: 'ArrowRight' });
      await settled(figure);
      expect(active().getAttribute('aria-label')).to.equal('Mary, surprise 3.50 nats');
      expect(cells()[0]!.getAttribute('aria-label')).to.equal('When, surprise no value');
      expect(active().hasAttribute('data-focus')).to.equal(true);
    });

    it('ink on every colour has a contrast of at least 4.5', async () => {
      const ramp = mount('colored-tokens', { tokens: many.slice(0, 60).map(({ text: word }) => word), values: countUp.slice(0, 60) });
      await settled(ramp);
      const luminance = (css: string): number => {
        const [r, g, b] = css
          .match(/\d+/g)!
          .map((c) => (Number(c) / 255 <= 0.04045 ? Number(c) / 255 / 12.92 : ((Number(c) / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      for (const cell of cells(ramp)) {
        const { color, backgroundColor } = getComputedStyle(cell);
        const [high, low] = [luminance(color), luminance(backgroundColor)].sort((a, b) => b - a);
        expect((high! + 0.05) / (low! + 0.05)).to.be.at.least(4.5);
      }
    });

    it('has every value in a table', () => {
      expect(figure.shadowRoot!.querySelectorAll('details tbody tr').length).to.equal(words.length);
      expect(text(figure, 'details tbody tr:nth-child(2)')).to.equal('1 Mary surprise 3.50 nats, neuron 12 +0.50');
    });
  });

  describe('colours', () => {
    it('amounts go from the paper to the strongest blue; a token without a value has none', () => {
      expect(colour(0)).to.equal('rgba(0, 0, 0, 0)');
      const darkness = (position: number): number =>
        colour(position)
          .match(/\d+/g)!
          .reduce((sum, channel) => sum - Number(channel), 765);
      expect(darkness(7)).to.be.greaterThan(darkness(1)).and.to.be.greaterThan(450);
      expect(darkness(3)).to.be.greaterThan(darkness(4));
      expect(text(figure, '.legend-scale')).to.equal('0 4.00');
    });

    it('signed values are orange below zero and blue above, as strong as the larger side', async () => {
      figure.row = 'neuron 12';
      await settled(figure);
      const channels = (position: number): number[] => colour(position).match(/\d+/g)!.map(Number);
      expect(channels(0)[0]).to.be.greaterThan(channels(0)[2]!);
      expect(channels(3)[2]).to.be.greaterThan(channels(3)[0]!);
      expect(text(figure, '.legend-scale')).to.equal('−2.00 +2.00');
    });

    it('bounds of the author cut the colours', async () => {
      figure.maxValue = 2;
      await settled(figure);
      expect(colour(3)).to.equal(colour(7));
      expect(text(figure, '.legend-scale')).to.equal('0 2.00');
    });

    it('shared ends make rows comparable', async () => {
      figure.scale = 'shared';
      figure.row = '1';
      await settled(figure);
      expect(text(figure, '.legend-scale')).to.equal('−4.00 +4.00');
    });

    it('a probability goes from 0 to 100 per cent, a rank by its logarithm', async () => {
      const rows = [
        { label: 'probability', as: 'probability' as const },
        { label: 'rank', as: 'count' as const, scale: 'log' as const },
      ];
      const values = [words.map(() => 0.125), words.map((_, at) => 10 ** at)];
      figure.data = tokensTrace({ rows, values });
      await settled(figure);
      expect(text(figure, '.legend-scale')).to.equal('0% 100%');
      expect(text(figure, '.caption')).to.contain('Probability: mean 13%');
      figure.row = 'rank';
      await settled(figure);
      expect(text(figure, '.legend-scale')).to.equal('1 10,000,000');
      expect(text(figure, '.controls')).to.contain('colours by the logarithm');
    });

    it('colours of the author take the place of the ramps', async () => {
      figure.positiveColor = 'rgb(0, 128, 0)';
      await settled(figure);
      expect(colour(7)).to.equal('rgb(0, 128, 0)');
    });

    it('underline draws a stripe for every row and leaves the text alone', async () => {
      figure.mark = 'underline';
      await settled(figure);
      expect(colour(7)).to.equal('rgba(0, 0, 0, 0)');
      const stripes = cells()[3]!.querySelectorAll<HTMLElement>('.stripe');
      expect(stripes.length).to.equal(2);
      const [above, below] = [...stripes].map((stripe) => stripe.getBoundingClientRect());
      expect(below!.top).to.be.greaterThan(above!.top);
      expect(figure.shadowRoot!.querySelectorAll('.legend').length).to.equal(2);
    });

    it('values can stand under their tokens', async () => {
      figure.showValues = true;
      await settled(figure);
      expect(cells().map((cell) => cell.querySelector('.value')!.textContent!.trim())).to.deep.equal([
        '',
        '3.50',
        '0.25',
        '2.00',
        '1.00',
        '0.50',
        '0.13',
        '4.00',
      ]);
    });

    it('a mark that there is not is fill, and the author is told once', async () => {
      const warnings: string[] = [];
      const original = console.warn;
      console.warn = (sentence: string) => void warnings.push(sentence);
      try {
        figure.mark = 'circle' as never;
        await settled(figure);
        figure.showValues = true;
        await settled(figure);
      } finally {
        console.warn = original;
      }
      expect(warnings).to.deep.equal(['<colored-tokens mark="circle">: allowed are "fill", "underline". "fill" is used.']);
      expect(colour(7)).not.to.equal('rgba(0, 0, 0, 0)');
    });
  });

  describe('what the reader does', () => {
    it('idle, the caption says what the values are like on the whole', () => {
      expect(text(figure, '.caption')).to.equal('Surprise: mean 1.63 nats; largest 4.00 nats, of "store" (position 7).');
    });

    it('hover previews and says a sentence with all values', async () => {
      move(1);
      await settled(figure);
      expect(text(figure, '.tooltip')).to.equal('"Mary" (position 1): surprise 3.50 nats, neuron 12 +0.50');
      expect(text(figure, '.caption')).to.equal('"Mary" (position 1): surprise 3.50 nats, neuron 12 +0.50.');
      expect(cells()[1]!.classList.contains('here')).to.equal(true);
    });

    it('a click locks, another lets go', async () => {
      move(1, 'click');
      await settled(figure);
      expect(text(figure, '.caption')).to.contain('(locked)');
      expect(cells()[1]!.getAttribute('aria-selected')).to.equal('true');
      move(5);
      await settled(figure);
      expect(text(figure, '.caption')).to.contain('"Mary"');
      move(1, 'click');
      await settled(figure);
      expect(text(figure, '.caption')).not.to.contain('(locked)');
    });

    it('a finger points first and locks on the same token again', async () => {
      const tap = async (position: number): Promise<void> => {
        move(position, 'pointerdown', 'touch');
        move(position, 'click', 'touch');
        await settled(figure);
      };
      await tap(1);
      expect(text(figure, '.caption')).to.contain('"Mary"').and.not.to.contain('(locked)');
      await tap(1);
      expect(text(figure, '.caption')).to.contain('"Mary"').and.to.contain('(locked)');
    });

    it('arrows move along the text and between its lines, Enter locks, Escape lets go', async () => {
      const narrow = mount(
        'colored-tokens',
        { data: tokensTrace({ tokens: many.slice(0, 60), values: [countUp.slice(0, 60), countUp.slice(0, 60)] }) },
        { width: 280 },
      );
      await settled(narrow);
      list(narrow).focus();
      await sendKeys({ press: 'ArrowRight' });
      await sendKeys({ press: 'ArrowDown' });
      await settled(narrow);
      const [first, below] = [cells(narrow)[1]!, active(narrow)].map((cell) => cell.getClientRects()[0]!);
      expect(below!.top).to.be.greaterThan(first!.bottom - 4);
      expect(below!.left).to.be.lessThan(first!.right);
      expect(below!.right).to.be.greaterThan(first!.left);
      await sendKeys({ press: 'ArrowUp' });
      await settled(narrow);
      expect(active(narrow).id).to.equal('t1');
      await sendKeys({ press: 'End' });
      await sendKeys({ press: 'Enter' });
      await settled(narrow);
      expect(text(narrow, '.caption')).to.contain('"word59"').and.to.contain('(locked)');
      await sendKeys({ press: 'Escape' });
      await settled(narrow);
      expect(text(narrow, '.caption')).not.to.contain('(locked)');
    });

    it('the field chooses the row', async () => {
      const select = part<HTMLSelectElement>(figure, 'select');
      select.selectedIndex = 1;
      select.dispatchEvent(new Event('change'));
      await settled(figure);
      expect(text(figure, '.caption')).to.contain('Neuron 12: mean');
      expect(figure.getState()).to.include({ row: '1' });
    });

    it('opens on the token and the row that the author named', async () => {
      const authored = mount('colored-tokens', { data: tokensTrace(), position: -1, row: 'neuron 12' });
      await settled(authored);
      expect(text(authored, '.caption')).to.contain('"store" (position 7): neuron 12 −0.25').and.to.contain('(locked)');
      const other = mount('colored-tokens', { data: tokensTrace() });
      other.setState(authored.getState());
      await settled(other);
      expect(text(other, '.caption')).to.equal(text(authored, '.caption'));
    });

    it('linked figures follow each other, and the page is told', async () => {
      const told: (number | undefined)[] = [];
      figure.addEventListener('vitrine-selection-change', (event: SelectionChangeEvent) => told.push(event.selection.query));
      const other = mount('colored-tokens', { data: tokensTrace(), link: 'tokens-test' });
      figure.link = 'tokens-test';
      await settled(other);
      move(3);
      await settled(figure);
      await settled(other);
      expect(text(other, '.caption')).to.contain('"John" (position 3)');
      expect(told).to.deep.equal([3]);
    });
  });

  describe('data', () => {
    it('come from a child script', async () => {
      const child = mount('colored-tokens', {}, { inner: [script(tokensTrace())] });
      await settled(child);
      expect(cells(child).length).to.equal(words.length);
    });

    it('come as CircuitsVis takes them: one value per token, or a list for each', async () => {
      const own = mount('colored-tokens', { tokens: ['a', ' b', ' c'], values: [0.5, -1, 0] });
      await settled(own);
      expect(text(own, '.caption')).to.contain('Mean −0.17; largest +0.50, of "a" (position 0)');
      own.values = [
        [1, 10],
        [2, 20],
        [3, 30],
      ];
      own.labels = ['left', 'right'];
      own.positiveBounds = [3, 60];
      own.row = 'right';
      await settled(own);
      expect(text(own, '.caption')).to.contain('Right: mean 20.00; largest 30.00, of "c"');
      expect(text(own, '.legend-scale')).to.equal('0 60.00');
      own.labels = undefined;
      own.positiveBounds = undefined;
      own.values = [
        [1, 2, 3],
        [4, 5, 6],
      ];
      await settled(own);
      expect(own.shadowRoot!.querySelectorAll('select option').length).to.equal(2);
    });

    it('values that do not fit their tokens are an error with what to do', async () => {
      const own = mount('colored-tokens', { tokens: ['a', ' b'], values: [1, 2, 3] });
      await until(() => own.matches(':state(error)'), 'the error');
      await settled(own);
      expect(text(own, '.error')).to.contain('values: expected one for each of the 2 tokens').and.to.contain('of the same text');
    });

    it('can be taken along and given back', async () => {
      const again = mount('colored-tokens', { data: JSON.parse(JSON.stringify(figure.toJSON())) });
      await settled(again);
      expect(text(again, '.caption')).to.equal(text(figure, '.caption'));
      expect(JSON.stringify(again.toJSON())).to.equal(JSON.stringify(storable(tokensTrace())));
    });

    it('are drawn with their texts and colours in an SVG', async () => {
      const svg = await figure.toSVG();
      for (const word of words) expect(svg).to.contain(word.trim());
      expect(svg).to.contain(colour(7));
    });

    it('a word in an SVG begins where its first letter is, behind the space of its token', async () => {
      const svg = await figure.toSVG();
      const x = (word: string): number => Number(new RegExp(`<text x="([^"]+)"[^>]*>${word}</text>`).exec(svg)![1]);
      const texts = [...figure.shadowRoot!.querySelectorAll('.cell .token')].map((token) => token.firstChild as Text);
      const left = (word: string): number => {
        const node = texts.find(({ data }) => data.trim() === word)!;
        const range = document.createRange();
        range.setStart(node, node.data.indexOf(word));
        range.setEnd(node, node.data.length);
        return range.getBoundingClientRect().left;
      };
      const [one, other] = [words[1]!.trim(), words[2]!.trim()];
      expect(x(other) - x(one)).to.be.closeTo(left(other) - left(one), 0.6);
    });
  });

  it('tokens of every kind are text, and lines break where the text has them', async () => {
    const values = [nasty.map((_, at) => at), nasty.map(() => 0)];
    figure.data = tokensTrace({ tokens: nasty, values });
    await settled(figure);
    expect(figure.shadowRoot!.querySelector('b')).to.equal(null);
    expect(figure.shadowRoot!.querySelectorAll('br').length).to.equal(2);
    expect(cells().map((cell) => cell.textContent)).to.deep.equal(nasty.map(({ text: piece }) => piece));
    expect(cells()[2]!.getBoundingClientRect().top).to.be.greaterThan(cells()[0]!.getBoundingClientRect().bottom);
  });

  it('never scrolls sideways, at any width, with any mark', async () => {
    const long = [{ id: 0, text: 'x'.repeat(200) }, ...many.slice(0, 40)];
    const values = [long.map((_, at) => at), long.map((_, at) => -at)];
    const rows = [{ label: 'norm of blocks.3.hook_mlp_out' }, { label: 'a name without a place to break '.repeat(3) }];
    for (const width of [280, 704, 1100]) {
      for (const properties of [{}, { mark: 'underline' as const }, { showValues: true }]) {
        const other = mount('colored-tokens', { data: tokensTrace({ tokens: long, values, rows }), ...properties }, { width });
        await settled(other);
        expect(part(other, '.figure').scrollWidth, `${width} px`).to.be.at.most(width);
        cleanUp();
      }
    }
  });

  it('two thousand tokens are drawn once, and pointing at them redraws none', async () => {
    const start = performance.now();
    figure.data = tokensTrace({ tokens: many, values: [countUp, countUp] });
    await settled(figure);
    const drawnMs = performance.now() - start;
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    observer.observe(list(), { subtree: true, childList: true, characterData: true });
    const times: number[] = [];
    for (let position = 0; position < 50; position++) {
      const at = performance.now();
      move(position * 30);
      await figure.updateComplete;
      times.push(performance.now() - at);
    }
    // A machine with other work to do makes some of them slow.
    const hoverMs = times.sort((a, b) => a - b)[5]!;
    console.log(`2,000 tokens: drawn in ${drawnMs.toFixed(0)} ms, a hover takes ${hoverMs.toFixed(1)} ms`);
    expect(changes.length).to.equal(0);
    expect(hoverMs).to.be.lessThan(16);
  });

  describe('live', () => {
    class Fake implements LiveModel {
      readonly name = 'fake';
      readonly thread = 'page' as const;
      readonly asked: unknown[] = [];
      async figure(kind: string, options: unknown): Promise<never> {
        this.asked.push({ kind, ...(options as object) });
        return { ...tokensTrace(), provenance: { model: 'fake', vitrine: '0.0.0' } } as never;
      }
      async dispose(): Promise<void> {}
    }

    it('computes the rows of the recording again, or those of the author', async () => {
      const fake = new Fake();
      const { loadModel } = VitrineModelElement;
      VitrineModelElement.loadModel = async () => fake;
      try {
        const model = mount('vitrine-model', { id: 'tokens-model' });
        const live = mount('colored-tokens', { data: tokensTrace(), model: 'tokens-model', editable: true });
        await settled(live);
        part(model, 'button').click();
        await until(() => live.matches(':state(live)'), 'the run');
        live.compute = 'entropy, blocks.2.hook_mlp_out';
        await until(() => fake.asked.length === 2, 'the second run');
        expect(fake.asked).to.deep.equal([
          { kind: 'tokens', prompt: words.join(''), values: ['surprise', 'blocks.3.mlp.hook_post:12'] },
          { kind: 'tokens', prompt: words.join(''), values: ['entropy', 'blocks.2.hook_mlp_out'] },
        ]);
      } finally {
        VitrineModelElement.loadModel = loadModel;
      }
    });
  });

  for (const width of placeWidths) {
    for (const properties of [{}, { mark: 'underline' }, { showValues: true }, { mark: 'underline', showValues: true }, { row: '1' }]) {
      it(`keeps its place while a file loads: ${JSON.stringify(properties)}, ${width} px`, async () => {
        const prompt = words.join('');
        await expectKeepsPlace('colored-tokens', tokensTrace(), { ...properties, prompt, compute: 'surprise, neuron' }, width);
      });
    }
  }

  it('keeps its height when the data come', async () => {
    const late = mount('colored-tokens', { prompt: words.join('') }, { width: 343 });
    await settled(late);
    const before = late.getBoundingClientRect().height;
    late.data = tokensTrace({ rows: [{ label: 'surprise', unit: 'nats' }], values: [[0, 3.5, 0.25, 2, 1, 0.5, 0.125, 4]] });
    await settled(late);
    expect(late.getBoundingClientRect().height).to.be.closeTo(before, 1);
  });
});
