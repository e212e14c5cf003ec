// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/patching-grid.js';
import { VitrineModelElement } from '../../../src/components/define/vitrine-model.js';
import type { LiveModel, PatchingGridElement } from '../../../src/components/index.js';
import type { PatchingTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

const texts = ['When', ' Mary', '<b>', '\n', ' to'];
const values = [0, 0, 1, 0, 0, 0, 0, 0.5, 0, -0.25];

function sweep(changes: Partial<PatchingTrace> = {}): PatchingTrace {
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'patching',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt: 'target prompt',
    tokens: texts.map((token, id) => ({ id, text: token })),
    technique: 'patching',
    site: 'resid_pre',
    axes: ['layer', 'pos'],
    coordinates: { layer: [0, 1], pos: [0, 1, 2, 3, 4] },
    values: encodeArray(values, [2, 5]),
    missing: [],
    metric: 'logit difference',
    meaning: 'logit difference after patching',
    base: -1,
    neutral: 0,
    source: { value: 1, prompt: 'source prompt', tokens: texts.map((token, id) => ({ id, text: id === 2 ? ' John' : token })) },
    answer: ' Mary',
    wrong: ' John',
    ...changes,
  };
}

describe('<patching-grid>', () => {
  let figure: PatchingGridElement;
  const grid = (): HTMLElement => part(figure, '[role=grid]');
  const at = (row: number, column: number): PointerEventInit => {
    const { left, top, width, height } = part(figure, 'canvas.large').getBoundingClientRect();
    return { bubbles: true, composed: true, clientX: left + ((column + 0.5) / 5) * width, clientY: top + ((row + 0.5) / 2) * height };
  };

  beforeEach(async () => {
    figure = mount('patching-grid', { data: sweep() });
    await settled(figure);
  });
  afterEach(cleanUp);

  it('passes axe when idle, focused, locked, narrow, unfinished and empty', async () => {
    await expectAccessible(figure);
    grid().focus();
    await sendKeys({ press: 'Enter' });
    await settled(figure);
    await expectAccessible(figure);
    const narrow = mount('patching-grid', { data: sweep({ missing: [0, 3] }) }, { width: 280 });
    await settled(narrow);
    await expectAccessible(narrow);
    expect(narrow.scrollWidth).to.be.at.most(280);
    expect(text(narrow, '.caption')).to.contain('8 of 10 cells');
    await expectAccessible(mount('patching-grid'));
  });

  it('arrows move from the last layer down, Enter locks and says the cell, Escape lets go', async () => {
    grid().focus();
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'ArrowRight' });
    await sendKeys({ press: 'ArrowRight' });
    await settled(figure);
    expect(part(figure, `#${grid().getAttribute('aria-activedescendant')}`).textContent).to.contain(
      'resid_pre of layer 0 at "<b>" (2): +1.00 (logit difference)',
    );
    await sendKeys({ press: 'Enter' });
    await settled(figure);
    expect(figure.selection.state).to.include({ layer: 0, query: 2, locked: true });
    expect(figure.getState()).to.include({ layer: 0, position: 2 });
    await sendKeys({ press: 'Escape' });
    expect(figure.selection.state.locked).to.equal(false);
  });

  it('hover says a sentence; what was not computed says so', async () => {
    grid().dispatchEvent(new PointerEvent('pointermove', at(0, 4)));
    expect(text(figure, '.tooltip')).to.equal('resid_pre of layer 1 at "to" (4): −0.25 (logit difference)');
    figure.data = sweep({ missing: [9] });
    await settled(figure);
    grid().dispatchEvent(new PointerEvent('pointermove', at(0, 4)));
    expect(text(figure, '.tooltip')).to.equal('resid_pre of layer 1 at "to" (4): not computed');
  });

  it('raises are blue, falls orange, nothing is paper', () => {
    const canvas = part<HTMLCanvasElement>(figure, 'canvas.large');
    const colour = (row: number, column: number): number[] => [
      ...canvas
        .getContext('2d')!
        .getImageData(Math.floor(((column + 0.5) / 5) * canvas.width), Math.floor(((row + 0.4) / 2) * canvas.height), 1, 1).data,
    ];
    const [raised, fallen, nothing] = [colour(1, 2), colour(0, 4), colour(0, 0)];
    expect(raised[2]! - raised[0]!).to.be.above(60);
    expect(fallen[0]! - fallen[2]!).to.be.above(5);
    for (const channel of nothing.slice(0, 3)) expect(channel).to.be.above(250);
  });

  it('marks the token in which the prompts differ', () => {
    const marked = [...figure.shadowRoot!.querySelectorAll('.strip .differs')].map((token) => token.textContent);
    expect(marked).to.deep.equal([' John', '<b>']);
  });

  it('larger sweeps have a field for each further axis', async () => {
    figure.data = sweep({
      axes: ['site', 'layer', 'head'],
      coordinates: { site: ['head_out', 'head_q'], layer: [0], head: [0, 1] },
      values: encodeArray([0.1, 0.2, 0.3, 0.4], [2, 1, 2]),
    });
    await settled(figure);
    const select = part<HTMLSelectElement>(figure, '.controls select');
    select.selectedIndex = 1;
    select.dispatchEvent(new Event('change'));
    await settled(figure);
    grid().focus();
    await settled(figure);
    expect(text(figure, '.caption')).to.contain('head_q of layer 0 head 0: +0.30');
  });

  it('draws plain numbers of another tool', async () => {
    const plain = mount('patching-grid', {
      values: [
        [1, 0],
        [0, -1],
      ],
      tokens: ['a', 'b'],
    });
    await settled(plain);
    expect(text(plain, '.strips')).to.contain('ab');
    expect(plain.toJSON()).to.have.property('kind', 'patching');
  });

  it('a live sweep starts by a press, is painted as it comes, is cancelled, and a state can be moved', async () => {
    const asked: [string, Record<string, unknown>][] = [];
    let finish: ((trace: unknown) => void) | undefined;
    const original = VitrineModelElement.loadModel;
    VitrineModelElement.loadModel = async () =>
      ({
        name: 'fake',
        thread: 'worker',
        figure: async (kind: string, options: Record<string, unknown>, context: { onPart?(part: unknown): void }) => {
          asked.push([kind, options]);
          if (kind === 'patched-output') {
            const top = [{ id: 0, text: ' Mary', probability: 0.9, logit: 1 }];
            return { source: top, target: top, patched: top };
          }
          context.onPart?.({
            trace: sweep({ missing: values.map((_, place) => place), values: encodeArray(new Float32Array(10), [2, 5]) }),
          });
          context.onPart?.({ cells: [[2, 1]] });
          return new Promise((resolve) => (finish = resolve));
        },
        dispose: async () => undefined,
      }) as unknown as LiveModel;
    try {
      const model = mount('vitrine-model', { id: 'sweep-model' });
      figure.model = 'sweep-model';
      await settled(figure);
      part<HTMLButtonElement>(model, 'button').click();
      await until(() => model.status === 'ready', 'the model');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(asked).to.deep.equal([]);
      await settled(figure);
      const button = (label: string) =>
        [...figure.shadowRoot!.querySelectorAll<HTMLButtonElement>('button')].find(({ textContent }) => textContent!.trim() === label)!;
      button('Run the sweep').click();
      await until(() => text(figure, '.caption').includes('1 of 10 cells'), 'the first cell');
      expect(asked[0]![1]).to.include({
        clean: 'source prompt',
        corrupted: 'target prompt',
        answer: ' Mary',
        wrong: ' John',
        site: 'resid_pre',
      });
      button('Cancel').click();
      await settled(figure);
      expect(text(figure, '.caption')).to.contain('1 of 10 cells');
      finish!(sweep());
      await settled(figure);
      grid().dispatchEvent(new PointerEvent('pointerdown', at(1, 2)));
      grid().dispatchEvent(new PointerEvent('pointerup', at(0, 4)));
      await until(() => figure.shadowRoot!.querySelector('.outputs') !== null, 'the output');
      expect(asked.at(-1)![1]).to.deep.include({
        from: { hook: 'resid_pre', layer: 0, position: 2 },
        to: { hook: 'resid_pre', layer: 1, position: 4 },
      });
      await settled(figure);
      await expectAccessible(figure);
      // By keyboard: lock a cell, pick it up, move, Enter.
      grid().focus();
      await sendKeys({ press: 'Enter' });
      await settled(figure);
      button('Move it elsewhere').click();
      await settled(figure);
      await sendKeys({ press: 'ArrowDown' });
      await settled(figure);
      expect(figure.shadowRoot!.querySelector('.cone')).not.to.equal(null);
      const before = asked.length;
      await sendKeys({ press: 'Enter' });
      await until(() => asked.length === before + 1, 'the second output');
    } finally {
      VitrineModelElement.loadModel = original;
    }
  });

  it('SVG holds tokens and caption', async () => {
    const svg = await figure.toSVG();
    for (const word of ['Mary', '&lt;b&gt;', 'Logit difference after patching']) expect(svg).to.contain(word);
  });
});
