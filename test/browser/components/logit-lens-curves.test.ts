// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/logit-lens.js';
import '../../../src/components/define/vitrine-model.js';
import type { LiveModel, LogitLensElement } from '../../../src/components/index.js';
import { formatPercent } from '../../../src/components/shared/format.js';
import { VitrineModelElement } from '../../../src/components/vitrine-model/vitrine-model.js';
import { curvesTrace, entropy, kl, labels, order, probability, settledAt, vocabulary } from './logit-lens-data.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until, words } from './support.js';

const last = words.length - 1;
const cellAt = (lens: Element, row: number, column: number): HTMLElement => part(lens, `.cell[data-row="${row}"][data-column="${column}"]`);
const named = (lens: Element): string[] =>
  [...lens.shadowRoot!.querySelectorAll('.name-end')].map((name) => name.textContent!.replace(/\s+/g, ' ').trim());
const lines = (lens: Element): SVGPathElement[] => [...lens.shadowRoot!.querySelectorAll<SVGPathElement>('.chart g.hue path')];
/** Heights of a line's points as parts of the axis, from below, point by point. */
const heights = (lens: Element, line: SVGPathElement): number[] => {
  const ticks = [...lens.shadowRoot!.querySelectorAll('.chart .tick')].map((tick) => Number(tick.getAttribute('y1')));
  const [top, bottom] = [Math.min(...ticks), Math.max(...ticks)];
  return [...line.getAttribute('d')!.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => (bottom - Number(y)) / (bottom - top));
};
const topTick = (lens: Element): string =>
  [...lens.shadowRoot!.querySelectorAll('.chart text')]
    .map((tick) => tick.textContent!)
    .filter((tick) => tick.includes('%'))
    .at(-1)!;
const candidate = (lens: Element, index: number): HTMLElement => part(lens, `.candidates li:nth-child(${index + 1}) button`);
const background = (element: Element): string => getComputedStyle(element).backgroundColor;
const strength = (element: Element): number => {
  const [red, green, blue] = background(element).match(/\d+/g)!.map(Number) as [number, number, number];
  return 765 - red - green - blue;
};

describe('<logit-lens> curves', () => {
  let lens: LogitLensElement;
  const make = async (properties: Record<string, unknown> = {}, width = 704): Promise<LogitLensElement> => {
    lens = mount('logit-lens', { data: curvesTrace(), ...properties }, { width });
    await settled(lens);
    return lens;
  };
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe with every statistic, with curves and compared positions, wide and narrow', async () => {
      for (const width of [280, 704]) {
        for (const colour of ['top', 'target', 'rank', 'entropy', 'kl', 'agreement']) {
          await make({ colour, pins: 'Mary, John', compare: '2, 5' }, width);
          await expectAccessible(lens);
        }
      }
    });

    it('the chart is a picture whose name says where every curve begins and ends', async () => {
      await make({ pins: 'John' });
      const [from, to] = [0, 4].map((point) => formatPercent(probability(point, last, 1)));
      expect(part(lens, '.chart').getAttribute('aria-label')).to.equal(
        `Probability by layer, after "store" (position 7): "John" from ${from} to ${to}`,
      );
    });

    it('the text alternative has the curves of every layer and the layer of saturation', async () => {
      await make({ pins: 'John', compare: '4' });
      expect(text(lens, 'details caption')).to.contain(`settled from ${labels[settledAt(last)]!.replace('final_post', 'final')}`);
      expect(text(lens, 'details tbody tr:last-child')).to.contain(`"John" (position 4) ${formatPercent(probability(0, 4, 1))}`);
    });

    it('has one tab stop for the grid, one for the columns, and the fields', async () => {
      await make();
      const stops = [...lens.shadowRoot!.querySelectorAll<HTMLElement>('[tabindex="0"], select, input, button, summary')]
        .filter((stop) => !stop.closest('details:not([open])') || stop.localName === 'summary')
        .map((stop) => stop.getAttribute('role') ?? stop.localName);
      expect(stops).to.deep.equal(['grid', 'separator', 'button', 'button', 'select', 'input', 'summary', 'summary']);
    });
  });

  describe('what the curves are', () => {
    it('without anything followed, that of the cell: dotted, all its points where they belong', async () => {
      await make();
      expect(lines(lens).map((line) => line.getAttribute('stroke-dasharray'))).to.deep.equal(['2 3']);
      const top = Number.parseFloat(topTick(lens)) / 100;
      const id = order(4, last)[0]!;
      heights(lens, lines(lens)[0]!).forEach((height, point) => expect(height * top).to.be.closeTo(probability(point, last, id), 0.005));
      expect(named(lens)).to.deep.equal([vocabulary[id]!.trim()]);
    });

    it('hover previews the token of a cell beside those that are followed', async () => {
      await make({ pins: 'the' });
      cellAt(lens, 4, 3).dispatchEvent(new PointerEvent('pointermove', { bubbles: true, composed: true, clientX: 9, clientY: 9 }));
      await settled(lens);
      expect(lines(lens).length).to.equal(order(0, 3)[0] === 2 ? 1 : 2);
      expect(text(lens, '.chart-title')).to.contain('after "John" (position 3)');
    });

    it('a press on a candidate follows it, a second one lets it go', async () => {
      await make();
      const height = lens.getBoundingClientRect().height;
      const id = order(4, last)[1]!;
      candidate(lens, 1).click();
      await settled(lens);
      expect(lens.pins).to.equal(JSON.stringify([vocabulary[id]]));
      expect(lines(lens).map((line) => line.getAttribute('stroke-dasharray'))).to.deep.equal(['none']);
      expect(candidate(lens, 1).getAttribute('aria-pressed')).to.equal('true');
      expect(lens.getBoundingClientRect().height).to.equal(height);
      candidate(lens, 1).click();
      await settled(lens);
      expect(lens.pins).to.equal(undefined);
    });

    it('with Shift, by mouse and by keyboard, a token is summed with the last one', async () => {
      await make();
      candidate(lens, 0).click();
      await settled(lens);
      candidate(lens, 1).focus();
      await sendKeys({ down: 'Shift' });
      await sendKeys({ press: 'Enter' });
      await sendKeys({ up: 'Shift' });
      await settled(lens);
      const ids = order(4, last).slice(0, 2);
      expect(lens.pins).to.equal(JSON.stringify([ids.map((id) => vocabulary[id])]));
      const top = Number.parseFloat(topTick(lens)) / 100;
      heights(lens, lines(lens)[0]!).forEach((height, point) => {
        expect(height * top).to.be.closeTo(
          ids.reduce((sum, id) => sum + probability(point, last, id), 0),
          0.005,
        );
      });
      candidate(lens, 1).dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true, composed: true }));
      await settled(lens);
      expect(lens.pins).to.equal(JSON.stringify([vocabulary[ids[0]!]]));
    });

    it('a box has the next token summed, for a finger', async () => {
      await make({ pins: 'Mary' });
      part<HTMLInputElement>(lens, '[type=checkbox]').click();
      part<HTMLInputElement>(lens, 'input[list]').value = 'John';
      part(lens, 'input[list]').dispatchEvent(new Event('change'));
      await settled(lens);
      expect(lens.pins).to.equal('[[" Mary"," John"]]');
    });

    it('a field follows a token by its text, and says so where the data do not know it', async () => {
      await make();
      const field = part<HTMLInputElement>(lens, 'input[list]');
      field.value = 'to';
      field.dispatchEvent(new Event('change'));
      await settled(lens);
      expect(lens.pins).to.equal('[" to"]');
      expect(field.value).to.equal('');
      field.value = 'Paris';
      field.dispatchEvent(new Event('change'));
      await settled(lens);
      expect(text(lens, '.problem')).to.equal('"Paris" is nowhere among the 2 likeliest of these data.');
      await expectAccessible(lens);
    });

    it('compared positions have line styles, tokens have hues, and at most eight lines are drawn', async () => {
      await make({ pins: 'Mary, John', compare: '1, 3' });
      expect(lines(lens).map((line) => line.getAttribute('stroke-dasharray'))).to.deep.equal(['none', '6 3', 'none', '6 3']);
      const hues = lines(lens).map((line) => getComputedStyle(line).stroke);
      expect(hues[0]).to.equal(hues[1]).and.not.to.equal(hues[2]);
      expect(named(lens)).to.have.members([' Mary @1', ' Mary @3', ' John @1', ' John @3'].map((name) => name.trim()));
      await make({ pins: 'Mary, John, the', compare: '1, 2, 3' });
      expect(lines(lens).length).to.equal(8);
      expect(text(lens, '.chart-left')).to.equal('1 more curve is not drawn');
    });

    it('a press on a token of the prompt compares its position; the arrow keys reach it', async () => {
      await make();
      part(lens, `.input[data-column="2"]`).click();
      await settled(lens);
      expect(lens.compare).to.equal('2');
      part(lens, '[role=grid]').focus();
      await sendKeys({ press: 'PageDown' });
      await sendKeys({ press: 'Enter' });
      await settled(lens);
      expect(lens.compare, 'a second press lets go').to.equal(undefined);
      const active = part(lens, '[role=grid]').getAttribute('aria-activedescendant')!;
      expect(active.startsWith(`c${labels.length}-`)).to.equal(true);
      expect(part(lens, `[id="${active}"]`).getAttribute('role')).to.equal('columnheader');
    });

    it('a chip lets a token and a position go', async () => {
      await make({ pins: 'Mary, John', compare: '1' });
      part(lens, '.chip[aria-label*="Mary"]').click();
      part(lens, '.chip[aria-label*="position 1"]').click();
      await settled(lens);
      expect(lens.pins).to.equal('[" John"]');
      expect(lens.compare).to.equal(undefined);
    });

    it('data without trajectories show what they know: a line has gaps, a lone point is a dot', async () => {
      await make({ data: curvesTrace({ trajectories: false }), pins: 'John' });
      const known = labels.filter((_, point) => order(point, last).indexOf(1) < 2).length;
      expect(heights(lens, lines(lens)[0]!).length)
        .to.equal(known)
        .and.to.be.lessThan(labels.length);
    });

    it('a token of every nasty kind stands at the end of its line as text', async () => {
      const texts = ['<b>', ' سلام', '\n\n', '\u202Eevil', '', ' to'];
      await make({ data: curvesTrace({ texts }), pins: JSON.stringify([0, 1, 2, 3, 4]) });
      expect(lens.shadowRoot!.querySelector('.chart b')).to.equal(null);
      expect(named(lens).length).to.equal(5);
      expect(named(lens).some((name) => name.includes('<b>'))).to.equal(true);
    });

    it('pointing at the chart points at a layer, and a click locks it', async () => {
      await make();
      const drawing = part<SVGElement>(lens, '.chart svg');
      const { left, top } = drawing.getBoundingClientRect();
      const ticks = part<SVGElement>(lens, '.chart .tick');
      const [from, to] = ['x1', 'x2'].map((name) => Number(ticks.getAttribute(name))) as [number, number];
      const at = { clientX: left + from + (to - from) / 2, clientY: top + 40, bubbles: true, composed: true };
      drawing.dispatchEvent(new PointerEvent('pointermove', at));
      await settled(lens);
      expect(text(lens, '.caption')).to.contain('1_pre: after "store"');
      expect(text(lens, '.tooltip')).to.match(/^1_pre: "\w+" [\d.]+%/);
      drawing.dispatchEvent(new MouseEvent('click', at));
      await settled(lens);
      expect(text(lens, '.caption')).to.contain('locked');
    });
  });

  describe('what the colours are', () => {
    it('entropy and divergence are nats from zero to the largest', async () => {
      for (const [colour, value, most] of [
        ['entropy', entropy, entropy(4, last)],
        ['kl', kl, kl(0, last)],
      ] as const) {
        await make({ colour });
        expect(text(lens, '.legend')).to.contain(`${most.toFixed(2)} nats`);
        // Cells of equal amounts have equal colours, a larger amount is stronger.
        const [small, large] = [
          [4, 0],
          [0, last],
        ].sort(([a, b], [c, d]) => value(a!, b!) - value(c!, d!)) as [number[], number[]];
        expect(strength(cellAt(lens, 4 - small[0]!, small[1]!))).to.be.lessThan(strength(cellAt(lens, 4 - large[0]!, large[1]!)));
        expect(text(lens, '.chart-title')).to.match(colour === 'kl' ? /^KL to the output by layer/ : /^Entropy by layer/);
      }
    });

    it('agreement colours the cells whose likeliest token is that of the output, all alike', async () => {
      await make({ colour: 'agreement' });
      const colours = new Map<boolean, Set<string>>();
      for (let point = 0; point < labels.length; point++) {
        for (let position = 0; position < words.length; position++) {
          const agrees = order(point, position)[0] === order(4, position)[0];
          const seen = colours.get(agrees) ?? colours.set(agrees, new Set()).get(agrees)!;
          seen.add(background(cellAt(lens, 4 - point, position)));
        }
      }
      expect([...colours.values()].map((seen) => seen.size)).to.deep.equal([1, 1]);
      expect(colours.get(true)).not.to.deep.equal(colours.get(false));
    });

    it('rank is logarithmic, best is strongest, and a cell that the data do not know is hatched', async () => {
      await make({ colour: 'rank', pins: 'John' });
      const first = labels.findIndex((_, point) => order(point, 1)[0] === 1);
      const worse = labels.findIndex((_, point) => order(point, 1).indexOf(1) > 2);
      expect(strength(cellAt(lens, 4 - first, 1))).to.be.greaterThan(strength(cellAt(lens, 4 - worse, 1)));
      expect(text(lens, '.legend')).to.contain('rank 10');
      // The choice beside the ramp is its title.
      expect(part<HTMLSelectElement>(lens, '.encoding select').selectedOptions[0]!.text).to.equal('rank of "John"');
      expect(lens.shadowRoot!.querySelector('.unknown')).to.equal(null);
      await make({ colour: 'rank', pins: JSON.stringify([5]) });
      expect(lens.shadowRoot!.querySelectorAll('.unknown').length).to.be.greaterThan(0);
      expect(text(lens, '.legend')).to.contain('never among the 2 likeliest');
    });

    it('without a token that is followed, target is the token of the output at each position', async () => {
      await make({ colour: 'target' });
      expect(text(lens, 'select')).to.contain('probability of the output’s token');
      const cell = cellAt(lens, 0, 3);
      lens.colour = 'top';
      await settled(lens);
      expect(background(cellAt(lens, 0, 3))).to.equal(background(cell));
    });

    it('a field chooses among them; a word that is none is refused with a warning', async () => {
      await make();
      const select = part<HTMLSelectElement>(lens, '.controls select');
      select.value = 'kl';
      select.dispatchEvent(new Event('change'));
      await settled(lens);
      expect(lens.colour).to.equal('kl');
      const said: unknown[] = [];
      const { warn } = console;
      console.warn = (sentence: unknown) => void said.push(sentence);
      try {
        lens.setAttribute('colour', 'rainbow');
        await settled(lens);
      } finally {
        console.warn = warn;
      }
      expect(lens.colour).to.equal('top');
      expect(String(said[0])).to.contain('<logit-lens colour="rainbow">: allowed are "top", "target"');
    });
  });

  it('marks the layer of saturation of every position, and says it', async () => {
    await make();
    for (let position = 0; position < words.length; position++) {
      let settles = 4;
      while (settles > 0 && order(settles - 1, position)[0] === order(4, position)[0]) settles--;
      const marked = labels.map((_, row) => cellAt(lens, row, position).querySelector('.settled') !== null);
      expect(marked.indexOf(true), `position ${position}`).to.equal(4 - settles);
      expect(marked.filter(Boolean).length).to.equal(1);
    }
    expect(text(lens, '.caption')).to.contain('settled from');
    expect(text(lens, '.controls')).to.contain('settled from here up');
  });

  it('a stride, layers alone and a cap draw fewer rows, the output always', async () => {
    const rows = (): string[] => [...lens.shadowRoot!.querySelectorAll('[role=rowheader]')].map((row) => row.textContent!);
    await make({ stride: 2 });
    expect(rows()).to.deep.equal(['final', '1_pre', '0_pre']);
    expect(text(lens, '.controls')).to.contain('one row in 2');
    await make({ points: 'layers' });
    expect(rows()).to.deep.equal(['final', '1_pre', '0_pre']);
    await make({ 'max-rows': 2 });
    expect(rows()).to.deep.equal(['final', '0_mid']);
    await make({ stride: 2, row: '0_mid', position: 3 });
    expect(rows()).to.deep.equal(['final', '1_pre', '0_mid', '0_pre']);
  });

  it('columns are as wide as the author says; keys and a drag change them, for linked figures too', async () => {
    const two = [await make({ link: 'columns', 'column-width': 120 }), await make({ link: 'columns' })] as const;
    const width = (of: Element): number => Math.round(part(of, '.input').getBoundingClientRect().width);
    expect(width(two[0])).to.equal(120);
    expect(two[0].shadowRoot!.querySelectorAll('.row:first-child .cell').length).to.equal(5);
    part(two[0], '[role=separator]').focus();
    await sendKeys({ press: 'ArrowLeft' });
    await settled(two[1]);
    expect(two.map(width)).to.deep.equal([114, 114]);
    const handle = part(two[0], '.handle:nth-child(2)');
    const { left } = part(two[0], '.board').getBoundingClientRect();
    handle.setPointerCapture = () => {};
    handle.dispatchEvent(new PointerEvent('pointerdown', { pointerId: 1, bubbles: true }));
    handle.dispatchEvent(new PointerEvent('pointermove', { clientX: left + 68 + 160 }));
    await settled(two[1]);
    expect(two.map(width)).to.deep.equal([80, 80]);
    part(two[0], '[role=separator]').focus();
    await sendKeys({ press: 'Escape' });
    await settled(two[0]);
    expect(two[0].columnWidth).to.equal(undefined);
  });

  it('linked lenses share position and layer; a figure that knows layers alone leads to the state before the block', async () => {
    const two = [await make({ link: 'layers' }), await make({ link: 'layers' })] as const;
    cellAt(two[0], 1, 2).click();
    await settled(two[1]);
    expect(text(two[1], '.caption')).to.contain('1_mid: after "and" (position 2)').and.to.contain('locked');
    expect(two[0].selection.state).to.deep.include({ layer: 1, point: '1_mid', query: 2 });
    two[1].selection.lock({ layer: 1, query: 4 });
    await settled(two[0]);
    expect(text(two[0], '.caption')).to.contain('1_pre: after "went" (position 4)');
  });

  it('its state is plain data that another figure takes', async () => {
    await make({ pins: '["Mary", ["John", "the"]]', compare: '2, -1', colour: 'rank', stride: 2, 'column-width': 70 });
    cellAt(lens, 1, 3).click();
    await settled(lens);
    const state = JSON.parse(JSON.stringify(lens.getState())) as Record<string, unknown>;
    expect(state).to.deep.include({ position: 3, row: '1_pre', colour: 'rank', stride: 2, columnWidth: 70, compare: '2, -1' });
    const before = [named(lens), text(lens, '.caption')];
    const other = await make();
    other.setState(state);
    await settled(other);
    expect([named(other), text(other, '.caption')]).to.deep.equal(before);
    const free = await make();
    other.setState(free.getState());
    await settled(other);
    expect(text(other, '.caption')).not.to.contain('locked');
  });

  it('without a chart it is the grid alone', async () => {
    await make({ chart: 'none' });
    expect(lens.shadowRoot!.querySelector('.chart, .following')).to.equal(null);
    expect(lens.shadowRoot!.querySelectorAll('.candidates li').length).to.equal(2);
  });

  it('a saved drawing has the curves and the names at their ends', async () => {
    await make({ pins: 'Mary, John', compare: '1' });
    const drawing = await lens.toSVG();
    expect(drawing).to.match(/<path[^>]*stroke-dasharray/);
    expect(drawing).to.contain('Mary').and.to.contain('Probability by layer');
    // The field stands as what is chosen in it: the title of the legend beside it.
    expect(drawing).to.contain(`>${part<HTMLSelectElement>(lens, '.encoding select').selectedOptions[0]!.text}</text>`);
    expect(drawing).not.to.contain('Follow a token');
    for (const name of lens.shadowRoot!.querySelectorAll('.candidates .name'))
      expect(drawing).to.contain(`>${name.textContent!.trim()}</text>`);
  });

  it('follows at 280 px too: fields instead of the list', async () => {
    await make({}, 280);
    part(lens, '.follow button').click();
    part(lens, '.follow button:nth-of-type(2)').click();
    await settled(lens);
    expect(lens.pins).to.equal(JSON.stringify([vocabulary[order(4, last)[0]!]]));
    expect(lens.compare).to.equal('7');
    expect(named(lens).length).to.equal(1);
  });

  it('live, a token that the data do not know is asked of the model', async () => {
    const asked: unknown[] = [];
    const fake: LiveModel = {
      name: 'fake',
      thread: 'page',
      figure: async (_kind, options) => {
        asked.push(options);
        return curvesTrace() as never;
      },
      dispose: async () => {},
    };
    const { loadModel } = VitrineModelElement;
    VitrineModelElement.loadModel = async () => fake;
    try {
      const model = mount('vitrine-model', { id: 'lens-model', name: 'fake' });
      await make({ model: 'lens-model' });
      part(model, 'button').click();
      await until(() => lens.matches(':state(live)'), 'the live figure');
      await settled(lens);
      const field = part<HTMLInputElement>(lens, 'input[list]');
      field.value = 'Paris';
      field.dispatchEvent(new Event('change'));
      await until(() => asked.length > 1, 'the second run');
      expect(asked.at(-1)).to.deep.include({ target: ' Paris' });
      expect(lens.pins).to.equal('[" Paris"]');
    } finally {
      VitrineModelElement.loadModel = loadModel;
    }
  });
});
