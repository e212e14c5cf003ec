// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import * as transformers from '@huggingface/transformers';
import '../../../src/components/define/patching-grid.js';
import { VitrineModelElement } from '../../../src/components/define/vitrine-model.js';
import type { LiveModel, PatchingGridElement } from '../../../src/components/index.js';
import { modelRegistry } from '../../../src/components/shared/model-registry.js';
import { configure, HookedModel, recordFigure, VitrineError } from '../../../src/core/index.js';
import { decodeArray, encodeArray } from '../../../src/core/trace/index.js';
import { openLive } from '../../../src/worker/live.js';
import { output, sweep, values } from './patching-grid-data.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

type Context = { signal?: AbortSignal; onPart?(part: unknown): void };

describe('<patching-grid> live', () => {
  const original = VitrineModelElement.loadModel;
  let figure: PatchingGridElement;
  let asked: { kind: string; options: Record<string, unknown>; context: Context }[];
  let answer: ((value: unknown) => void)[];
  let refuse: ((error: Error) => void)[];

  const button = (label: string): HTMLButtonElement =>
    [...figure.shadowRoot!.querySelectorAll<HTMLButtonElement>('button')].find(({ textContent }) => textContent!.trim().startsWith(label))!;
  const grid = (): HTMLElement => part(figure, '[role=grid]');
  const type = async (selector: string, value: string): Promise<void> => {
    const field = part<HTMLInputElement>(figure, selector);
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await settled(figure);
  };
  const empty = () => sweep({ missing: values.map((_, place) => place), values: encodeArray(new Float32Array(10), [2, 5]) });

  beforeEach(() => {
    asked = [];
    [answer, refuse] = [[], []];
    VitrineModelElement.loadModel = async () =>
      ({
        name: 'fake',
        thread: 'worker',
        figure: (kind: string, options: Record<string, unknown>, context: Context) => {
          asked.push({ kind, options, context });
          return new Promise((resolve, reject) => {
            answer.push(resolve);
            refuse.push(reject);
          });
        },
        dispose: async () => undefined,
      }) as unknown as LiveModel;
  });
  afterEach(async () => {
    for (const resolve of answer) resolve(sweep()); // the page's queue is free again
    cleanUp();
    VitrineModelElement.loadModel = original;
    await until(() => modelRegistry.size === 0, 'the registry to be empty');
  });

  async function open(properties: object = {}): Promise<void> {
    const model = mount('vitrine-model', { id: 'sweep-model' });
    figure = mount('patching-grid', { model: 'sweep-model', data: sweep(), ...properties });
    await settled(figure);
    part<HTMLButtonElement>(model, 'button').click();
    await until(() => model.status === 'ready', 'the model');
    await settled(figure);
  }

  it('runs by a press alone, is painted as cells come, counts them, and keeps them when it is cancelled', async () => {
    await open();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).to.deep.equal([]);
    button('Run').click();
    await until(() => asked.length === 1, 'the question');
    expect(asked[0]!.options).to.deep.equal({
      technique: 'patching',
      clean: 'clean prompt',
      corrupted: 'corrupted prompt',
      answer: ' Mary',
      wrong: ' John',
      site: 'resid_pre',
      direction: 'denoise',
      normalize: true,
    });
    const { onPart, signal } = asked[0]!.context;
    onPart!({ trace: empty() });
    await settled(figure);
    expect(text(figure, '.live-line')).to.equal('0 of 10 cells Cancel');
    onPart!({ cells: [[2, 1], [7, 0.5]] }); // prettier-ignore
    await settled(figure);
    expect(text(figure, '.live-line')).to.equal('2 of 10 cells Cancel');
    const canvas = part<HTMLCanvasElement>(figure, 'canvas');
    const blue = (row: number, column: number): number => {
      const [x, y] = [((column + 0.4) / 5) * canvas.width, ((row + 0.4) / 2) * canvas.height];
      const [r, , b, alpha] = canvas.getContext('2d')!.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
      return alpha === 255 ? b! - r! : NaN;
    };
    expect(blue(1, 2)).to.be.above(60);
    expect(blue(0, 2)).to.be.above(30);
    await expectAccessible(figure);
    button('Cancel').click();
    await settled(figure);
    expect(signal!.aborted).to.equal(true);
    onPart!({ cells: [[0, 1]] });
    await settled(figure);
    expect(text(figure, '.caption')).to.contain('Stopped after 2 of 10 cells.');
    expect(blue(1, 2)).to.be.above(60);
    const saved = figure.toJSON() as { missing: number[]; values: Parameters<typeof decodeArray>[0] };
    expect(saved.missing.length).to.equal(8);
    expect([...decodeArray(saved.values).data]).to.deep.equal([0, 0, 1, 0, 0, 0, 0, 0.5, 0, 0]);
    expect(button('Run')).not.to.equal(undefined);
  });

  it('a locked cell stays locked through a sweep of the same prompts, and its end', async () => {
    await open({ layer: 1, position: 4 });
    grid().focus();
    await sendKeys({ press: 'ArrowLeft' });
    await sendKeys({ press: 'Enter' });
    button('Run').click();
    await until(() => asked.some(({ kind }) => kind === 'patched-output'), 'the output');
    answer[0]!({ metric: 'logit difference', clean: output(' Mary', 0.9, 1), corrupted: output(' John', 0.8, -1), patched: { from: { layer: 1, position: 3 }, to: { layer: 1, position: 3 }, ...output(' Ruth', 0.5, 0) } }); // prettier-ignore
    await until(() => asked.length === 2, 'the sweep');
    asked[1]!.context.onPart!({ trace: empty() });
    answer[1]!(sweep());
    await until(() => text(figure, '.live-line').startsWith('Live'), 'the end');
    await settled(figure);
    expect(figure.selection.state).to.include({ layer: 1, query: 3, locked: true });
    expect(text(figure, '.output.changed')).to.contain('Ruth');
  });

  it('prompts and answers can be retyped; a pair that does not fit says so under the fields, and nothing is lost', async () => {
    await open({ editable: true });
    await expectAccessible(figure);
    expect([...figure.shadowRoot!.querySelectorAll('.prompt > span')].map(({ textContent }) => textContent)).to.deep.equal([
      'Clean',
      'Corrupted',
    ]);
    const fields = figure.shadowRoot!.querySelectorAll<HTMLTextAreaElement>('textarea');
    expect([...fields].map(({ value }) => value)).to.deep.equal(['clean prompt', 'corrupted prompt']);
    await type('.prompt ~ .prompt textarea', 'one word more');
    await type('.answers input', ' Ruth');
    part<HTMLInputElement>(figure, '.answers input').focus();
    await sendKeys({ press: 'Enter' });
    await until(() => asked.length === 1, 'the question');
    expect(asked[0]!.options).to.include({ clean: 'clean prompt', corrupted: 'one word more', answer: ' Ruth' });
    refuse[0]!(new VitrineError('invalid-input', 'Prompt 0 of `clean` has 2 tokens, and of `corrupted` 3. Reword one of them.'));
    await until(() => figure.shadowRoot!.querySelector('.live [role=alert]') !== null, 'the error');
    expect(text(figure, '.live [role=alert]')).to.contain('has 2 tokens');
    expect(part<HTMLTextAreaElement>(figure, '.prompt ~ .prompt textarea').value).to.equal('one word more');
    expect(text(figure, '.caption')).to.contain('Each cell');
    expect(figure.shadowRoot!.querySelectorAll('.top .label').length).to.equal(5);
    await expectAccessible(figure);
  });

  it('without an answer it says what is missing', async () => {
    await open({ data: undefined, clean: 'a b', corrupted: 'a c' });
    await until(() => button('Run') !== undefined, 'the button');
    button('Run').click();
    await until(() => figure.shadowRoot!.querySelector('.live [role=alert]') !== null, 'the error');
    expect(text(figure, '.live [role=alert]')).to.contain('A sweep needs an answer');
    expect(asked).to.deep.equal([]);
  });

  it('a pressed cell whose output was not recorded asks the model; without one loaded, a button does', async () => {
    const press = (row: number, column: number): void => {
      const { left, top, width, height } = grid().getBoundingClientRect();
      const at = { clientX: left + ((column + 0.5) / 5) * width, clientY: top + ((row + 0.5) / 2) * height };
      grid().dispatchEvent(new MouseEvent('click', { bubbles: true, ...at }));
    };
    mount('vitrine-model', { id: 'sweep-model' });
    figure = mount('patching-grid', { model: 'sweep-model', data: sweep() });
    await settled(figure);
    press(1, 1);
    await settled(figure);
    expect(text(figure, '.three')).to.contain('Not recorded.');
    part<HTMLButtonElement>(figure, '.three button').click();
    await until(() => asked.length === 1, 'the question');
    await settled(figure);
    expect(text(figure, '.three')).to.contain('Running');
    expect(asked[0]!.kind).to.equal('patched-output');
    expect(asked[0]!.options).to.deep.equal({
      clean: 'clean prompt',
      corrupted: 'corrupted prompt',
      site: 'resid_pre',
      from: { layer: 0, position: 1 },
      to: { layer: 0, position: 1 },
      answer: ' Mary',
      wrong: ' John',
      direction: 'denoise',
    });
    answer[0]!({ metric: 'logit difference', clean: output(' Mary', 0.9, 1), corrupted: output(' John', 0.8, -1), patched: { from: {}, to: {}, ...output(' Ruth', 0.5, 0) } }); // prettier-ignore
    await until(() => text(figure, '.three').includes('Ruth'), 'the output');
    expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Patched, the likeliest next token is "Ruth", 50%.');
    press(1, 0);
    await until(() => asked.length === 2, 'the second question');
    refuse[1]!(new VitrineError('runtime', 'The device was lost. Reload the page.'));
    await until(() => text(figure, '.outputs').includes('The device was lost'), 'the error');
    press(1, 1);
    await settled(figure);
    expect(text(figure, '.three')).to.contain('Ruth');
    expect(asked.length, 'what is known is not asked again').to.equal(2);
  });
});

describe('<patching-grid> with the embedded model in a worker', () => {
  const original = VitrineModelElement.loadModel;
  const clean = '<|endoftext|>When Mary and John went to the store, John gave a drink to';
  const corrupted = '<|endoftext|>When Mary and John went to the store, Mary gave a drink to';
  afterEach(() => {
    cleanUp();
    VitrineModelElement.loadModel = original;
  });

  it('paints a sweep as it comes, with no task over 50 ms on the page, and draws what the core computes', async function () {
    this.timeout(120_000);
    configure({ storyteller: '/models/storyteller/', transformers });
    const worker = new URL('../../../src/worker/worker.ts', import.meta.url);
    VitrineModelElement.loadModel = (request, options) =>
      openLive({ ...request, name: '/models/storyteller/', device: 'wasm' }, options, worker);
    const model = mount('vitrine-model', { id: 'w', name: 'vitrine/storyteller' });
    const figure = mount('patching-grid', { model: 'w', clean, corrupted, answer: ' Mary', wrong: ' John', site: 'head_out_by_pos' });
    await settled(figure);
    part<HTMLButtonElement>(model, 'button').click();
    await until(() => model.status === 'ready', 'the model', 60_000);
    expect((model as unknown as { engine: LiveModel }).engine.thread).to.equal('worker');
    await settled(figure);
    await new Promise((resolve) => setTimeout(resolve, 300)); // what ran on this page until now is no task of the sweep's
    /** Runs the sweep; what the page showed of it, and its tasks over 50 ms. */
    const run = async (): Promise<{ counts: string[]; frames: number; tasks: number[] }> => {
      const tasks: number[] = [];
      const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
      observer.observe({ entryTypes: ['longtask'] });
      const counts: string[] = [];
      let frames = 0;
      let counting = true;
      const frame = (): void => {
        frames++;
        const count = /\d+ of 480/.exec(figure.shadowRoot!.querySelector('.live-line')?.textContent ?? '')?.[0];
        if (count && counts.at(-1) !== count) counts.push(count);
        if (counting) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      const ended = new Promise((resolve) => figure.addEventListener('vitrine-run', resolve, { once: true }));
      [...figure.shadowRoot!.querySelectorAll<HTMLButtonElement>('.live-line button')][0]!.click();
      await ended;
      await new Promise((resolve) => setTimeout(resolve, 100));
      counting = false;
      observer.disconnect();
      const longest = tasks.length ? `${Math.max(...tasks).toFixed(0)} ms` : 'none over 50 ms';
      console.warn(`480 cells in a worker: ${counts.length} counts seen, ${frames} frames, longest task ${longest}`);
      return { counts, frames, tasks };
    };
    // The first sweep makes the figure itself, in the development build of Lit. Of the others one is enough: what else runs on the machine
    // lengthens tasks, and never shortens them.
    const first = await run();
    expect(first.counts.length, 'moments at which cells were seen to come').to.be.above(3);
    let { tasks } = await run();
    for (let more = 0; more < 4 && tasks.length > 0; more++) ({ tasks } = await run());
    expect(tasks, 'tasks over 50 ms').to.deep.equal([]);

    const here = await HookedModel.fromPretrained('/models/storyteller/', { device: 'wasm' });
    const expected = await recordFigure(here, 'patching', { clean, corrupted, answer: ' Mary', wrong: ' John', site: 'head_out_by_pos' });
    const mine = decodeArray((figure.toJSON() as typeof expected).values).data;
    const theirs = decodeArray(expected.values).data;
    const worst = Math.max(...Array.from(theirs, (value, index) => Math.abs(value - mine[index]!)));
    console.log(`largest difference of a cell between the figure and the core: ${worst.toExponential(1)}, tolerance 1e-4`);
    expect(worst).to.be.below(1e-4);
    await here.dispose();
  });
});
