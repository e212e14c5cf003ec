// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/steering-lab.js';
import { VitrineModelElement } from '../../../src/components/define/vitrine-model.js';
import type { SteeringLabElement } from '../../../src/components/index.js';
import type { SteeringTrace } from '../../../src/core/index.js';
import { base, happy, steeringTrace } from './steering-lab-data.js';
import { begun, ended, FakeWriter, slide, wordsOf } from './steering-lab-support.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

describe('<steering-lab> with a model', () => {
  const { loadModel } = VitrineModelElement;
  /** Models of one name are shared, also from test to test. */
  let models = 0;
  let fake: FakeWriter;
  let lab: SteeringLabElement;
  const finished = async (): Promise<void> => {
    const ran = new Promise((resolve) => lab.addEventListener('vitrine-run', resolve, { once: true }));
    fake.finish!(ended(fake.last));
    await ran;
    await settled(lab);
  };

  beforeEach(async () => {
    fake = new FakeWriter();
    VitrineModelElement.loadModel = async () => fake;
    const model = mount('vitrine-model', { id: 'steering-model', name: `fake/${++models}` });
    lab = mount('steering-lab', { data: steeringTrace(), model: 'steering-model', editable: true, open: true });
    await settled(lab);
    lab.scrollIntoView();
    part(model, 'button').click();
    await until(() => fake.asked.length === 1, 'the first run');
  });
  afterEach(() => {
    cleanUp();
    VitrineModelElement.loadModel = loadModel;
  });

  it('asks for what the recording was made with', () => {
    const { positive, negative } = steeringTrace().vector;
    expect(fake.last).to.deep.equal({
      prompt: 'Rose was very',
      vector: { positive, negative, method: 'mean-difference' },
      layers: [2],
      strengths: [4],
      keepNorm: false,
      maxNewTokens: 4,
      temperature: 0,
      seed: 0,
      prependBos: true,
    });
  });

  it('shows every token as it comes, both sides in turn, without moving anything and without a word to screen readers', async () => {
    const grid = part(lab, '[role=grid]');
    const heights = new Set<number>();
    const note = async (): Promise<void> => {
      await settled(lab);
      heights.add(Math.round(lab.getBoundingClientRect().height));
    };
    fake.tell!({ trace: begun(fake.last) });
    await note();
    expect([wordsOf(lab, 'base'), grid.getAttribute('aria-busy')]).to.deep.equal([[], 'true']);
    const status = document.querySelector('[data-vitrine-status]')?.textContent;
    for (const index of [0, 1, 2]) {
      fake.tell!({ side: 'base', token: base[index]! });
      fake.tell!({ side: 'steered', strength: 4, token: happy[index]! });
      await note();
      expect([wordsOf(lab, 'base').length, wordsOf(lab, 'steered').length]).to.deep.equal([index + 1, index + 1]);
    }
    await expectAccessible(lab);
    expect(document.querySelector('[data-vitrine-status]')?.textContent).to.equal(status);
    await finished();
    await note();
    expect(wordsOf(lab, 'steered')).to.deep.equal(['happy', ',', 'for', 'joy']);
    expect(grid.getAttribute('aria-busy')).to.equal('false');
    expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('the run has finished');
    expect([...heights]).to.have.length(1);
  });

  it('keeps the text so far when it is cancelled, and writes again on a press', async () => {
    fake.tell!({ trace: begun(fake.last) });
    fake.tell!({ side: 'steered', strength: 4, token: happy[0]! });
    await settled(lab);
    part(lab, '.caption button').click();
    await settled(lab);
    expect(wordsOf(lab, 'steered')).to.deep.equal(['happy']);
    expect((lab.toJSON() as SteeringTrace).steered[0]!.tokens).to.have.length(1);
    expect(text(lab, '.caption button')).to.equal('Write again');
    part(lab, '.caption button').click();
    await until(() => fake.asked.length === 2, 'another run');
  });

  it('writes for any strength, and keeps the texts of earlier runs', async () => {
    await finished();
    slide(lab, 6.5);
    await until(() => fake.asked.length === 2, 'a run for the new strength');
    expect(fake.last.strengths).to.deep.equal([6.5]);
    await finished();
    expect((lab.toJSON() as SteeringTrace).steered.map(({ strength }) => strength)).to.deep.equal([4, 6.5]);
    slide(lab, 4);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(fake.asked.length).to.equal(2);
    expect(wordsOf(lab, 'steered')).to.deep.equal(['happy', ',', 'for', 'joy']);
  });

  it('steers at the layers that the reader checks', async () => {
    await finished();
    part<HTMLInputElement>(lab, '.layers tbody tr:first-child input').click();
    await until(() => fake.asked.length === 2, 'another run');
    expect(fake.last.layers).to.deep.equal([0, 2]);
  });

  it('finds a vector from what the reader types, and says under the fields what keeps it from being pairs', async () => {
    await finished();
    const [positive, negative] = lab.shadowRoot!.querySelectorAll<HTMLTextAreaElement>('.pair-field textarea');
    const type = (field: HTMLTextAreaElement, value: string): void => {
      field.value = value;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    };
    const problem = (): string => text(lab, '.problem');
    type(positive!, 'I am old\nYou are old\n');
    type(negative!, 'I am young');
    await until(() => problem() !== '', 'a sentence');
    expect(problem()).to.equal('Prompts are paired line by line, and there are 2 on the one side and 1 on the other. Add or remove lines.');
    await expectAccessible(lab);
    type(negative!, 'I am young\nYou are old');
    await until(() => problem().startsWith('Both prompts of line 2 are the same'), 'another sentence');
    type(negative!, '');
    await until(() => problem() === 'Write at least one pair of prompts, one prompt a line on each side.', 'a third');
    expect(positive!.value).to.equal('I am old\nYou are old\n');
    expect(fake.asked.length).to.equal(1);
    type(negative!, 'I am young\nYou are young');
    await until(() => fake.asked.length === 2, 'a run');
    const typed = { positive: ['I am old', 'You are old'], negative: ['I am young', 'You are young'] };
    expect(fake.last.vector).to.deep.include(typed);
    expect(problem()).to.equal('');
    await finished();
    expect(positive!.value).to.equal('I am old\nYou are old\n');
    const method = part<HTMLSelectElement>(lab, '.pair-line select');
    method.value = 'logistic';
    method.dispatchEvent(new Event('change'));
    await until(() => fake.asked.length === 3, 'a run with another method');
    expect(fake.last.vector).to.deep.equal({ ...typed, method: 'logistic' });
  });

  it('takes a vector from a file, and says what is wrong with another file', async () => {
    await finished();
    const input = part<HTMLInputElement>(lab, 'input[type=file]');
    const give = (content: string, name: string): void => {
      const files = new DataTransfer();
      files.items.add(new File([content], name));
      input.files = files.files;
      input.dispatchEvent(new Event('change'));
    };
    give('{"format":"other"}', 'notes.json');
    await until(() => lab.shadowRoot!.querySelector('.files .error') !== null, 'an error', 20_000);
    expect(text(lab, '.files .error')).to.match(/^notes\.json is no steering vector that can be read: format/);
    const data = btoa(String.fromCharCode(...new Uint8Array(Float32Array.of(1, 0, 0, 0).buffer)));
    const directions = { 1: { dims: [4], axes: ['d_model'], data } };
    give(JSON.stringify({ format: 'vitrine-steering-vector', version: 1, place: 'resid_post', directions }), 'mine.json');
    await until(() => fake.asked.length === 2, 'a run');
    expect([fake.last.layers, (fake.last.vector as { layers: number[] }).layers, fake.last.vector.positive]).to.deep.equal([[1], [1], []]);
    expect(lab.shadowRoot!.querySelector('.files .error')).to.equal(null);
  });

  it('runs without a recording, from the attributes of the author', async () => {
    await finished();
    const given = { positive: 'so happy\nso glad', negative: ['so sad', 'so sorry'], layers: [1], strength: 2 };
    const bare = mount('steering-lab', { model: 'steering-model', prompt: 'The day was', ...given });
    bare.scrollIntoView();
    await until(() => fake.last.prompt === 'The day was', 'its run');
    expect(fake.last).to.deep.include({ layers: [1], strengths: [2], maxNewTokens: 32, prependBos: false });
    expect(fake.last.vector).to.deep.equal({ positive: ['so happy', 'so glad'], negative: given.negative, method: 'mean-difference' });
    fake.finish!(ended(fake.last));
    await until(() => bare.matches(':state(live)'), 'its texts');
    await settled(bare);
    expect(wordsOf(bare, 'steered')).to.deep.equal(['happy', ',', 'for', 'joy']);
  });
});
