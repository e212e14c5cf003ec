// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/head-finder.js';
import type { HeadFinderElement, SelectionChangeEvent } from '../../../src/components/index.js';
import { linkedSelection } from '../../../src/components/shared/selection.js';
import type { HeadsTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { causalPattern, cleanUp, expectAccessible, mount, part, settled, text } from './support.js';

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
    expect(text(finder, '.caption')).to.contain('head 1.2 scores 0.45 for induction');
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

  it('SVG holds names and scores', async () => {
    const svg = await finder.toSVG();
    for (const word of ['1.2', '0.45', 'head 1.2 scores']) expect(svg).to.contain(word);
  });
});
