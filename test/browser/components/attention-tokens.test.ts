// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import {
  crossTrace,
  densePattern,
  drawn,
  draws,
  english,
  french,
  heightOf,
  nastyTokens,
  overflowing,
  pairTrace,
  pairWords,
  pointer,
  press,
  shadeOf,
  touch,
} from './attention-view-data.js';
import { attentionTrace, causalPattern, cleanUp, expectAccessible, mount, part, text, words } from './support.js';

const count = words.length;
const pattern = causalPattern(2, 4, count);
const weight = (query: number, key: number): number => pattern[((1 * 4 + 2) * count + query) * count + key]!;
const two = (value: number): string => (value < 0.005 ? '<0.01' : value.toFixed(2));
const quoted = (at: number): string => `"${words[at]!.trim()}"`;

/** The strongest three of some positions, in words: `0.84 to "Mary", ...`. */
function strongest(positions: readonly number[], weightOf: (at: number) => number, link: string): string {
  return [...positions]
    .sort((a, b) => weightOf(b) - weightOf(a))
    .slice(0, 3)
    .map((at) => `${two(weightOf(at))} ${link} ${quoted(at)}`)
    .join(', ');
}
const upTo = (end: number): number[] => Array.from({ length: end + 1 }, (_, at) => at);
const out = (query: number): string => `from ${quoted(query)}: ${strongest(upTo(query), (key) => weight(query, key), 'to')}`;
const into = (key: number): string => `to ${quoted(key)}: ${strongest(upTo(count - 1).slice(key), (query) => weight(query, key), 'from')}`;

/** Words are shaded in 64 steps. */
const stepOf = (weight: number): number[] => shadeOf(Math.round(weight * 63) / 63);

describe('<attention-view view="tokens">', () => {
  let view: AttentionViewElement;
  const box = (side = 'query'): HTMLElement => part(view, `.text:has([id^="${side}"])`);
  const piece = (at: number, side = 'query'): HTMLElement => part(view, `#${side}${at}`);
  const pieces = (): HTMLElement[] => [...view.shadowRoot!.querySelectorAll<HTMLElement>('.piece')];
  const ground = (at: number, side = 'query'): string => piece(at, side).style.backgroundColor;
  const rgb = (colour: readonly number[]): string => `rgb(${colour.join(', ')})`;

  beforeEach(async () => {
    view = mount('attention-view', { data: attentionTrace(), view: 'tokens', layer: 1, head: 2 });
    await drawn(view);
  });
  afterEach(cleanUp);

  it('passes axe when idle, focused, locked, narrow, with a pair, and for a text that looks at another one', async () => {
    await expectAccessible(view);
    box().focus();
    await drawn(view);
    await expectAccessible(view);
    await sendKeys({ press: 'End' });
    await sendKeys({ press: 'Enter' });
    await drawn(view);
    await expectAccessible(view);
    for (const data of [attentionTrace(), crossTrace(), pairTrace(), attentionTrace({ tokens: nastyTokens })]) {
      const narrow = mount('attention-view', { data, view: 'tokens', query: 2 }, { width: 280 });
      await drawn(narrow);
      await expectAccessible(narrow);
      expect(overflowing(narrow)).to.deep.equal([]);
    }
  });

  it('is one tab stop, a list whose options are the tokens with their positions', () => {
    expect(box().getAttribute('role')).to.equal('listbox');
    expect(box().getAttribute('aria-label')).to.equal('Text with the attention of layer 1, head 2');
    expect(pieces().map((one) => one.getAttribute('aria-label'))).to.deep.equal(words.map((word, at) => `${word.trim()} ${at}`));
    expect(view.shadowRoot!.querySelectorAll('.text [tabindex]').length).to.equal(0);
  });

  it('is the text itself', () => {
    expect(box().textContent!.replace(/\n\s*/g, '')).to.equal(words.join(''));
  });

  it('hover shades what a token attends to and underlines what attends to it', async () => {
    pointer(piece(4));
    await drawn(view);
    for (const key of upTo(4)) {
      const expected = rgb(stepOf(weight(4, key)));
      expect(ground(key) || 'rgb(255, 255, 255)', `key ${key}`).to.equal(expected);
    }
    for (const at of [5, 6, 7]) expect(ground(at)).to.equal('');
    const lines = upTo(7).map((at) => piece(at).style.borderBlockEndColor !== '');
    expect(lines.slice(0, 4)).to.deep.equal([false, false, false, false]);
    for (const query of [4, 5, 6, 7]) expect(lines[query]).to.equal(weight(query, 4) > 0.5 / 63);
    expect(text(view, '.tooltip')).to.equal(`head 1.2, ${out(4)}, ${into(4)}`);
    expect(text(view, '.caption')).to.equal(`Layer 1, head 2, ${out(4)}; ${into(4)}.`);
  });

  it('hover paints no canvas, and leaves no trace when it leaves', async () => {
    const painted = await draws(async () => {
      for (const at of upTo(7)) {
        pointer(piece(at));
        await drawn(view);
      }
    });
    expect(painted).to.equal(0);
    box().dispatchEvent(new PointerEvent('pointerleave'));
    await drawn(view);
    for (const one of pieces()) expect([one.style.backgroundColor, one.className.trim()]).to.deep.equal(['', 'piece']);
    expect(part(view, '.tooltip').matches(':popover-open')).to.equal(false);
  });

  it('the ink on a shaded token is readable on its ground', async () => {
    pointer(piece(0));
    await drawn(view);
    expect(weight(0, 0)).to.equal(1);
    expect(piece(0).style.color).to.equal('white');
  });

  it('arrow keys say what the pointer says', async () => {
    box().focus();
    for (let press = 0; press < 4; press++) await sendKeys({ press: 'ArrowRight' });
    await drawn(view);
    expect(box().getAttribute('aria-activedescendant')).to.equal('query4');
    expect(piece(4).getAttribute('aria-describedby')).to.equal('said');
    expect(text(view, '#said')).to.equal(`head 1.2, ${out(4)}, ${into(4)}`);
    await sendKeys({ press: 'End' });
    await drawn(view);
    expect(text(view, '#said')).to.contain(out(7));
    await sendKeys({ press: 'Home' });
    await drawn(view);
    expect(text(view, '#said')).to.contain(out(0));
  });

  it('Enter locks, Escape lets go', async () => {
    box().focus();
    await sendKeys({ press: 'ArrowRight' });
    await sendKeys({ press: 'Enter' });
    await drawn(view);
    expect(piece(1).ariaSelected).to.equal('true');
    expect(text(view, '.caption')).to.contain('(locked)');
    expect(view.selection.state).to.deep.equal({ layer: 1, head: 2, query: 1, locked: true });
    expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Locked: head 1.2, from "Mary"');
    await sendKeys({ press: 'Escape' });
    await drawn(view);
    expect(view.selection.state.locked).to.equal(false);
  });

  it('a click locks and lets go, a first touch points, a second one locks', async () => {
    press(piece(3));
    expect(view.selection.state).to.include({ query: 3, locked: true });
    press(piece(3));
    expect(view.selection.state.locked).to.equal(false);
    touch(piece(5));
    await drawn(view);
    expect(view.selection.state).to.include({ query: 5, locked: false });
    touch(piece(5));
    expect(view.selection.state).to.include({ query: 5, locked: true });
  });

  it('starts from the token that the author has locked', async () => {
    const locked = mount('attention-view', { data: attentionTrace(), view: 'tokens', query: -2 });
    await drawn(locked);
    part(locked, '.text').focus();
    expect(part(locked, '.text').getAttribute('aria-activedescendant')).to.equal('query6');
  });

  it('shades one direction where that is chosen', async () => {
    view.direction = 'out';
    await drawn(view);
    pointer(piece(5));
    await drawn(view);
    expect(pieces().filter((one) => one.style.borderBlockEndColor !== '')).to.deep.equal([]);
    expect(text(view, '.tooltip')).to.equal(`head 1.2, ${out(5)}`);
    expect(view.shadowRoot!.querySelectorAll('.legend').length).to.equal(1);
    const select = [...view.shadowRoot!.querySelectorAll('select')].find((one) => one.value === 'out')!;
    select.value = 'in';
    select.dispatchEvent(new Event('change'));
    await drawn(view);
    pointer(piece(2));
    await drawn(view);
    expect(view.direction).to.equal('in');
    expect(pieces().filter((one) => one.style.backgroundColor !== '')).to.deep.equal([]);
    expect(text(view, '.tooltip')).to.equal(`head 1.2, ${into(2)}`);
    expect(view.selection.state).to.include({ key: 2 });
  });

  it('a cell that a linked matrix points at is a query with its keys shaded, and its key ringed', async () => {
    view.selection.lock({ layer: 1, head: 2, query: 6, key: 2 });
    await drawn(view);
    expect(piece(6).className).to.contain('locked');
    expect(piece(2).className).to.contain('ringed');
    expect(ground(2)).to.equal(rgb(stepOf(weight(6, 2))));
    expect(text(view, '.caption')).to.equal(`Head 1.2: "the" attends ${two(weight(6, 2))} to "and" (position 2). (locked)`);
  });

  it('two texts: queries shade keys, keys underline queries', async () => {
    view.data = crossTrace();
    view.layer = 0;
    view.head = 1;
    await drawn(view);
    const cross = densePattern(2, 4, 3, 5);
    const crossWeight = (query: number, key: number): number => cross[(1 * 3 + query) * 5 + key]!;
    expect(view.shadowRoot!.querySelectorAll('[role=listbox]').length).to.equal(2);
    pointer(piece(1));
    await drawn(view);
    english.forEach((_, key) => expect(ground(key, 'key') || 'rgb(255, 255, 255)').to.equal(rgb(stepOf(crossWeight(1, key)))));
    french.forEach((_, query) => expect(ground(query)).to.equal(''));
    const best = [0, 1, 2, 3, 4].sort((a, b) => crossWeight(1, b) - crossWeight(1, a))[0]!;
    expect(text(view, '.tooltip')).to.contain(`head 0.1, from "chat": ${two(crossWeight(1, best))} to "${english[best]!.trim()}"`);
    part<HTMLElement>(view, '.text:has([id^="key"])').focus();
    await sendKeys({ press: 'End' });
    await drawn(view);
    expect(view.selection.state).to.include({ key: 4 });
    expect(text(view, '#said')).to.contain('head 0.1, to ".": ');
    expect(piece(4, 'key').getAttribute('aria-describedby')).to.equal('said');
    french.forEach((_, query) => expect(piece(query).style.borderBlockEndColor !== '').to.equal(crossWeight(query, 4) > 0.5 / 63));
    await sendKeys({ press: 'Enter' });
    await drawn(view);
    expect(text(view, '.caption')).to.contain('to ".": ').and.to.contain('(locked)');
    await expectAccessible(view);
  });

  it('a pair of segments leaves the other tokens bare', async () => {
    view.data = pairTrace();
    view.between = 'A-B';
    await drawn(view);
    pointer(piece(1));
    await drawn(view);
    const shaded = pieces().flatMap((one, at) => (one.style.backgroundColor ? [at] : []));
    expect(shaded.every((at) => at >= 5)).to.equal(true);
    expect(shaded.length).to.be.above(0);
    expect(text(view, '.tooltip')).to.match(/^head 1\.2, from "how": [^"[]*to /);
    pointer(piece(6));
    await drawn(view);
    expect(text(view, '.tooltip')).to.contain(`"${pairWords[6]!}" is not in the chosen segment`);
  });

  it('tokens of every nasty kind stay what they are', async () => {
    const data = attentionTrace({ tokens: nastyTokens, layers: 1, heads: 2 });
    const nasty = mount('attention-view', { data, view: 'tokens' }, { width: 280 });
    await drawn(nasty);
    expect(nasty.shadowRoot!.querySelector('b')).to.equal(null);
    const shown = [...nasty.shadowRoot!.querySelectorAll('.piece bdi')].map((one) => one.textContent);
    expect(shown[6]).to.equal('<b>');
    expect(shown[9]).to.equal('\u{1F600}');
    expect(shown.slice(2, 6)).to.deep.equal([' the', '\n\n', '\t', '    ']);
    expect(shown[0]).to.equal('<|endoftext|>');
    // A newline breaks the line, as in the text.
    const [before, after] = [2, 4].map((at) => part(nasty, `#query${at}`).getBoundingClientRect().top);
    expect(after! - before!).to.be.above(20);
    for (let at = 0; at < nastyTokens.length; at++) {
      pointer(part(nasty, `#query${at}`));
      await drawn(nasty);
      expect(text(nasty, '.tooltip')).to.contain('head 0.0, from ');
      expect(part(nasty, `#query${at}`).getBoundingClientRect().width, `token ${at} can be pointed at`).to.be.above(2);
    }
    expect(overflowing(nasty)).to.deep.equal([]);
  });

  it('stands in a right-to-left page', async () => {
    const tokens = ['זה', ' בית', ' גדול', ' מאוד'].map((word, id) => ({ id, text: word }));
    document.documentElement.dir = 'rtl';
    try {
      const hebrew = mount('attention-view', { data: attentionTrace({ tokens }), view: 'tokens' }, { width: 343 });
      await drawn(hebrew);
      const [first, second] = [0, 1].map((at) => part(hebrew, `#query${at}`).getBoundingClientRect());
      expect(first!.left).to.be.above(second!.left);
      expect(overflowing(hebrew)).to.deep.equal([]);
      // The arrow keys go where they point.
      part(hebrew, '.text').focus();
      await sendKeys({ press: 'ArrowLeft' });
      await drawn(hebrew);
      expect(part(hebrew, '.text').getAttribute('aria-activedescendant')).to.equal('query1');
      await expectAccessible(hebrew);
    } finally {
      document.documentElement.removeAttribute('dir');
    }
  });

  it('arrows up and down go to the line above and below', async () => {
    const tokens = Array.from({ length: 60 }, (_, id) => ({ id, text: ` word${id}` }));
    const long = mount('attention-view', { data: attentionTrace({ tokens, layers: 1, heads: 1 }), view: 'tokens' }, { width: 343 });
    await drawn(long);
    const list = part(long, '.text');
    const now = (): DOMRect => part(long, `#${list.getAttribute('aria-activedescendant')}`).getBoundingClientRect();
    list.focus();
    await sendKeys({ press: 'ArrowRight' });
    const start = now();
    await sendKeys({ press: 'ArrowDown' });
    await drawn(long);
    expect(now().top - start.top).to.be.within(16, 48);
    expect(Math.abs(now().left - start.left)).to.be.below(60);
    await sendKeys({ press: 'ArrowUp' });
    await drawn(long);
    expect(list.getAttribute('aria-activedescendant')).to.equal('query1');
  });

  it('pointing and locking do not change the height', async () => {
    for (const width of [280, 343, 704, 1100]) {
      const one = mount('attention-view', { data: attentionTrace(), view: 'tokens', layer: 1 }, { width });
      await drawn(one);
      const before = heightOf(one);
      for (const query of [0, 3, 7]) {
        one.selection.lock({ layer: 1, head: 0, query });
        await drawn(one);
        expect(heightOf(one), `${width} px, token ${query}`).to.be.closeTo(before, 0.5);
      }
    }
  });

  it('the drawing holds every token as text, on the grounds that are shown', async () => {
    pointer(piece(4));
    await drawn(view);
    const svg = new DOMParser().parseFromString(await view.toSVG(), 'image/svg+xml');
    const found = [...svg.querySelectorAll('text')].map((node) => node.textContent!.trim()).join(' ');
    for (const word of words) expect(found).to.contain(word.trim());
    const grounds = [...svg.querySelectorAll('rect')].map((node) => node.getAttribute('fill'));
    const strong = upTo(4).sort((a, b) => weight(4, b) - weight(4, a))[0]!;
    expect(
      grounds.map((fill) =>
        fill
          ?.replace(/[^\d ,]/g, '')
          .split(/[ ,]+/)
          .join(),
      ),
    ).to.include(stepOf(weight(4, strong)).join());
  });
});
