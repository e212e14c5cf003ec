// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import type { AttentionViewElement, SelectionChangeEvent } from '../../../src/components/index.js';
import { crossTrace, drawn, draws, overflowing, pixelAt, pointer, press, shadeOf, touch } from './attention-view-data.js';
import { attentionTrace, causalPattern, cleanUp, expectAccessible, mount, part, text, words } from './support.js';

const count = words.length;
const pattern = causalPattern(2, 4, count);
const weight = (layer: number, head: number, query: number, key: number): number =>
  pattern[((layer * 4 + head) * count + query) * count + key]!;
const two = (value: number): string => (value < 0.005 ? '<0.01' : value.toFixed(2));
/** Mean weight on the token before, over the queries that have one. */
const previous = (layer: number, head: number): number =>
  words.slice(1).reduce((sum, _, index) => sum + weight(layer, head, index + 1, index), 0) / (count - 1);

describe('<attention-view view="overview">', () => {
  let view: AttentionViewElement;
  const grid = (): HTMLElement => part(view, '[role=grid]');
  const canvas = (): HTMLCanvasElement => part(view, 'canvas.tiles');
  const frames = (state = ''): Element[] => [...view.shadowRoot!.querySelectorAll(`.frame${state}`)];
  const active = (): string => part(view, `#${grid().getAttribute('aria-activedescendant')}`).textContent!;
  /** The middle of a head's pattern, as shares of the picture. */
  const at = (layer: number, head: number) => ({ across: (head + 0.45) / 4, down: (layer + 0.45) / 2 });

  beforeEach(async () => {
    view = mount('attention-view', { data: attentionTrace(), view: 'overview', layer: 1, head: 2 });
    await drawn(view);
  });
  afterEach(cleanUp);

  it('passes axe when idle, focused, pointed at, with scores, narrow and for a text that looks at another one', async () => {
    await expectAccessible(view);
    grid().focus();
    await drawn(view);
    await expectAccessible(view);
    pointer(canvas(), 'pointermove', at(0, 1));
    view.score = 'entropy';
    await drawn(view);
    await expectAccessible(view);
    for (const data of [attentionTrace(), crossTrace()]) {
      const narrow = mount('attention-view', { data, view: 'overview' }, { width: 280 });
      await drawn(narrow);
      await expectAccessible(narrow);
      expect(overflowing(narrow)).to.deep.equal([]);
    }
  });

  it('is one tab stop, named by what it holds, and the chosen head is marked', () => {
    expect(grid().getAttribute('aria-label')).to.equal('Attention of all heads: 2 layers by 4 heads');
    expect([grid().getAttribute('aria-rowcount'), grid().getAttribute('aria-colcount')]).to.deep.equal(['2', '4']);
    expect(frames('.locked').length).to.equal(1);
    const selected = [...view.shadowRoot!.querySelectorAll('[role=gridcell]')].map((cell) => cell.getAttribute('aria-selected'));
    expect(selected).to.deep.equal(['false', 'false', 'true', 'false']);
  });

  it('each pixel has the colour of its weight, each head in its place', () => {
    const box = canvas();
    const [step, edge] = [box.width / 4, box.width / 4 - 4];
    for (const [layer, head, query, key] of [
      [0, 0, 0, 0],
      [1, 2, 7, 3],
      [1, 3, 5, 5],
      [0, 1, 6, 0],
    ] as const) {
      const across = (head * step + ((key + 0.5) / count) * edge) / box.width;
      const down = (layer * step + ((query + 0.5) / count) * edge) / box.height;
      expect(pixelAt(box, across, down).slice(0, 3), `head ${layer}.${head}`).to.deep.equal(shadeOf(weight(layer, head, query, key)));
    }
  });

  it('masked cells keep the paper', () => {
    const box = canvas();
    const edge = box.width / 4 - 4;
    expect(pixelAt(box, ((6.5 / count) * edge) / box.width, ((1.5 / count) * edge) / box.height)[3]).to.equal(0);
  });

  it('one strong weight among 128 tokens is seen in a small pattern', async () => {
    const tokens = Array.from({ length: 128 }, (_, id) => ({ id, text: ` t${id}` }));
    const single = new Float32Array(4 * 12 * 128 * 128);
    const [layer, head, query, key] = [2, 7, 101, 50];
    single[((layer * 12 + head) * 128 + query) * 128 + key] = 1;
    const many = mount(
      'attention-view',
      { view: 'overview', data: attentionTrace({ tokens, layers: 4, heads: 12, pattern: single }) },
      { width: 343 },
    );
    await drawn(many);
    const box = part<HTMLCanvasElement>(many, 'canvas.tiles');
    const { data } = box.getContext('2d')!.getImageData(0, 0, box.width, box.height);
    const strongest = shadeOf(1).join();
    const found: number[][] = [];
    for (let pixel = 0; pixel < data.length / 4; pixel++) {
      if ([...data.subarray(pixel * 4, pixel * 4 + 3)].join() === strongest) found.push([pixel % box.width, Math.floor(pixel / box.width)]);
    }
    expect(found.length).to.be.above(0);
    for (const [x, y] of found) {
      expect(Math.floor((x! / box.width) * 12)).to.equal(head);
      expect(Math.floor((y! / box.height) * 4)).to.equal(layer);
    }
  });

  it('arrows move, and what is said is what the pointer would say', async () => {
    view.score = 'previous';
    await drawn(view);
    grid().focus();
    await sendKeys({ press: 'ArrowUp' });
    await sendKeys({ press: 'ArrowRight' });
    await drawn(view);
    expect(active()).to.equal(`head 0.3: ${two(previous(0, 3))}`);
    expect(frames('.focused').length).to.equal(1);
    pointer(canvas(), 'pointermove', at(0, 3));
    expect(text(view, '.tooltip')).to.equal(`head 0.3: mean weight on the previous token ${two(previous(0, 3))}`);
  });

  it('Enter shows a head large, and the focus goes with it', async () => {
    const events: SelectionChangeEvent[] = [];
    view.addEventListener('vitrine-selection-change', (event) => events.push(event));
    grid().focus();
    await sendKeys({ press: 'ArrowLeft' });
    await sendKeys({ press: 'Enter' });
    await drawn(view);
    expect([view.view, view.layer, view.head]).to.deep.equal(['matrix', 1, 1]);
    expect(text(view, '.caption')).to.contain('Head 1.1: ');
    expect(view.shadowRoot!.activeElement).to.equal(grid());
    expect(events.at(-1)!.selection).to.include({ layer: 1, head: 1 });
  });

  it('hover frames a head and says a sentence, paints nothing, and leaves no trace', async () => {
    const painted = await draws(async () => {
      pointer(canvas(), 'pointermove', at(0, 1));
      await drawn(view);
    });
    expect(painted).to.equal(0);
    expect(text(view, '.tooltip')).to.equal(`head 0.1: mean weight on the previous token ${two(previous(0, 1))}`);
    expect(text(view, '.caption')).to.equal(`Head 0.1: mean weight on the previous token ${two(previous(0, 1))}.`);
    expect(frames().length).to.equal(2);
    grid().dispatchEvent(new PointerEvent('pointerleave'));
    await drawn(view);
    expect(frames().length).to.equal(1);
    expect(part(view, '.tooltip').matches(':popover-open')).to.equal(false);
  });

  it('a figure that is linked shows the head under the pointer, until it leaves', async () => {
    const other = mount('attention-view', { data: attentionTrace(), link: 'overview-test', layer: 0, head: 0 });
    view.link = 'overview-test';
    await drawn(view);
    pointer(canvas(), 'pointermove', at(1, 3));
    await drawn(other);
    expect(text(other, '.caption')).to.contain('Layer 1, head 3');
    grid().dispatchEvent(new PointerEvent('pointerleave'));
    await drawn(other);
    expect(text(other, '.caption')).to.contain('Layer 0, head 0');
  });

  it('a click shows a head large; a first touch only points', async () => {
    touch(canvas(), at(0, 3));
    await drawn(view);
    expect(view.view).to.equal('overview');
    expect(frames().length).to.equal(2);
    touch(canvas(), at(0, 3));
    await drawn(view);
    expect([view.view, view.layer, view.head]).to.deep.equal(['matrix', 0, 3]);
    view.view = 'overview';
    await drawn(view);
    press(canvas(), at(1, 0));
    await drawn(view);
    expect([view.view, view.layer, view.head]).to.deep.equal(['matrix', 1, 0]);
  });

  it('scores stand under their patterns and in the table', async () => {
    view.score = 'previous';
    await drawn(view);
    const under = [...view.shadowRoot!.querySelectorAll('small')].map((small) => small.textContent);
    const expected = [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => two(previous(layer, head))));
    expect(under).to.deep.equal(expected);
    const cells = [...view.shadowRoot!.querySelectorAll('details tbody td')].map((cell) => cell.textContent);
    expect(cells[1]).to.equal([0, 1, 2, 3].map((head) => `1.${head}: ${expected[4 + head]}`).join(', '));
  });

  it('the drawing holds the patterns as one picture, and the numbers of layers and heads', async () => {
    const svg = new DOMParser().parseFromString(await view.toSVG(), 'image/svg+xml');
    expect(svg.querySelectorAll('image').length).to.equal(1);
    const texts = [...svg.querySelectorAll('text')].map((node) => node.textContent!.trim());
    for (const number of ['0', '1', '2', '3']) expect(texts).to.include(number);
  });
});
