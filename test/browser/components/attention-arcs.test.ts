// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import {
  crossTrace,
  densePattern,
  drawn,
  english,
  french,
  nastyTokens,
  overflowing,
  pairTrace,
  pointer,
  press,
  strokes,
  touch,
} from './attention-view-data.js';
import { attentionTrace, causalPattern, cleanUp, expectAccessible, mount, part, text, words } from './support.js';

const count = words.length;
const pattern = causalPattern(2, 4, count);
const weightOf = (head: number, query: number, key: number): number => pattern[((1 * 4 + head) * count + query) * count + key]!;
const two = (value: number): string => (value < 0.005 ? '<0.01' : value.toFixed(2));
const quoted = (at: number): string => `"${words[at]!.trim()}"`;
const upTo = (end: number): number[] => Array.from({ length: end + 1 }, (_, at) => at);
/** Height of a row of a text so short. */
const step = 20;

describe('<attention-view view="arcs">', () => {
  let view: AttentionViewElement;
  const grid = (): HTMLElement => part(view, '[role=grid]');
  const active = (): string => part(view, `#${grid().getAttribute('aria-activedescendant')}`).textContent!.trim();
  const at = (row: number, side: 'query' | 'key', rows = count) => ({ across: side === 'query' ? 0.1 : 0.9, down: (row + 0.5) / rows });
  /** The drawn lines as "query key", in the order of the text. */
  const pairs = (lines: readonly { from: number; to: number }[]): string[] =>
    lines.map(({ from, to }) => `${Math.floor(from / step)} ${Math.floor(to / step)}`).sort();
  const redrawn = (change: () => void) =>
    strokes(async () => {
      change();
      await drawn(view);
    });

  beforeEach(async () => {
    view = mount('attention-view', { data: attentionTrace(), view: 'arcs', layer: 1, head: 2 });
    await drawn(view);
  });
  afterEach(cleanUp);

  it('passes axe when idle, focused, locked, narrow, with several heads, and for a text that looks at another one', async () => {
    await expectAccessible(view);
    grid().focus();
    await sendKeys({ press: 'ArrowRight' });
    await drawn(view);
    await expectAccessible(view);
    await sendKeys({ press: 'Enter' });
    await drawn(view);
    await expectAccessible(view);
    view.heads = [0, 2];
    await drawn(view);
    await expectAccessible(view);
    for (const data of [attentionTrace({ tokens: nastyTokens }), crossTrace(), crossTrace(english, french), pairTrace()]) {
      const narrow = mount('attention-view', { data, view: 'arcs', query: 2 }, { width: 280 });
      await drawn(narrow);
      await expectAccessible(narrow);
      expect(overflowing(narrow)).to.deep.equal([]);
    }
  });

  it('is one tab stop of two columns', () => {
    expect(grid().getAttribute('aria-label')).to.equal('Lines of attention, layer 1, head 2');
    expect([grid().getAttribute('aria-rowcount'), grid().getAttribute('aria-colcount')]).to.deep.equal(['8', '2']);
    expect(view.shadowRoot!.querySelectorAll('[role=gridcell]').length).to.equal(2);
    expect(view.shadowRoot!.querySelectorAll('.columns [tabindex]').length).to.equal(0);
  });

  it('draws the strongest keys of each query, the stronger the thicker and darker', async () => {
    const lines = await redrawn(() => (view.topK = 2));
    const expected = upTo(7).flatMap((query) =>
      upTo(query)
        .sort((a, b) => weightOf(2, query, b) - weightOf(2, query, a))
        .slice(0, 2)
        .map((key) => `${query} ${key}`),
    );
    expect(pairs(lines)).to.deep.equal(expected.sort());
    const widthOf = (query: number, key: number): number => lines.find((line) => pairs([line])[0] === `${query} ${key}`)!.width;
    for (const { from, to, width, alpha } of lines) {
      const weight = weightOf(2, Math.floor(from / step), Math.floor(to / step));
      expect(width).to.be.closeTo(3 * (0.35 + 0.65 * weight), 1e-4);
      expect(alpha).to.be.closeTo(0.4 + 0.6 * weight, 1e-4);
    }
    expect(widthOf(0, 0)).to.equal(3);
    // The strongest lie above the others.
    expect(lines.map(({ width }) => width)).to.deep.equal(lines.map(({ width }) => width).sort((a, b) => a - b));
  });

  it('draws all weights from a threshold on, and says so', async () => {
    const lines = await redrawn(() => (view.threshold = 0.3));
    const expected = upTo(7).flatMap((query) => upTo(query).flatMap((key) => (weightOf(2, query, key) >= 0.3 ? [`${query} ${key}`] : [])));
    expect(pairs(lines)).to.deep.equal(expected.sort());
    expect(text(view, '.legends')).to.contain('Weights of 0.3 and more');
  });

  it('a square-root scale makes weak lines thicker', async () => {
    const lines = await redrawn(() => (view.scale = 'sqrt'));
    for (const { from, to, width } of lines) {
      expect(width).to.be.closeTo(3 * (0.35 + 0.65 * Math.sqrt(weightOf(2, Math.floor(from / step), Math.floor(to / step)))), 1e-4);
    }
  });

  it('hover on a query leaves its own lines, hover on a key those that lead to it', async () => {
    const own = await strokes(async () => {
      pointer(grid(), 'pointermove', at(5, 'query'));
      await drawn(view);
    });
    expect(own.every(({ from }) => Math.floor(from / step) === 5)).to.equal(true);
    expect(own.length).to.equal(3);
    const keys = upTo(5).sort((a, b) => weightOf(2, 5, b) - weightOf(2, 5, a));
    const best = keys.slice(0, 3).map((key) => `${two(weightOf(2, 5, key))} to ${quoted(key)}`);
    expect(text(view, '.tooltip')).to.equal(`head 1.2, from "to": ${best.join(', ')}`);
    expect(text(view, '.caption')).to.equal(`Layer 1, head 2, from "to": ${best.join(', ')}.`);
    const to = await strokes(async () => {
      pointer(grid(), 'pointermove', at(3, 'key'));
      await drawn(view);
    });
    expect(to.every((line) => Math.floor(line.to / step) === 3)).to.equal(true);
    const queries = [3, 4, 5, 6, 7].sort((a, b) => weightOf(2, b, 3) - weightOf(2, a, 3)).slice(0, 3);
    expect(text(view, '.tooltip')).to.equal(
      `head 1.2, to "John": ${queries.map((query) => `${two(weightOf(2, query, 3))} from ${quoted(query)}`).join(', ')}`,
    );
    const all = await strokes(async () => {
      grid().dispatchEvent(new PointerEvent('pointerleave'));
      await drawn(view);
    });
    expect(all.length).to.equal(1 + 2 + 3 * 6);
    expect(view.shadowRoot!.querySelectorAll('.end.aside, .end.chosen').length).to.equal(0);
  });

  it('what has no line to the token under the pointer steps back', async () => {
    pointer(grid(), 'pointermove', at(2, 'query'));
    await drawn(view);
    const state = (side: string): string[] =>
      [...view.shadowRoot!.querySelectorAll(`.column.${side} .end`)].map((end) => end.className.replace('end', '').trim());
    expect(state('from')).to.deep.equal(['aside', 'aside', 'chosen', 'aside', 'aside', 'aside', 'aside', 'aside']);
    expect(state('to')).to.deep.equal(['', '', '', 'aside', 'aside', 'aside', 'aside', 'aside']);
  });

  it('arrow keys reach both columns and say what the pointer says', async () => {
    grid().focus();
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'ArrowDown' });
    await drawn(view);
    const said = active();
    pointer(grid(), 'pointermove', at(2, 'query'));
    expect(text(view, '.tooltip')).to.equal(said);
    await sendKeys({ press: 'ArrowRight' });
    await drawn(view);
    expect(view.selection.state).to.include({ key: 2 });
    const key = active();
    pointer(grid(), 'pointermove', at(2, 'key'));
    expect(text(view, '.tooltip')).to.equal(key);
    expect(key).to.contain('to "and": ');
  });

  it('Enter locks a query or a key, Escape lets go, a press does the same', async () => {
    grid().focus();
    await sendKeys({ press: 'ArrowRight' });
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'Enter' });
    await drawn(view);
    expect(view.selection.state).to.deep.equal({ layer: 1, head: 2, key: 1, locked: true });
    expect(text(view, '.caption')).to.match(/^Layer 1, head 2, to "Mary": .* \(locked\)$/);
    expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Locked: head 1.2, to "Mary"');
    await sendKeys({ press: 'Escape' });
    expect(view.selection.state.locked).to.equal(false);
    press(grid(), at(6, 'query'));
    expect(view.selection.state).to.include({ query: 6, locked: true });
    press(grid(), at(6, 'query'));
    expect(view.selection.state.locked).to.equal(false);
  });

  it('a first touch points, a second one locks', async () => {
    touch(grid(), at(4, 'key'));
    await drawn(view);
    expect(view.selection.state).to.include({ key: 4, locked: false });
    touch(grid(), at(4, 'key'));
    expect(view.selection.state).to.include({ key: 4, locked: true });
  });

  it('chosen heads have a hue each, named in the legend; one under the pointer has the ramp', async () => {
    const lines = await redrawn(() => {
      view.heads = [0, 3];
      view.topK = 1;
    });
    expect(lines.length).to.equal(2 * count);
    expect(new Set(lines.map(({ colour }) => colour)).size).to.equal(2);
    expect(text(view, '.hues')).to.match(/^1\.0 ?1\.3 weaker is thinner and fainter$/);
    pointer(grid(), 'pointermove', at(7, 'query'));
    await drawn(view);
    const strongestOf = (head: number): number => upTo(7).sort((a, b) => weightOf(head, 7, b) - weightOf(head, 7, a))[0]!;
    const each = [0, 3]
      .map((head) => ({ head, key: strongestOf(head), weight: weightOf(head, 7, strongestOf(head)) }))
      .sort((a, b) => b.weight - a.weight)
      .map(({ head, key, weight }) => `${two(weight)} to ${quoted(key)} in head 1.${head}`);
    expect(text(view, '.tooltip')).to.equal(`heads 1.0, 1.3, from "store": ${each.join(', ')}`);
    expect(text(view, '.caption')).to.equal(`Layer 1, heads 0, 3, from "store": ${each.join(', ')}.`);
    grid().dispatchEvent(new PointerEvent('pointerleave'));
    await drawn(view);
    const swatches = [...view.shadowRoot!.querySelectorAll('.hues rect')].map((rect) => rect.getAttribute('fill'));
    expect(new Set(lines.map(({ colour }) => colour))).to.deep.equal(new Set(swatches));
    const first = lines.filter(({ colour }) => colour === swatches[0]);
    for (const line of first) {
      const [query, key] = pairs([line])[0]!.split(' ').map(Number) as [number, number];
      expect(line.alpha).to.be.closeTo(0.15 + 0.85 * weightOf(0, query, key), 1e-4);
    }
    const one = await strokes(async () => {
      view.shadowRoot!.querySelectorAll('label.head')[1]!.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
      await drawn(view);
    });
    expect(one.length).to.equal(count);
    for (const { colour } of one) expect(swatches).not.to.include(colour);
  });

  it('a text that looks at a longer or a shorter one: every token of both can be reached', async () => {
    for (const [queries, keys] of [
      [french, english],
      [english, french],
    ] as const) {
      const cross = mount('attention-view', { data: crossTrace([...queries], [...keys]), view: 'arcs', layer: 1, head: 3 });
      await drawn(cross);
      const dense = densePattern(2, 4, queries.length, keys.length);
      const crossWeight = (query: number, key: number): number => dense[((4 + 3) * queries.length + query) * keys.length + key]!;
      const box = part(cross, '[role=grid]');
      box.focus();
      const seen = new Set<string>();
      for (const press of [
        'ArrowLeft',
        'ArrowDown',
        'ArrowDown',
        'ArrowDown',
        'ArrowDown',
        'ArrowRight',
        'ArrowUp',
        'ArrowRight',
        'ArrowUp',
        'ArrowRight',
        'ArrowUp',
        'ArrowUp',
      ]) {
        await sendKeys({ press });
        await drawn(cross);
        const { query, key } = cross.selection.state;
        seen.add(query === undefined ? `key ${key}` : `query ${query}`);
        const cell = part(cross, `#${box.getAttribute('aria-activedescendant')}`);
        if (query !== undefined) {
          const best = keys.map((_, at) => at).sort((a, b) => crossWeight(query, b) - crossWeight(query, a))[0]!;
          expect(cell.textContent).to.contain(
            `from "${queries[query]!.trim()}": ${two(crossWeight(query, best))} to "${keys[best]!.trim()}"`,
          );
        } else expect(cell.textContent).to.contain(`to "${keys[key!]!.trim()}": `);
      }
      for (let row = 0; row < 5; row++) {
        for (const side of ['query', 'key'] as const) {
          pointer(box, 'pointermove', at(row, side, 5));
          await drawn(cross);
          const exists = row < (side === 'query' ? queries : keys).length;
          expect(part(cross, '.tooltip').matches(':popover-open'), `${side} ${row}`).to.equal(exists);
          if (exists) expect(cross.selection.state[side]).to.equal(row);
        }
      }
      for (const row of [0, 1, 2, 3, 4])
        expect(
          [...seen].some((name) => name.endsWith(` ${row}`)),
          `row ${row}`,
        ).to.equal(true);
    }
  });

  it('a pair of segments has lines from the one to the other alone', async () => {
    view.data = pairTrace();
    const lines = await redrawn(() => {
      view.between = 'A-B';
      view.topK = 9;
    });
    expect(lines.length).to.equal(5 * 3);
    for (const { from, to } of lines) {
      expect(Math.floor(from / step)).to.be.below(5);
      expect(Math.floor(to / step)).to.be.at.least(5);
    }
  });

  it('the number of lines is chosen among the options, and 512 tokens have labels where the lines end', async () => {
    part<HTMLDetailsElement>(view, '[part=options]').open = true;
    await drawn(view);
    await drawn(view);
    const field = part<HTMLInputElement>(view, '.options input[type=number]');
    field.value = '1';
    const lines = await redrawn(() => field.dispatchEvent(new Event('change')));
    expect(view.topK).to.equal(1);
    expect(lines.length).to.equal(count);
    await expectAccessible(view);
    const tokens = Array.from({ length: 512 }, (_, id) => ({ id, text: ` t${id}` }));
    const single = new Float32Array(512 * 512);
    for (let query = 0; query < 512; query++) single[query * 512 + Math.floor(query / 2)] = 1;
    const long = mount('attention-view', {
      view: 'arcs',
      data: attentionTrace({ tokens, layers: 1, heads: 1, pattern: single }),
      query: 400,
    });
    await drawn(long);
    expect(text(long, '.column.from .chosen')).to.equal('t400');
    expect(text(long, '.column.to .end:not(.tick)')).to.equal('t200');
    expect(part(long, '.columns').getBoundingClientRect().height).to.be.closeTo(620, 1);
  });

  it('the drawing holds both columns as text and the lines as a picture', async () => {
    const svg = new DOMParser().parseFromString(await view.toSVG(), 'image/svg+xml');
    const texts = [...svg.querySelectorAll('text')].map((node) => node.textContent!.trim());
    for (const word of words) expect(texts.filter((one) => one === word.trim()).length, word).to.be.at.least(2);
    expect(svg.querySelectorAll('image').length).to.equal(2); // the lines, and all heads
  });
});
