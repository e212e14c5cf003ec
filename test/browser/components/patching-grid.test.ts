// SPDX-License-Identifier: MIT
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/patching-grid.js';
import '../../../src/components/define/vitrine-model.js';
import type { PatchingGridElement, SelectionChangeEvent } from '../../../src/components/index.js';
import { Selection } from '../../../src/components/index.js';
import type { PatchingTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { expectKeepsPlace, placeWidths } from './keeps-place.js';
import { headSweep, sweep, texts } from './patching-grid-data.js';
import { cleanUp, expectAccessible, mount, part, script, settled, text, until } from './support.js';

describe('<patching-grid>', () => {
  let figure: PatchingGridElement;
  const grid = (of: Element = figure): HTMLElement => part(of, '[role=grid]');
  const active = (): string => part(figure, `#${grid().getAttribute('aria-activedescendant')}`).textContent!.trim();
  const caption = (): string => text(figure, '.caption');
  const pointer = (type: string, row: number, column: number, init: PointerEventInit = {}, size: [number, number] = [2, 5]): void => {
    const { left, top, width, height } = grid().getBoundingClientRect();
    const at = { clientX: left + ((column + 0.5) / size[1]) * width, clientY: top + ((row + 0.5) / size[0]) * height };
    const common = { bubbles: true, composed: true, pointerId: 1, pointerType: 'mouse', ...at, ...init };
    grid().dispatchEvent(type === 'click' ? new MouseEvent(type, common) : new PointerEvent(type, common));
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await sendKeys({ press: key });
    await settled(figure);
  };

  beforeEach(async () => {
    figure = mount('patching-grid', { data: sweep() });
    await settled(figure);
  });
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe idle, focused, locked, carrying, with heads, a pattern, narrow, unfinished, plain and empty', async () => {
      await expectAccessible(figure);
      grid().focus();
      await press('Enter');
      await expectAccessible(figure);
      await press('Space', 'ArrowRight');
      expect(figure.shadowRoot!.querySelector('.cone')).not.to.equal(null);
      await expectAccessible(figure);
      const pattern = sweep({
        site: 'head_pattern_dest_src',
        axes: ['layer', 'head', 'dest', 'src'],
        coordinates: { layer: [0], head: [3], dest: [0, 1, 2, 3, 4], src: [0, 1, 2, 3, 4] },
        values: encodeArray(new Float32Array(25).fill(0.1), [1, 1, 5, 5]),
      });
      for (const data of [headSweep(), pattern, sweep({ missing: [0, 3] }), { values: [[1, null]], title: 'effect' }]) {
        const narrow = mount('patching-grid', { data, layer: 1, position: 4 }, { width: 280 });
        await settled(narrow);
        await expectAccessible(narrow);
        expect(narrow.scrollWidth).to.be.at.most(280);
        narrow.remove();
      }
      await expectAccessible(mount('patching-grid'));
    });

    it('is one tab stop with a name, a size and a hint; a cell says where and what', async () => {
      expect(figure.shadowRoot!.querySelectorAll('.sweep [tabindex="0"]').length).to.equal(1);
      expect(grid().getAttribute('aria-label')).to.equal('Sweep: residual stream before each layer');
      expect([grid().getAttribute('aria-rowcount'), grid().getAttribute('aria-colcount')]).to.deep.equal(['2', '5']);
      expect(text(figure, '#hint')).to.equal(
        'Arrow keys move, Enter locks, Escape lets go. Space picks a state up; arrow keys and Space put it elsewhere.',
      );
      grid().focus();
      await press('ArrowDown', 'ArrowRight', 'ArrowRight');
      expect(active()).to.equal('layer 0 at "<b>" (2): restores 1.00 of the logit difference');
      await press('ArrowRight');
      expect(active()).to.equal('layer 0 at newline (3): leaves the logit difference as it is');
    });

    it('the text alternative has the strongest cells of every row', () => {
      const rows = [...figure.shadowRoot!.querySelectorAll('details tbody tr')].map((row) => row.textContent!.replace(/\s+/g, ' ').trim());
      expect(rows[0]).to.match(/^1 "<b>" \(2\) 0\.50, "to" \(4\) −0\.25/);
      expect(rows[1]).to.match(/^0 "<b>" \(2\) 1\.00/);
    });
  });

  describe('keyboard', () => {
    it('Enter locks and says so, Escape lets go', async () => {
      const changes: boolean[] = [];
      figure.addEventListener('vitrine-selection-change', (event: SelectionChangeEvent) => changes.push(event.selection.locked));
      grid().focus();
      await press('End', 'Enter');
      expect(figure.selection.state).to.include({ layer: 1, query: 4, locked: true });
      expect(caption()).to.contain('Layer 1 at "to" (4): moves the logit difference by 0.25 of the difference, the other way. (locked)');
      expect(figure.getState()).to.include({ layer: 1, position: 4 });
      expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Locked: layer 1 at "to" (4)');
      await press('Escape');
      expect(figure.selection.state.locked).to.equal(false);
      expect(changes).to.include(true).and.to.include(false);
    });

    it('Space picks a state up, arrows move it with its cone, Space puts it down, Escape gives up', async () => {
      grid().focus();
      await press('ArrowDown', 'ArrowRight', 'ArrowRight', 'Space');
      expect(caption()).to.contain('Clean state of layer 0 at "John" (2), put into layer 0 at "<b>" (2).');
      await press('ArrowRight');
      // Itself, and later layers at its position and after it: here one layer by two positions.
      const cones = [...figure.shadowRoot!.querySelectorAll<HTMLElement>('.cone')].map(({ style }) => style.cssText.replace(/\s/g, ''));
      expect(cones).to.deep.equal(['--row:0;--column:3;--high:1;--wide:2;', '--row:1;--column:3;--high:1;--wide:1;']);
      await press('ArrowUp', 'Space');
      expect(caption()).to.contain(
        'Clean state of layer 0 at "John" (2), put into layer 1 at newline (3): restores 0.75 of the logit difference. (locked)',
      );
      expect(text(figure, '.output.changed')).to.match(/^patched 0\.50 Rose 60%/);
      expect(figure.shadowRoot!.querySelector('.cone')).to.equal(null);
      expect(figure.shadowRoot!.querySelector('.arrow')).not.to.equal(null);
      await press('Space', 'ArrowLeft', 'Escape');
      expect(figure.shadowRoot!.querySelector('.cone')).to.equal(null);
      expect(text(figure, '.output.changed')).to.contain('Rose');
    });

    it('Enter on a locked cell lets go, and a sweep of no two prompts has no states to move', async () => {
      figure.data = sweep({ technique: 'ablation', normalized: false });
      await settled(figure);
      grid().focus();
      await press('Space');
      expect(figure.shadowRoot!.querySelector('.cone')).to.equal(null);
      expect(figure.selection.state.locked, 'Space locks there').to.equal(true);
      await press('Enter');
      expect(figure.selection.state.locked).to.equal(false);
      expect(figure.shadowRoot!.querySelector('.outputs')).to.equal(null);
    });
  });

  describe('pointer', () => {
    it('hover says a sentence and locks nothing; leaving lets go; a click locks and shows what comes out', async () => {
      pointer('pointermove', 1, 2);
      await settled(figure);
      expect(text(figure, '.tooltip')).to.equal('layer 0 at "<b>" (2): restores 1.00 of the logit difference');
      expect(caption()).to.contain('Layer 0 at "<b>" (2)').and.not.to.contain('locked');
      pointer('pointerleave', 1, 2);
      await settled(figure);
      expect(caption()).to.equal(
        'Each cell: residual stream before each layer, clean values put into the corrupted run. 0: as corrupted (logit difference −1.00), 1: as clean (1.00).',
      );
      pointer('pointerdown', 0, 4);
      pointer('pointerup', 0, 4);
      pointer('click', 0, 4);
      await settled(figure);
      expect(figure.selection.state).to.include({ layer: 1, query: 4, locked: true });
      const outputs = [...figure.shadowRoot!.querySelectorAll('.output')].map((run) => run.textContent!.replace(/\s+/g, ' ').trim());
      expect(outputs[0]).to.match(/^clean 1\.00 Mary 90%/);
      expect(outputs[1]).to.match(/^patched −1\.50 Anna 70%/);
      expect(outputs[2]).to.match(/^corrupted −1\.00 John 80%/);
    });

    it('a drag carries a state, shades its cone and ends in a drop, not in a press', async () => {
      pointer('pointerdown', 1, 2, { buttons: 1 });
      pointer('pointermove', 1, 3, { buttons: 1 });
      pointer('pointermove', 0, 3, { buttons: 1 });
      await settled(figure);
      expect(text(figure, '.tooltip')).to.equal('clean state of layer 0 at "John" (2), put into layer 1 at newline (3)');
      expect(figure.shadowRoot!.querySelectorAll('.cone').length).to.equal(1);
      expect(part(figure, '.top .chosen').textContent).to.equal(' John');
      expect(part(figure, '.bottom .chosen').textContent).to.equal('\n');
      pointer('pointerup', 0, 3);
      pointer('click', 0, 3);
      await settled(figure);
      expect(text(figure, '.output.changed')).to.contain('Rose');
      expect(figure.selection.state).to.include({ layer: 1, query: 3, locked: true });
      expect(caption()).to.contain('restores 0.75');
    });

    it('what was not recorded says so', async () => {
      pointer('click', 1, 1);
      await settled(figure);
      expect(text(figure, '.three')).to.contain('Not recorded.');
      expect(figure.shadowRoot!.querySelector('.three button')).to.equal(null);
    });

    it('touch points, then locks; the button picks the state up and the next touch puts it down', async () => {
      const touch = { pointerType: 'touch' };
      const tap = (row: number, column: number): void => {
        pointer('pointerdown', row, column, touch);
        pointer('pointermove', row, column, touch);
        pointer('pointerup', row, column, touch);
        pointer('click', row, column, touch);
      };
      tap(1, 2);
      expect(figure.selection.state).to.include({ layer: 0, query: 2, locked: false });
      tap(1, 2);
      await settled(figure);
      expect(figure.selection.state.locked).to.equal(true);
      part<HTMLButtonElement>(figure, '.outputs-head button').click();
      await settled(figure);
      expect(text(figure, '.outputs-head')).to.contain('Choose where it goes.');
      tap(0, 3);
      await settled(figure);
      expect(text(figure, '.output.changed')).to.contain('Rose');
    });
  });

  describe('picture', () => {
    const colour = (row: number, column: number, size: [number, number] = [2, 5]): number[] => {
      const canvas = part<HTMLCanvasElement>(figure, 'canvas');
      const [x, y] = [((column + 0.4) / size[1]) * canvas.width, ((row + 0.4) / size[0]) * canvas.height];
      return [...canvas.getContext('2d')!.getImageData(Math.floor(x), Math.floor(y), 1, 1).data];
    };

    it('raises are blue, falls orange, no effect is paper', () => {
      const [raised, fallen, nothing] = [colour(1, 2), colour(0, 4), colour(0, 0)];
      expect(raised[2]! - raised[0]!).to.be.above(60);
      expect(fallen[0]! - fallen[2]!).to.be.above(25);
      for (const channel of nothing.slice(0, 3)) expect(channel).to.be.above(250);
    });

    it('what was not computed is hatched, and the legend says so; a figure that was stopped says how far it came', async () => {
      figure.data = sweep({ missing: [2, 7] });
      await settled(figure);
      const { data } = part<HTMLCanvasElement>(figure, 'canvas').getContext('2d')!.getImageData(0, 0, 1e4, 1e4);
      const canvas = part<HTMLCanvasElement>(figure, 'canvas');
      const cell = canvas.getContext('2d')!.getImageData(Math.floor(canvas.width * 0.42), 4, Math.floor(canvas.width * 0.1), 20).data;
      const alphas = new Set(cell.filter((_, index) => index % 4 === 3));
      expect(alphas.has(255), 'no colour of the ramp').to.equal(false);
      expect(alphas.size).to.be.above(1);
      expect(data.length).to.be.above(0);
      expect(text(figure, '.legend')).to.contain('not computed');
      expect(caption()).to.contain('Stopped after 8 of 10 cells.');
      pointer('pointermove', 1, 2);
      expect(text(figure, '.tooltip')).to.equal('layer 0 at "<b>" (2): not computed');
    });

    it('the legend is symmetric, in the unit of what is shown', async () => {
      expect(text(figure, '.legend')).to.equal('share of the logit difference restored −1.00 1.00');
      figure.maxValue = 2;
      await settled(figure);
      expect(text(figure, '.legend')).to.contain('−2.00 2.00');
      figure.maxValue = undefined;
      figure.data = sweep({ direction: 'noise' });
      await settled(figure);
      expect(text(figure, '.legend')).to.contain('share of the logit difference taken away');
      figure.data = sweep({
        normalized: false,
        base: -1,
        neutral: -1,
        values: encodeArray([-1, -1, 1, -1, -1, -1, -1, 0, -1, -1.5], [2, 5]),
      });
      await settled(figure);
      expect(text(figure, '.legend')).to.equal('logit difference, logits −3.00 1.00');
      pointer('pointermove', 1, 2);
      expect(text(figure, '.tooltip')).to.equal('layer 0 at "<b>" (2): logit difference 1.00, unpatched −1.00');
      figure.data = sweep({ technique: 'tracing', metric: 'probability', normalized: false, base: 0.02, site: 'state', subject: [1] });
      await settled(figure);
      expect(text(figure, '.legend')).to.contain('change of the probability −100% +100%');
      pointer('pointermove', 1, 2);
      expect(text(figure, '.tooltip')).to.equal('layer 0 at "<b>" (2): brings back 100% of the probability');
    });

    it('the prompts stand along the columns, the token in which they differ is marked', () => {
      const marked = [...figure.shadowRoot!.querySelectorAll('.strip .differs')].map((token) => token.textContent!.trim());
      expect(marked).to.deep.equal(['John', '<b>']);
      const lefts = ['.top', '.bottom'].map((side) =>
        [...figure.shadowRoot!.querySelectorAll(`${side} .label`)].map((label) => label.getBoundingClientRect().left),
      );
      expect(lefts[0]).to.deep.equal(lefts[1]);
      expect(lefts[0]!.length).to.equal(5);
      expect(lefts[0]![0]).to.be.closeTo(grid().getBoundingClientRect().left, 1);
    });

    it('long prompts have numbers and the tokens that matter, nothing scrolls', async () => {
      const many = Array.from({ length: 90 }, (_, id) => ({ id, text: ` word${id}` }));
      const long = mount(
        'patching-grid',
        {
          data: sweep({
            tokens: many,
            source: { value: 1, prompt: '', tokens: many.map((token) => (token.id === 44 ? { id: 999, text: ' other' } : token)) },
            coordinates: { layer: [0, 1], pos: many.map(({ id }) => id) },
            values: encodeArray(new Float32Array(180), [2, 90]),
          }),
        },
        { width: 343 },
      );
      await settled(long);
      expect(long.scrollWidth).to.be.at.most(343);
      const labels = [...long.shadowRoot!.querySelectorAll('.top .label')].map((label) => label.textContent!.trim());
      expect(labels).to.include('other').and.to.include('0').and.not.to.include('word3');
    });

    it('heads by positions: every head in its row, or all heads at one position, of one site at a time', async () => {
      figure.data = headSweep();
      await settled(figure);
      expect(grid().getAttribute('aria-rowcount')).to.equal('6');
      grid().focus();
      await press('Home');
      expect(active()).to.equal('head 2.0 at "When" (0): restores 0.20 of the logit difference');
      const choose = async (index: number, option: number): Promise<void> => {
        const select = figure.shadowRoot!.querySelectorAll<HTMLSelectElement>('.controls select')[index]!;
        select.selectedIndex = option;
        select.dispatchEvent(new Event('change'));
        await settled(figure);
      };
      await choose(0, 1);
      expect([grid().getAttribute('aria-rowcount'), grid().getAttribute('aria-colcount')]).to.deep.equal(['3', '2']);
      expect(figure.show).to.equal('heads');
      await choose(1, 1); // queries
      await choose(2, 4); // the last position
      await press('ArrowRight');
      expect(active()).to.equal('queries of head 2.1 at "to" (4): restores 0.59 of the logit difference');
      expect(text(figure, '.prompts')).to.contain('clean When Mary John');
    });

    it('a pattern has its queries downward and its keys across', async () => {
      figure.data = sweep({
        site: 'head_pattern_dest_src',
        axes: ['layer', 'head', 'dest', 'src'],
        coordinates: { layer: [2], head: [5], dest: [0, 1, 2, 3, 4], src: [0, 1, 2, 3, 4] },
        values: encodeArray(
          Array.from({ length: 25 }, (_, place) => place / 25),
          [1, 1, 5, 5],
        ),
      });
      await settled(figure);
      pointer('pointermove', 4, 1, {}, [5, 5]);
      expect(text(figure, '.tooltip')).to.equal('head 2.5 from "to" (4) to "Mary" (1): restores 0.84 of the logit difference');
      await settled(figure);
      expect(figure.selection.state).to.include({ layer: 2, head: 5, query: 4, key: 1 });
      expect(grid().classList.contains('movable'), 'entries of a pattern belong to their places').to.equal(false);
    });

    it('numbers of another tool, with its names; cells without a value are none', async () => {
      const plain = mount('patching-grid', {
        grid: { values: [[1, NaN], [0, -1]], rowLabels: ['late', 'early'], columnLabels: ['A', '<b>'], title: 'effect' }, // prettier-ignore
      });
      await settled(plain);
      figure = plain;
      pointer('pointermove', 1, 1, {}, [2, 2]);
      expect(text(plain, '.tooltip')).to.equal('early, <b>: effect −1.00');
      pointer('pointermove', 0, 1, {}, [2, 2]);
      expect(text(plain, '.tooltip')).to.equal('late, <b>: not computed');
      expect([...plain.shadowRoot!.querySelectorAll('.row-label')].map((label) => label.textContent!.trim())).to.deep.equal([
        'late',
        'early',
      ]);
      const again = mount('patching-grid', { data: JSON.parse(JSON.stringify(plain.toJSON())) });
      await settled(again);
      expect(text(again, '.legend')).to.contain('effect');
      plain.grid = { values: [[1], [0, 1]] };
      await settled(plain);
      expect(text(plain, '[role=alert]')).to.match(/grid\.values\[1\]: expected 1 numbers/);
    });

    it('the SVG holds tokens, caption and outputs', async () => {
      pointer('click', 0, 4);
      await settled(figure);
      const svg = await figure.toSVG();
      for (const word of ['Mary', '&lt;b&gt;', 'Layer 1 at', 'Anna', '70%', 'corrupted']) expect(svg).to.contain(word);
      expect(svg).not.to.contain('Move this state');
    });
  });

  describe('properties', () => {
    it('open on the claim of the author, negative positions from the end', async () => {
      const claim = mount('patching-grid', { layer: 1, position: -1 }, { inner: [script(sweep())] });
      await settled(claim);
      expect(claim.selection.state).to.include({ layer: 1, query: 4, locked: true });
      expect(text(claim, '.output.changed')).to.contain('Anna');
      claim.position = 2;
      await settled(claim);
      expect(text(claim, '.caption')).to.contain('restores 0.50');
      const head = mount('patching-grid', { data: headSweep(), layer: 1, head: 1, position: 3, show: 'heads' });
      await settled(head);
      expect(text(head, '.caption')).to.match(/^Head 1\.1 at newline \(3\): restores 0\.17/);
    });

    it('a wrong word keeps the default and is told once', async () => {
      const warnings: string[] = [];
      const { warn } = console;
      console.warn = (sentence: string) => warnings.push(sentence);
      try {
        for (let time = 0; time < 2; time++) await settled(mount('patching-grid', { data: headSweep(), show: 'diagonal' as never }));
      } finally {
        console.warn = warn;
      }
      expect(warnings).to.deep.equal(['<patching-grid show="diagonal">: allowed are "positions", "heads". "positions" is used.']);
    });

    it('follows a shared selection, in full or by its position alone', async () => {
      const shared = new Selection();
      figure.selection = shared;
      shared.preview({ layer: 0, query: 2 });
      await settled(figure);
      expect(caption()).to.contain('Layer 0 at "<b>" (2)');
      shared.preview({ query: 3 });
      await settled(figure);
      expect(figure.shadowRoot!.querySelectorAll('.band').length).to.equal(1);
      expect(caption()).to.contain('Each cell');
    });

    it('new data of other prompts let go of what was locked; the state goes out and in', async () => {
      pointer('click', 1, 2);
      const state = figure.getState();
      expect(state).to.include({ layer: 0, position: 2 });
      figure.data = sweep({ prompt: 'another', tokens: sweep().tokens.slice(0, 2), coordinates: { layer: [0], pos: [0, 1] }, values: encodeArray([0, 1], [1, 2]), source: { ...sweep().source!, tokens: sweep().tokens.slice(0, 2) } }); // prettier-ignore
      await settled(figure);
      expect(figure.selection.state.locked).to.equal(false);
      figure.data = sweep();
      figure.setState(state);
      await settled(figure);
      expect(figure.selection.state).to.include({ layer: 0, query: 2, locked: true });
    });

    it('bad data say which field, and can be tried again', async () => {
      figure.data = { ...sweep(), values: encodeArray([1], [1, 1]) };
      await settled(figure);
      expect(text(figure, '[role=alert]')).to.match(/trace\.values\.shape: expected \[2, 5\] \(layer, pos\)/);
    });
  });

  it('tokens of every nasty kind keep the figure whole', async () => {
    const nasty = ['\n\n', '\t', '\u200b', 'مرحبا', '👩‍👩‍👧', '&nbsp;', '<script>', ' '.repeat(5)];
    const tokens = [...nasty.map((word, id) => ({ id, text: word })), { id: 50256, text: '<|endoftext|>', special: true }];
    figure.data = sweep({
      tokens,
      source: { value: 1, prompt: '', tokens },
      coordinates: { layer: [0], pos: tokens.map((_, position) => position) },
      values: encodeArray(new Float32Array(9).fill(0.5), [1, 9]),
    });
    await settled(figure);
    await expectAccessible(figure);
    pointer('pointermove', 0, 3, {}, [1, 9]);
    expect(text(figure, '.tooltip')).to.contain('مرحبا');
    expect(figure.shadowRoot!.querySelector('script')).to.equal(null);
  });

  for (const width of placeWidths) {
    it(`told how many layers, heads and positions there will be, it keeps the place of heads and of a pattern (${width} px)`, async () => {
      const prompts = { clean: 'When Mary<b> to', corrupted: 'When Mary<b> to' };
      const [layer, head, pos] = [
        [0, 1, 2, 3],
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 1, 2, 3, 4],
      ];
      const of = (site: string, coordinates: Record<string, number[]>): PatchingTrace => {
        const shape = Object.values(coordinates).map(({ length }) => length);
        const cells = shape.reduce((product, length) => product * length, 1);
        const values = encodeArray(new Float32Array(cells), shape);
        const { outputs: _outputs, ...trace } = sweep({ site, axes: Object.keys(coordinates), coordinates, values });
        return trace;
      };
      for (const [data, promise] of [
        [of('head_out', { layer, head }), { reserveFor: '4 8' }],
        [of('head_out_by_pos', { layer, pos, head }), { reserveFor: '4 8 5' }],
        [of('head_out_by_pos', { layer, pos, head }), { reserveFor: '4 8 5', show: 'heads' }],
        [of('head_pattern_dest_src', { layer: [1], head: [3], dest: pos, src: pos }), { reserveFor: '1 1 5' }],
        [of('resid_pre', { layer, pos }), { reserveFor: '4 8 5' }],
      ] as const) {
        await expectKeepsPlace('patching-grid', data, { site: data.site, ...prompts, ...promise }, width);
      }
    });
  }

  for (const width of [280, 480, 704, 1100]) {
    it(`keeps its place at ${width} px: nothing moves when the data come`, async () => {
      const { fetch } = globalThis;
      let arrive: ((response: Response) => void) | undefined;
      globalThis.fetch = () => new Promise((resolve) => (arrive = resolve));
      try {
        const waiting = mount('patching-grid', { src: '/slow.json', layer: 1, position: 4 }, { width });
        await settled(waiting);
        const below = document.createElement('p');
        waiting.after(below);
        const before = below.getBoundingClientRect().top;
        expect(before - waiting.getBoundingClientRect().top).to.be.above(300);
        await until(() => arrive !== undefined, 'the request');
        arrive!(new Response(JSON.stringify(sweep())));
        await until(() => waiting.matches(':state(ready)'), 'the data');
        await settled(waiting);
        expect(Math.abs(below.getBoundingClientRect().top - before)).to.be.at.most(1);
      } finally {
        globalThis.fetch = fetch;
      }
    });
  }

  it('is dark on a dark page', async () => {
    await emulateMedia({ colorScheme: 'light' });
    document.body.style.cssText = 'background: #111; color: #eee; color-scheme: dark';
    await new Promise((resolve) => setTimeout(resolve, 600));
    await settled(figure);
    const canvas = part<HTMLCanvasElement>(figure, 'canvas');
    const [red] = canvas.getContext('2d')!.getImageData(3, 3, 1, 1).data;
    expect(red).to.be.below(40);
    expect(texts.length).to.equal(5);
  });
});
