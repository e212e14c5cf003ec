// SPDX-License-Identifier: MIT
import { sendKeys, setViewport } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/head-finder.js';
import '../../../src/components/define/vitrine-model.js';
import type { HeadFinderElement, SelectionChangeEvent } from '../../../src/components/index.js';
import { linkedSelection } from '../../../src/components/shared/selection.js';
import type { HeadsTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { causalPattern, cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

const count = 8;
const scores = [
  // induction, [layer, head]: head 1.2 wins
  [0.1, 0.05, 0.2, 0],
  [0.3, 0.15, 0.45, 0.02],
  // previous: head 0.1 wins
  [0.01, 0.4, 0, 0.02],
  [0.1, 0, 0.03, 0.05],
].flat();

function headsTrace(tokens = Array.from({ length: count }, (_, id) => ({ id, text: ` t${id % 4}` }))): HeadsTrace {
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'heads',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: '',
    tokens,
    convention: 'diagonal',
    on: '2 rows of 4 random tokens, repeated',
    period: 4,
    causal: true,
    kinds: ['induction', 'previous'],
    scores: encodeArray(scores, [2, 2, 4]),
    patternHeads: [
      [0, 1],
      [1, 2],
    ],
    patterns: encodeArray(causalPattern(1, 2, count), [2, count, count]),
  };
}

describe('<head-finder>', () => {
  let finder: HeadFinderElement;
  const grid = (): HTMLElement => part(finder, '[role=grid]');
  const names = (): string[] => [...finder.shadowRoot!.querySelectorAll('.ranked .name')].map((name) => name.textContent!);

  beforeEach(async () => {
    finder = mount('head-finder', { data: headsTrace(), top: 4 });
    await settled(finder);
  });
  afterEach(cleanUp);

  it('passes axe when idle, focused, locked, narrow and empty', async () => {
    await expectAccessible(finder);
    grid().focus();
    await sendKeys({ press: 'Enter' });
    await settled(finder);
    await expectAccessible(finder);
    const narrow = mount('head-finder', { data: headsTrace() }, { width: 280 });
    await settled(narrow);
    await expectAccessible(narrow);
    expect(narrow.scrollWidth).to.be.at.most(280);
    await expectAccessible(mount('head-finder'));
  });

  it('ranks the heads, and by another score when that is chosen', async () => {
    expect(names()).to.deep.equal(['1.2', '1.0', '0.2', '1.1']);
    expect(text(finder, '.caption')).to.contain('Head 1.2 scores 0.45 for induction');
    const select = part<HTMLSelectElement>(finder, 'select');
    select.value = 'previous';
    select.dispatchEvent(new Event('change'));
    await settled(finder);
    expect(finder.by).to.equal('previous');
    expect(names()[0]).to.equal('0.1');
  });

  it('arrows move, Enter locks and says the head, Escape lets go', async () => {
    grid().focus();
    await sendKeys({ press: 'ArrowDown' });
    await settled(finder);
    expect(part(finder, `#${grid().getAttribute('aria-activedescendant')}`).textContent).to.contain('head 1.0 scores 0.30');
    await sendKeys({ press: 'Enter' });
    await settled(finder);
    expect(finder.selection.state).to.include({ layer: 1, head: 0, locked: true });
    expect(text(finder, '.caption')).to.contain('(locked)');
    await sendKeys({ press: 'Escape' });
    expect(finder.selection.state.locked).to.equal(false);
  });

  it('hover on the list and on the map says a sentence and is an event', async () => {
    const events: SelectionChangeEvent[] = [];
    finder.addEventListener('vitrine-selection-change', (event) => events.push(event));
    const row = finder.shadowRoot!.querySelectorAll('.ranked')[2]!;
    row.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, composed: true, clientX: 5, clientY: 5 }));
    expect(text(finder, '.tooltip')).to.equal('head 0.2 scores 0.20 for induction');
    expect(events.at(-1)!.selection).to.include({ layer: 0, head: 2, locked: false });
    const map = part(finder, '.map');
    const { left, top, width, height } = map.getBoundingClientRect();
    // Layers run upward: the lower row is layer 0.
    const where = { clientX: left + (width * 3.5) / 4, clientY: top + height * 0.75 };
    map.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, composed: true, ...where }));
    expect(text(finder, '.tooltip')).to.equal('head 0.3 scores 0.00 for induction');
  });

  it('the map has a strong colour where the score is high, and none where it is zero', () => {
    const canvas = part<HTMLCanvasElement>(finder, 'canvas.scores');
    const at = (layer: number, head: number): number => {
      const [x, y] = [((head + 0.5) / 4) * canvas.width, ((1 - layer + 0.5) / 2) * canvas.height];
      const [red, green, blue] = canvas.getContext('2d')!.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
      return red! + green! + blue!;
    };
    expect(at(1, 2)).to.be.below(at(1, 0));
    expect(at(1, 0)).to.be.below(at(0, 3));
    expect(at(0, 3)).to.equal(3 * 255);
  });

  it('links to an attention view, and opens on the head that the author named', async () => {
    finder.link = 'finder-test';
    await settled(finder);
    finder.layer = 0;
    finder.head = 1;
    await settled(finder);
    expect(linkedSelection('finder-test').state).to.include({ layer: 0, head: 1, locked: true });
    expect(finder.getState()).to.include({ layer: 0, head: 1 });
  });

  it('a head without a recorded pattern says so; the diagonal of the score is drawn over one that has it', async () => {
    expect(finder.shadowRoot!.querySelector('.large line')).not.to.equal(null);
    finder.selection.lock({ layer: 0, head: 3 });
    await settled(finder);
    expect(text(finder, '.none')).to.contain('was not recorded');
  });

  it('a wrong word for the score keeps the default and tells the author once', async () => {
    const warn = console.warn;
    const said: string[] = [];
    console.warn = (sentence: string) => said.push(sentence);
    finder.by = 'nonsense';
    await settled(finder);
    console.warn = warn;
    expect(said.length).to.equal(1);
    expect(said[0]).to.contain('by="nonsense"').and.to.contain('"induction"');
    expect(names()[0]).to.equal('1.2');
  });

  it('says when it lets go, also by a second press', async () => {
    const locked: boolean[] = [];
    finder.addEventListener('vitrine-selection-change', (event) => locked.push(event.selection.locked));
    const row = finder.shadowRoot!.querySelectorAll<HTMLElement>('.ranked')[1]!;
    row.click();
    row.click();
    expect(locked).to.deep.equal([true, false]);
  });

  describe('the map by keyboard', () => {
    const map = (): HTMLElement => part(finder, '.map');
    const active = (): string => part(finder, `#${map().getAttribute('aria-activedescendant')}`).textContent!;

    it('is one tab stop that begins at the chosen head; arrows go through layers and heads with the sentence of hover', async () => {
      expect(map().getAttribute('role')).to.equal('grid');
      map().focus();
      await settled(finder);
      expect(active()).to.equal('head 1.2 scores 0.45 for induction');
      await sendKeys({ press: 'ArrowDown' });
      await settled(finder);
      expect(active()).to.equal('head 0.2 scores 0.20 for induction');
      expect(text(finder, '.caption')).to.contain('Head 0.2 scores 0.20 for induction');
      await sendKeys({ press: 'Home' });
      await settled(finder);
      expect(active()).to.equal('head 0.0 scores 0.10 for induction');
      expect(map().querySelector('[role=row]')!.getAttribute('aria-rowindex')).to.equal('2');
      expect(map().querySelectorAll('[role=gridcell]')).to.have.length(4);
      await expectAccessible(finder);
    });

    it('Enter locks and Escape lets go', async () => {
      map().focus();
      await sendKeys({ press: 'ArrowRight' });
      await sendKeys({ press: 'Enter' });
      await settled(finder);
      expect(finder.selection.state).to.include({ layer: 1, head: 3, locked: true });
      expect(map().querySelector('[aria-selected=true]')!.textContent).to.contain('head 1.3');
      expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Locked: head 1.3 scores 0.020');
      await sendKeys({ press: 'Escape' });
      expect(finder.selection.state.locked).to.equal(false);
    });
  });

  describe('the convention', () => {
    const mask = [0.1, 0, 0, 0.2, 0, 0.1, 0, 0, ...new Array<number>(8).fill(0.05)];
    const alike = [-0.5, -1.4, 0, 0.5, ...new Array<number>(12).fill(-1)];
    const both = (): HeadsTrace => ({
      ...headsTrace(),
      others: [
        { convention: 'mask', scores: encodeArray(mask, [2, 2, 4]) },
        { convention: 'mask-abs', scores: encodeArray(alike, [2, 2, 4]) },
      ],
    });
    const choice = (): HTMLSelectElement => finder.shadowRoot!.querySelectorAll<HTMLSelectElement>('.controls select')[1]!;

    it('is chosen among those that the data have, by the reader and by the author', async () => {
      expect(choice(), 'one convention is no choice').to.equal(undefined);
      finder.data = both();
      await settled(finder);
      expect([...choice().options].map(({ value }) => value)).to.deep.equal(['diagonal', 'mask', 'mask-abs']);
      expect(text(finder, '.caption')).to.contain('mean of a diagonal');
      choice().value = 'mask';
      choice().dispatchEvent(new Event('change'));
      await settled(finder);
      expect(finder.convention).to.equal('mask');
      expect(names()[0]).to.equal('0.3');
      expect(text(finder, '.caption')).to.contain('share of all attention');
      expect(finder.getState()).to.include({ convention: 'mask' });
      await expectAccessible(finder);
    });

    it('has scores below 0 where an ideal pattern is far: bars begin at the lowest', async () => {
      finder.data = both();
      finder.convention = 'mask-abs';
      await settled(finder);
      expect(text(finder, '.legend')).to.equal('1 where exactly alike −2 0.5');
      const bars = [...finder.shadowRoot!.querySelectorAll<HTMLElement>('.bar')].map(({ style }) => style.inlineSize);
      expect(bars).to.deep.equal(['100%', '80%', '60%', '40%']);
      expect(text(finder, '.ranked:nth-child(3) .score')).to.equal('−0.50');
    });

    it('that the data lack keeps the first and tells the author', async () => {
      const said: string[] = [];
      const { warn } = console;
      console.warn = (sentence: string) => said.push(sentence);
      finder.convention = 'rows';
      await settled(finder);
      console.warn = warn;
      expect(said).to.deep.equal(['<head-finder convention="rows">: allowed are "diagonal". "diagonal" is used.']);
      expect(text(finder, '.caption')).to.contain('mean of a diagonal');
    });
  });

  it('marks on a text where the score looks: earlier copies, what came after them, the token before', async () => {
    // a b c a b a: "a" at 0, 3, 5 and "b" at 1, 4.
    const tokens = [1, 2, 3, 1, 2, 1].map((id) => ({ id, text: ` w${id}` }));
    const kinds = ['duplicate', 'induction', 'previous', 'entropy'] as const;
    finder.data = {
      ...headsTrace(tokens),
      prompt: 'a text',
      period: 0,
      convention: 'rows',
      kinds: [...kinds],
      scores: encodeArray(new Float32Array(32).fill(0.5), [4, 2, 4]),
      patternHeads: [[0, 0]],
      patterns: encodeArray(causalPattern(1, 1, 6), [1, 6, 6]),
    } satisfies HeadsTrace;
    const marks = async (by: string): Promise<string[]> => {
      finder.by = by;
      await settled(finder);
      return [...finder.shadowRoot!.querySelectorAll('.large rect')].map((box) => `${box.getAttribute('y')},${box.getAttribute('x')}`);
    };
    expect(await marks('duplicate')).to.have.members(['3,0', '4,1', '5,0', '5,3']);
    expect(await marks('induction')).to.have.members(['3,1', '4,2', '5,1', '5,4']);
    expect(text(finder, '.beside > :last-child .under')).to.equal('0.0; marked: after an earlier copy');
    expect(await marks('previous')).to.deep.equal([]);
    const line = part(finder, '.large line');
    expect(['x1', 'y1', 'x2', 'y2'].map((name) => Number(line.getAttribute(name)))).to.deep.equal([0.5, 1.5, 4.5, 5.5]);
    expect(await marks('entropy')).to.deep.equal([]);
    expect(finder.shadowRoot!.querySelector('.large line')).to.equal(null);
  });

  for (const width of [280, 343, 704, 1100]) {
    it(`keeps its place when its data come, at ${width} px, with and without a model`, async () => {
      await setViewport({ width: 1200, height: 900 });
      for (const model of [undefined, 'finder-model']) {
        for (const top of [8, 3]) {
          cleanUp(); // a file is fetched near the view only
          mount('vitrine-model', { id: 'finder-model', name: 'fake' });
          const { fetch } = window;
          let give: (() => void) | undefined;
          window.fetch = () => new Promise((resolve) => (give = () => resolve(Response.json(headsTrace()))));
          const waiting = mount('head-finder', { src: 'heads.json', top, ...(model && { model }) }, { width });
          await until(() => give !== undefined, 'the request');
          window.fetch = fetch;
          await settled(waiting);
          const before = waiting.getBoundingClientRect().height;
          expect(waiting.matches(':state(loading)')).to.equal(true);
          give!();
          await until(() => waiting.matches(':state(ready)'), 'the data');
          await settled(waiting);
          expect(Math.abs(waiting.getBoundingClientRect().height - before), `top ${top}, ${model}`).to.be.at.most(2);
          waiting.selection.lock({ layer: 0, head: 3 });
          await settled(waiting);
          expect(Math.abs(waiting.getBoundingClientRect().height - before), 'locked, without a pattern').to.be.at.most(2);
        }
      }
    });
  }

  it('SVG holds names and scores', async () => {
    const svg = await finder.toSVG();
    for (const word of ['1.2', '0.45', 'Head 1.2 scores']) expect(svg).to.contain(word);
  });
});
