// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/next-token.js';
import { VitrineModelElement } from '../../../src/components/define/vitrine-model.js';
import type { LiveModel, NextTokenElement } from '../../../src/components/index.js';
import type { NextTokenTrace } from '../../../src/core/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

const vocabulary = [' cat', ' dog', '\n', '<b>', ' the'];
/** Probabilities 0.5, 0.25, 0.15, 0.07, and 0.03 for all other tokens. */
const shares = [0.5, 0.25, 0.15, 0.07];

function nextTrace(chosen: number[] = [0], prompt = ' the'): NextTokenTrace {
  const steps = chosen.length + 1;
  return {
    format: 'vitrine-trace',
    version: 1,
    kind: 'next-token',
    provenance: { model: 'test', vitrine: '0.0.0' },
    prompt,
    tokens: [{ id: 4, text: prompt }],
    chosen,
    ids: encodeArray(Array.from({ length: steps }, () => [0, 1, 2, 3]).flat(), [steps, 4], { dtype: 'int32' }),
    logits: encodeArray(Array.from({ length: steps }, () => shares.map(Math.log)).flat(), [steps, 4]),
    temperatures: [0.5, 1],
    rest: encodeArray(Array.from({ length: steps }, () => [Math.log(0.03 ** 2), Math.log(0.03)]).flat(), [steps, 2]),
    vocabulary: Object.fromEntries(vocabulary.map((word, id) => [id, word])),
    beams: {
      width: 1,
      nodes: [
        { parent: -1, id: 0, logProbability: -0.7, kept: true },
        { parent: -1, id: 1, logProbability: -1.4, kept: false },
      ],
    },
  };
}

describe('<next-token>', () => {
  let figure: NextTokenElement;
  const percents = (): string[] => [...figure.shadowRoot!.querySelectorAll('.bar-row .percent')].map((cell) => cell.textContent!.trim());
  const button = (label: string): HTMLButtonElement =>
    [...figure.shadowRoot!.querySelectorAll<HTMLButtonElement>('.steps button')].find(({ textContent }) => textContent!.includes(label))!;

  beforeEach(async () => {
    figure = mount('next-token', { data: nextTrace() });
    await settled(figure);
  });
  afterEach(cleanUp);

  it('passes axe when idle, focused, locked, narrow, with beams and empty', async () => {
    await expectAccessible(figure);
    part(figure, '[role=grid]').focus();
    await sendKeys({ press: 'Enter' });
    await settled(figure);
    await expectAccessible(figure);
    const narrow = mount('next-token', { data: nextTrace() }, { width: 280 });
    await settled(narrow);
    await expectAccessible(narrow);
    expect(narrow.scrollWidth).to.be.at.most(280);
    narrow.view = 'beams';
    await settled(narrow);
    await expectAccessible(narrow);
    await expectAccessible(mount('next-token'));
  });

  it('shows the probabilities of the model, also of what is not listed', () => {
    expect(percents()).to.deep.equal(['50%', '25%', '15%', '7.0%']);
  });

  it('top-k, top-p and min-p say what they cut, and the rest is shared out', async () => {
    figure.topK = 2;
    await settled(figure);
    expect(percents()).to.deep.equal(['67%', '33%', 'top-k', 'top-k']);
    figure.topK = 0;
    figure.topP = 0.7;
    await settled(figure);
    expect(percents()).to.deep.equal(['67%', '33%', 'top-p', 'top-p']);
    figure.topP = 1;
    figure.minP = 0.4;
    await settled(figure);
    expect(percents()).to.deep.equal(['67%', '33%', 'min-p', 'min-p']);
    expect(text(figure, '.caption')).to.contain('2 tokens can be drawn; they hold 75% of the model’s probability');
  });

  it('a slider changes the picture with no model, and temperature 0 is greedy', async () => {
    const slider = part<HTMLInputElement>(figure, 'input[type=range]');
    slider.value = '0';
    slider.dispatchEvent(new Event('input'));
    await settled(figure);
    expect(figure.temperature).to.equal(0);
    expect(percents()).to.deep.equal(['100%', 'greedy choice', 'greedy choice', 'greedy choice']);
  });

  it('arrows move, Enter chooses, and the sentence says it', async () => {
    part(figure, '[role=grid]').focus();
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'Enter' });
    await settled(figure);
    expect(text(figure, '.caption')).to.contain('"dog" comes next with 25% (locked)');
    expect(button('Add').textContent).to.contain('"dog"');
    await sendKeys({ press: 'Escape' });
    await settled(figure);
    expect(text(figure, '.caption')).to.contain('"cat" comes next with 50%.');
  });

  it('goes along the recording and back, and beyond it says that a model is needed', async () => {
    button('Add').click();
    await settled(figure);
    expect(figure.step).to.equal(1);
    button('Back').click();
    await settled(figure);
    expect(figure.step).to.equal(0);
    figure.step = 1;
    await settled(figure);
    button('Add').click();
    await settled(figure);
    expect(text(figure, '[role=status]')).to.contain('a model is needed');
  });

  it('shows nasty tokens as text', () => {
    const names = [...figure.shadowRoot!.querySelectorAll('.bar-row .name')].map((name) => name.textContent);
    expect(names).to.deep.equal([' cat', ' dog', '\n', '<b>']);
    expect(figure.shadowRoot!.querySelector('.name b')).to.equal(null);
  });

  it('asks the live model with the tokens so far', async () => {
    const asked: unknown[] = [];
    const original = VitrineModelElement.loadModel;
    VitrineModelElement.loadModel = async () =>
      ({
        name: 'fake',
        thread: 'page',
        figure: async (_kind: string, options: { appended: number[]; prompt: string }) => {
          asked.push(options);
          return nextTrace([...options.appended], options.prompt);
        },
        dispose: async () => undefined,
      }) as unknown as LiveModel;
    const model = mount('vitrine-model', { id: 'next-model' });
    figure.model = 'next-model';
    await settled(figure);
    part<HTMLButtonElement>(model, 'button').click();
    await until(() => figure.matches(':state(live)'), 'the first run');
    await settled(figure);
    part(figure, '[role=grid]').focus();
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'Enter' });
    await settled(figure);
    button('Add').click();
    await until(() => figure.step === 1, 'the step');
    expect(asked.at(-1)).to.deep.include({ prompt: ' the', appended: [1] });
    VitrineModelElement.loadModel = original;
  });

  it('the state comes back as it was', async () => {
    figure.topP = 0.7;
    figure.step = 1;
    await settled(figure);
    const again = mount('next-token', { data: nextTrace() });
    again.setState(figure.getState());
    await settled(again);
    expect(again.topP).to.equal(0.7);
    expect(again.step).to.equal(1);
  });
});
