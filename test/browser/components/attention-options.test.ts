// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import { readTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import {
  allViews,
  cellPixel,
  crossTrace,
  densePattern,
  drawn,
  english,
  french,
  nastyTokens,
  overflowing,
  pairTrace,
  pixelAt,
  pointer,
  press,
  shadeOf,
  thumbnailPixel,
} from './attention-view-data.js';
import { attentionTrace, causalPattern, cleanUp, expectAccessible, mount, part, pointAt, settled, text, until, words } from './support.js';

const count = words.length;
const pattern = causalPattern(2, 4, count);
const weight = (layer: number, head: number, query: number, key: number): number =>
  pattern[((layer * 4 + head) * count + query) * count + key]!;
const two = (value: number): string => (value < 0.005 ? '<0.01' : value.toFixed(2));
const upTo = (end: number): number[] => Array.from({ length: end + 1 }, (_, at) => at);
const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const near = (found: readonly number[], expected: readonly number[], what = ''): void =>
  expected.forEach((channel, index) => expect(found[index], what).to.be.closeTo(channel, 1));

describe('<attention-view> options', () => {
  let view: AttentionViewElement;
  const boxes = (): HTMLInputElement[] => [...view.shadowRoot!.querySelectorAll<HTMLInputElement>('.head input')];
  const label = (head: number): HTMLElement => view.shadowRoot!.querySelectorAll<HTMLElement>('label.head')[head]!;
  const choose = async (value: string): Promise<void> => {
    const selects = [...view.shadowRoot!.querySelectorAll('select')];
    const select = selects.find((one) => [...one.options].some((option) => option.value === value))!;
    select.value = value;
    select.dispatchEvent(new Event('change'));
    await drawn(view);
  };
  const openOptions = async (): Promise<void> => {
    part<HTMLDetailsElement>(view, '[part=options]').open = true;
    await until(() => view.shadowRoot!.querySelector('.options') !== null, 'the options');
    await drawn(view);
  };

  beforeEach(async () => {
    view = mount('attention-view', { data: attentionTrace(), layer: 1, head: 2 });
    await drawn(view);
  });
  afterEach(cleanUp);

  describe('several heads', () => {
    it('are the mean of their weights, or the largest, in the cell and in words', async () => {
      view.heads = [0, 2, 3];
      await drawn(view);
      for (const [query, key] of [
        [0, 0],
        [5, 3],
        [7, 2],
      ] as const) {
        const each = [0, 2, 3].map((head) => weight(1, head, query, key));
        near(cellPixel(view, query, key, count), shadeOf(mean(each)), `mean ${query} ${key}`);
        pointAt(view, query, key, count);
        expect(text(view, '.tooltip'))
          .to.contain(`mean of heads 1.0, 1.2, 1.3: `)
          .and.to.contain(` attends ${two(mean(each))} to `);
      }
      view.combine = 'max';
      await drawn(view);
      const most = Math.max(...[0, 2, 3].map((head) => weight(1, head, 7, 2)));
      near(cellPixel(view, 7, 2, count), shadeOf(most), 'max');
      pointAt(view, 7, 2, count);
      expect(text(view, '.tooltip')).to.equal(`largest of heads 1.0, 1.2, 1.3: "store" attends ${two(most)} to "and" (position 2)`);
    });

    it('"all", or none of them, are the largest of all', async () => {
      const all = mount('attention-view', { data: attentionTrace(), layer: 0 });
      all.setAttribute('heads', 'all');
      await drawn(all);
      expect(text(all, '.caption')).to.contain('Layer 0, largest of all 4 heads');
      const most = Math.max(...upTo(3).map((head) => weight(0, head, 6, 1)));
      near(cellPixel(all, 6, 1, count), shadeOf(most));
    });

    it('are check boxes, reached by Tab and Space after the choice among the options', async () => {
      await openOptions();
      expect(boxes()[0]!.type).to.equal('radio');
      const several = part<HTMLInputElement>(view, '.options input[type=checkbox]');
      several.focus();
      await sendKeys({ press: 'Space' });
      await drawn(view);
      expect(boxes().map(({ type, checked }) => `${type} ${checked}`)).to.deep.equal([
        'checkbox false',
        'checkbox false',
        'checkbox true',
        'checkbox false',
      ]);
      boxes()[0]!.focus();
      await sendKeys({ press: 'Space' });
      await drawn(view);
      expect(view.heads).to.deep.equal([0, 2]);
      expect(text(view, '.caption')).to.contain('Layer 1, mean of heads 0, 2');
      await choose('max');
      expect(text(view, '.caption')).to.contain('Layer 1, largest of heads 0, 2');
      await expectAccessible(view);
      boxes()[2]!.focus();
      await sendKeys({ press: 'Space' });
      await drawn(view);
      expect(view.heads).to.deep.equal([0]);
    });

    it('Control-click adds and takes away, double-click leaves one alone, then all', async () => {
      press(boxes()[0]!, { ctrlKey: true });
      await drawn(view);
      expect(view.heads).to.deep.equal([0, 2]);
      press(boxes()[2]!, { ctrlKey: true });
      await drawn(view);
      expect(view.heads).to.deep.equal([0]);
      label(3).dispatchEvent(new MouseEvent('dblclick'));
      await drawn(view);
      expect(view.heads).to.deep.equal([3]);
      label(3).dispatchEvent(new MouseEvent('dblclick'));
      await drawn(view);
      expect(view.heads).to.deep.equal([]);
      expect(text(view, '.caption')).to.contain('largest of all 4 heads');
    });

    it('one under the pointer is shown alone until the pointer leaves', async () => {
      view.heads = [0, 2];
      await drawn(view);
      label(1).dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
      await drawn(view);
      near(cellPixel(view, 7, 2, count), shadeOf(weight(1, 1, 7, 2)));
      part(view, '.heads').dispatchEvent(new PointerEvent('pointerleave'));
      await drawn(view);
      near(cellPixel(view, 7, 2, count), shadeOf(mean([weight(1, 0, 7, 2), weight(1, 2, 7, 2)])));
    });

    it('the table of the text alternative is of the heads that are shown', async () => {
      view.heads = [0, 2];
      await drawn(view);
      await until(() => view.shadowRoot!.querySelector('details tbody') !== null, 'the table');
      const row = view.shadowRoot!.querySelectorAll('details tbody td')[7]!.textContent!.replace(/\s+/g, ' ').trim();
      const weights = upTo(7).map((key) => mean([weight(1, 0, 7, key), weight(1, 2, 7, key)]));
      const best = weights.indexOf(Math.max(...weights));
      expect(row.startsWith(`${words[best]!.trim()} (${best}) ${two(weights[best]!)}`), row).to.equal(true);
    });
  });

  describe('scale', () => {
    const cells = [
      [0, 0],
      [7, 4],
      [6, 5],
    ] as const;

    it('linear, square root, and each head on its own: colours and what the legend says', async () => {
      view.heads = [0, 2, 3];
      view.maxValue = 0.5;
      await drawn(view);
      const value = (query: number, key: number): number => mean([0, 2, 3].map((head) => weight(1, head, query, key)));
      for (const [query, key] of cells) near(cellPixel(view, query, key, count), shadeOf(value(query, key), 0.5), 'linear');
      expect(text(view, '.legend')).to.match(/^attention weight 0 0\.5 masked$/);
      await openOptions();
      await choose('sqrt');
      expect(view.scale).to.equal('sqrt');
      for (const [query, key] of cells)
        near(cellPixel(view, query, key, count), shadeOf(Math.sqrt(value(query, key)), Math.sqrt(0.5)), 'sqrt');
      expect(text(view, '.legend')).to.match(/^attention weight, square-root scale 0 0\.5 masked$/);
      view.heads = undefined;
      view.layer = 0;
      await choose('head');
      // Every first row of a causal pattern is 1; a pattern without it shows the scale.
      const low = causalPattern(2, 4, count).map((one) => one / 4);
      view.data = attentionTrace({ pattern: low });
      await drawn(view);
      for (const [query, key] of cells) near(cellPixel(view, query, key, count), shadeOf(weight(0, 2, query, key)), 'head');
      expect(text(view, '.legend')).to.match(/^attention weight, each head on its own scale 0 0\.25 here masked$/);
    });

    it('thumbnails have the scale too', async () => {
      view.scale = 'sqrt';
      await drawn(view);
      near(thumbnailPixel(view, 3, 2.5 / count, 7.5 / count), shadeOf(Math.sqrt(weight(1, 3, 7, 2))));
    });
  });

  describe('scores', () => {
    const entropy = (head: number): number =>
      mean(
        upTo(7).map(
          (query) => -upTo(query).reduce((sum, key) => sum + weight(1, head, query, key) * Math.log(weight(1, head, query, key)), 0),
        ),
      );
    const own = {
      previous: (head: number) => mean(upTo(6).map((at) => weight(1, head, at + 1, at))),
      self: (head: number) => mean(upTo(7).map((at) => weight(1, head, at, at))),
      first: (head: number) => mean(upTo(7).map((at) => weight(1, head, at, 0))),
      entropy,
    };
    for (const score of ['previous', 'self', 'first', 'entropy'] as const) {
      it(`${score}: the number under each head is that of a plain computation, and is said with its name`, async () => {
        await openOptions();
        await choose(score);
        expect(view.score).to.equal(score);
        const under = [...view.shadowRoot!.querySelectorAll('.head small')].map((small) => small.textContent);
        const expected = upTo(3).map((head) => (score === 'entropy' ? own[score](head).toFixed(2) : two(own[score](head))));
        expect(under).to.deep.equal(expected);
        expect(boxes()[1]!.getAttribute('aria-label')).to.equal(`Head 1.1, ${expected[1]}`);
        expect(text(view, '.under')).to.match(
          /^Under each head: mean (weight on (the previous token|itself|the first token)|entropy, nats)\.$/,
        );
        expect(text(view, '.options')).to.contain('Means over the queries of this text.');
        await expectAccessible(view);
      });
    }

    it('recorded: the number of the file, where there is one', async () => {
      view.score = 'recorded';
      await drawn(view);
      expect(view.shadowRoot!.querySelector('.head small')).to.equal(null);
      for (const name of allViews) {
        view.view = name;
        await drawn(view);
        expect(view.shadowRoot!.textContent).not.to.contain('undefined');
      }
      view.view = 'matrix';
      const values = encodeArray([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], [2, 4]);
      view.data = { ...attentionTrace(), scores: { kind: 'induction', values } };
      await drawn(view);
      expect([...view.shadowRoot!.querySelectorAll('.head small')].map((small) => small.textContent)).to.deep.equal([
        '0.50',
        '0.60',
        '0.70',
        '0.80',
      ]);
      view.view = 'overview';
      await drawn(view);
      pointer(part(view, 'canvas.tiles'), 'pointermove', { across: 0.1, down: 0.1 });
      expect(text(view, '.tooltip')).to.equal('head 0.0: induction 0.10');
    });
  });

  describe('segments', () => {
    it('show weights from one to another alone: cells, words, table, keyboard', async () => {
      view.data = pairTrace();
      view.layer = 0;
      view.head = 1;
      await drawn(view);
      const dense = densePattern(2, 4, 8, 8);
      const of = (query: number, key: number): number => dense[(8 + query) * 8 + key]!;
      near(cellPixel(view, 1, 1, 8), shadeOf(of(1, 1)));
      await choose('A-B');
      expect(view.between).to.equal('A-B');
      near(cellPixel(view, 1, 6, 8), shadeOf(of(1, 6)));
      expect(cellPixel(view, 1, 1, 8)[3]).to.equal(0);
      expect(cellPixel(view, 6, 6, 8)[3]).to.equal(0);
      expect(view.shadowRoot!.querySelectorAll('.left-out').length).to.equal(4);
      pointAt(view, 1, 1, 8);
      expect(text(view, '.tooltip')).to.equal('"how" to "how": not among the chosen segments');
      pointAt(view, 1, 6, 8, 'click');
      await drawn(view);
      expect(text(view, '.caption')).to.equal(`Head 0.1: "how" attends ${two(of(1, 6))} to "thanks" (position 6). (locked)`);
      part(view, '[role=grid]').focus();
      await drawn(view);
      const names = [...view.shadowRoot!.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent);
      expect(names[1]).to.equal('query how 1, key how 1, left out');
      expect(names[6]).to.equal(`query how 1, key thanks 6, ${two(of(1, 6))}`);
      await expectAccessible(view);
      await choose('all');
      near(cellPixel(view, 1, 1, 8), shadeOf(of(1, 1)));
    });

    it('scores and thumbnails are of what is shown', async () => {
      view.data = pairTrace();
      view.layer = 0;
      view.between = 'B-A';
      view.score = 'first';
      await drawn(view);
      const dense = densePattern(2, 4, 8, 8);
      const expected = upTo(3).map((head) => two(mean([5, 6, 7].map((query) => dense[(head * 8 + query) * 8]!))));
      expect([...view.shadowRoot!.querySelectorAll('.head small')].map((small) => small.textContent)).to.deep.equal(expected);
      near(thumbnailPixel(view, 2, 0.5 / 8, 6.5 / 8), shadeOf(dense[(2 * 8 + 6) * 8]!));
      expect(thumbnailPixel(view, 2, 6.5 / 8, 0.5 / 8)[3]).to.equal(0);
    });

    it('names with a hyphen stay whole in the choice', async () => {
      view.data = {
        ...pairTrace(),
        segments: [
          { name: 'pre-text', start: 0, end: 5 },
          { name: 'B', start: 5, end: 8 },
        ],
      };
      await drawn(view);
      const options = [...view.shadowRoot!.querySelectorAll('.controls option')].map((option) => option.textContent);
      expect(options).to.include('pre-text → B');
    });
  });

  describe('cross-attention', () => {
    it('has queries down, keys across, its own shape large and small, and no mask', async () => {
      for (const [queries, keys] of [
        [french, english],
        [english, french],
      ] as const) {
        const cross = mount('attention-view', { data: crossTrace([...queries], [...keys]), layer: 1, head: 3 });
        await drawn(cross);
        const dense = densePattern(2, 4, queries.length, keys.length);
        const of = (head: number, query: number, key: number): number => dense[((4 + head) * queries.length + query) * keys.length + key]!;
        for (const query of [0, queries.length - 1]) {
          for (const key of [0, keys.length - 1]) {
            near(cellPixel(cross, query, key, queries.length, keys.length), shadeOf(of(3, query, key)));
          }
        }
        for (const shape of cross.shadowRoot!.querySelectorAll('canvas.large, .thumbnail')) {
          const { width, height } = shape.getBoundingClientRect();
          expect(width / height, shape.className).to.be.closeTo(keys.length / queries.length, 0.02);
        }
        for (const head of upTo(3)) {
          near(thumbnailPixel(cross, head, 0.5 / keys.length, 0.5 / queries.length), shadeOf(of(head, 0, 0)));
          const last = [queries.length - 1, keys.length - 1] as const;
          near(thumbnailPixel(cross, head, (last[1] + 0.5) / keys.length, (last[0] + 0.5) / queries.length), shadeOf(of(head, ...last)));
        }
        const labels = [...cross.shadowRoot!.querySelectorAll('.axis.keys .label')].map((one) => one.textContent!.trim());
        expect(labels).to.deep.equal(keys.map((key) => key.trim()));
        const grid = part(cross, '[role=grid]');
        expect([grid.getAttribute('aria-rowcount'), grid.getAttribute('aria-colcount')]).to.deep.equal(
          [queries.length, keys.length].map(String),
        );
        grid.focus();
        await sendKeys({ down: 'Control' });
        await sendKeys({ press: 'End' });
        await sendKeys({ up: 'Control' });
        await drawn(cross);
        expect(cross.selection.state).to.include({ query: queries.length - 1, key: keys.length - 1 });
        expect(cross.shadowRoot!.querySelector('.legend-masked')).to.equal(null);
        await expectAccessible(cross);
      }
    });

    it('segments of the queries are no choice there', async () => {
      view.data = { ...crossTrace(), segments: [{ name: 'A', start: 0, end: 2 }] };
      view.between = 'A-A';
      await drawn(view);
      expect(text(view, '.controls')).not.to.contain('From, to');
      expect(view.shadowRoot!.querySelector('.left-out')).to.equal(null);
    });
  });

  describe('names of CircuitsVis', () => {
    const attention = [
      [
        [1, 0.7],
        [-0.5, 0.25],
      ],
      [
        [0.5, 0],
        [0.1, 0.9],
      ],
    ];
    const tokens = ['a', 'b'];
    const alias = async (properties: Record<string, unknown>): Promise<AttentionViewElement> => {
      const made = mount('attention-view', { attention, tokens, ...properties });
      await drawn(made);
      return made;
    };

    it('attention, tokens and attentionHeadNames', async () => {
      const made = await alias({ attentionHeadNames: ['L3H7', 'L5H1'], head: 1 });
      pointAt(made, 1, 0, 2);
      await drawn(made);
      expect(text(made, '.tooltip')).to.equal('head L5H1: "b" attends 0.10 to "a" (position 0)');
      expect(text(made, '.caption')).to.match(/^Head L5H1: "b" attends/);
      made.selection.release();
      await drawn(made);
      expect(text(made, '.caption')).to.match(/^Head L5H1\. Each row/);
      expect(part(made, '[role=grid]').getAttribute('aria-label')).to.equal('Attention of head L5H1');
      expect([...made.shadowRoot!.querySelectorAll('.head > .name')].map((one) => one.textContent)).to.deep.equal(['L3H7', 'L5H1']);
      await expectAccessible(made);
    });

    it('a tensor [layer, head, query, key], and tokens with ids', async () => {
      const data = Float32Array.from({ length: 2 * 1 * 2 * 2 }, (_, index) => index / 8);
      const made = await alias({
        attention: { data, dims: [2, 1, 2, 2] },
        tokens: [
          { id: 5, text: 'a' },
          { id: 6, text: 'b' },
        ],
        layer: 1,
      });
      pointAt(made, 1, 1, 2);
      expect(text(made, '.tooltip')).to.equal('head 1.0: "b" attends 0.88 to "b" (position 1)');
    });

    it('maskUpperTri: what lies above the diagonal is hatched, and is in no colour, score or scale', async () => {
      const made = await alias({ scale: 'head', minValue: 0 });
      expect(part(made, '.legend-masked').textContent).to.contain('masked');
      near(cellPixel(made, 0, 0, 2), shadeOf(1));
      const high = await alias({
        attention: [
          [
            [0.2, 9],
            [0.1, 0.4],
          ],
        ],
        scale: 'head',
      });
      near(cellPixel(high, 1, 1, 2), shadeOf(1), 'the masked 9 is no maximum');
      const over = await alias({
        attention: [
          [
            [0.2, 9],
            [0.1, 0.4],
          ],
        ],
        view: 'overview',
      });
      const canvas = part<HTMLCanvasElement>(over, 'canvas.tiles');
      expect(pixelAt(canvas, 0.7, 0.2)[3]).to.equal(0);
      const open = await alias({ maskUpperTri: false });
      pointAt(open, 0, 1, 2);
      expect(text(open, '.tooltip')).to.contain('attends 0.70 to "b"');
    });

    it('minValue and maxValue: both signs on a ramp of both, with a real minus', async () => {
      const made = await alias({ minValue: -1, maxValue: 1, maskUpperTri: false });
      expect(text(made, '.legend')).to.equal('weight −1 1');
      const [positive, negative, zero] = [
        cellPixel(made, 0, 0, 2),
        cellPixel(made, 1, 0, 2),
        cellPixel(await alias({ minValue: -1, head: 1 }), 0, 0, 2),
      ];
      expect(positive[2]! - positive[0]!, 'blue').to.be.above(60);
      expect(negative[0]! - negative[2]!, 'orange').to.be.above(40);
      expect(zero[2]).to.be.above(zero[0]!);
      pointAt(made, 1, 0, 2);
      expect(text(made, '.tooltip')).to.contain('attends −0.50 to "a"');
    });

    it('a strong negative weight is seen in a small pattern too', async () => {
      const values = new Float32Array(128 * 128);
      values[100 * 128 + 40] = -1;
      const long = Array.from({ length: 128 }, (_, at) => `t${at}`);
      for (const name of ['overview', 'matrix'] as const) {
        const made = await alias({
          attention: { data: Float32Array.from([...values, ...values]), dims: [2, 128, 128] },
          tokens: long,
          minValue: -1,
          view: name,
        });
        const canvas = part<HTMLCanvasElement>(made, name === 'matrix' ? 'canvas.thumbnails' : 'canvas.tiles');
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let orange = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at]! - data[at + 2]! > 60 && data[at + 3] === 255) orange++;
        expect(orange, name).to.be.within(1, 40);
      }
    });

    it('negativeColor and positiveColor are the ends of the ramp', async () => {
      const made = await alias({ minValue: -0.5, maxValue: 0.5, negativeColor: 'rgb(200, 0, 0)', positiveColor: 'rgb(0, 120, 0)' });
      near(cellPixel(made, 0, 0, 2), [0, 120, 0]);
      near(cellPixel(made, 1, 0, 2), [200, 0, 0]);
      const one = await alias({ positiveColor: 'rebeccapurple' });
      near(cellPixel(one, 0, 0, 2), [102, 51, 153]);
    });

    it('showAxisLabels takes the tokens off the axes', async () => {
      const made = await alias({ showAxisLabels: false });
      expect(made.shadowRoot!.querySelectorAll('.axis .label').length).to.equal(0);
      pointAt(made, 1, 0, 2);
      expect(text(made, '.tooltip')).to.contain('"b" attends');
    });

    it('every view draws them, and what is saved can be read again', async () => {
      for (const name of allViews) {
        const made = await alias({ view: name, maskUpperTri: true });
        expect(made.matches(':state(ready)'), name).to.equal(true);
        const again = mount('attention-view', { data: JSON.parse(JSON.stringify(made.toJSON())), head: 1 });
        await drawn(again);
        pointAt(again, 1, 0, 2);
        expect(text(again, '.tooltip')).to.equal('head 0.1: "b" attends 0.10 to "a" (position 0)');
      }
    });
  });

  describe('what an author can get wrong', () => {
    it('keeps the default and is told once, with the attribute and what is allowed', async () => {
      const told: string[] = [];
      const { warn } = console;
      console.warn = (sentence: string) => told.push(sentence);
      try {
        const wrong = mount('attention-view', { data: attentionTrace() });
        for (const [name, value] of Object.entries({
          view: 'grid',
          layer: '9',
          scale: 'log',
          score: 'best',
          direction: 'up',
          combine: 'sum',
          'top-k': '0',
          'max-value': 'x',
          threshold: 'much',
          heads: '0,1',
        }))
          wrong.setAttribute(name, value);
        await drawn(wrong);
        expect(text(wrong, '.caption')).to.contain('Layer 0, mean of heads 0, 1');
        wrong.view = 'arcs';
        await drawn(wrong);
        for (const name of ['view', 'layer', 'scale', 'score', 'combine', 'top-k', 'max-value', 'threshold']) {
          expect(told.filter((sentence) => sentence.startsWith(`<attention-view ${name}="`)).length, name).to.equal(1);
        }
        expect(wrong.shadowRoot!.textContent).not.to.contain('NaN');
      } finally {
        console.warn = warn;
      }
    });

    it('a selection of another text has no cell here, and nothing breaks', async () => {
      const other = mount('attention-view', { data: attentionTrace(), link: 'longer' });
      await drawn(other);
      for (const name of allViews) {
        other.view = name;
        await drawn(other);
        other.selection.lock({ layer: 1, head: 1, query: 40, key: 30 });
        await drawn(other);
        other.selection.lock({ layer: 1, head: 1, key: 30 });
        await drawn(other);
        expect(other.shadowRoot!.querySelectorAll('.ring, .band, .chosen, .piece.locked').length, name).to.equal(0);
      }
      expect(other.isUpdatePending).to.equal(false);
    });
  });

  describe('state', () => {
    for (const name of allViews) {
      it(`of ${name} goes into another figure and comes out the same`, async () => {
        Object.assign(view, {
          view: name,
          heads: [1, 3],
          combine: 'max',
          score: 'self',
          scale: 'sqrt',
          direction: 'in',
          topK: 2,
          maxValue: 0.8,
        });
        await drawn(view);
        if (name === 'arcs' || name === 'tokens') view.selection.lock({ layer: 1, key: 3 });
        else view.selection.lock({ layer: 1, query: 5, key: 3 });
        await drawn(view);
        const state = JSON.parse(JSON.stringify(view.getState())) as Record<string, unknown>;
        const twin = mount('attention-view', { data: attentionTrace() });
        await drawn(twin);
        twin.setState(state);
        await drawn(twin);
        expect(twin.getState()).to.deep.equal(view.getState());
        expect(text(twin, '.caption')).to.equal(text(view, '.caption'));
        expect(twin.selection.state).to.deep.include({ locked: true, key: 3 });
        expect(await twin.toSVG()).to.equal(await view.toSVG());
      });
    }

    it('what the author has locked and the reader has let go of is no part of it', async () => {
      view.query = 5;
      view.key = 3;
      await drawn(view);
      expect(view.getState()).to.include({ query: 5, key: 3 });
      view.selection.release();
      expect(Object.keys(view.getState())).not.to.include('query').and.not.to.include('key');
    });

    it('a key alone can be locked, and is said in every view', async () => {
      view.key = 2;
      await drawn(view);
      for (const name of allViews.filter((one) => one !== 'overview')) {
        view.view = name;
        await drawn(view);
        expect(text(view, '.caption'), name).to.match(/^Layer 1, head 2, to "and": .* \(locked\)$/);
      }
    });

    it('the recorded form is a trace', () => {
      expect(readTrace(view.toJSON())).to.include({ kind: 'attention', causal: true });
    });
  });

  it('tokens of every nasty kind on the axes: nothing is wider than its place, nothing is markup', async () => {
    for (const name of allViews) {
      const nasty = mount(
        'attention-view',
        { data: attentionTrace({ tokens: nastyTokens, heads: 12 }), view: name, query: 9 },
        { width: 280 },
      );
      await drawn(nasty);
      await settled(nasty);
      expect(overflowing(nasty), name).to.deep.equal([]);
      expect(nasty.scrollWidth, name).to.be.at.most(280);
      expect(nasty.shadowRoot!.querySelector('b')).to.equal(null);
      await expectAccessible(nasty);
    }
  });
});
