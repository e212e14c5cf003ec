// SPDX-License-Identifier: MIT
import { sendKeys, setViewport } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/all.js';
import { VitrineModelElement, type LiveModel, type LoadModel } from '../../../src/components/index.js';
import { modelRegistry } from '../../../src/components/shared/model-registry.js';
import { runQueue } from '../../../src/components/shared/run-queue.js';
import { VitrineError } from '../../../src/core/index.js';
import { attentionTrace, cleanUp, expectAccessible, lensTrace, mount, part, settled, text, until } from './support.js';

interface LayoutShift extends PerformanceEntry {
  value: number;
}

/** A model that answers with one token per word, and tells what was asked of it. */
class FakeModel implements LiveModel {
  readonly name = 'fake';
  readonly thread = 'worker';
  readonly asked: string[] = [];
  disposed = false;
  running = 0;
  most = 0;
  delayMs = 0;
  failure: Error | undefined;

  async #answer<T>(prompt: string, make: (tokens: { id: number; text: string }[]) => T): Promise<T> {
    this.asked.push(prompt);
    this.most = Math.max(this.most, ++this.running);
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    this.running--;
    if (this.failure) throw this.failure;
    return make((prompt.match(/ ?\S+/g) ?? []).map((word, id) => ({ id, text: word })));
  }

  figure: LiveModel['figure'] = (kind, options) =>
    this.#answer((options as { prompt: string }).prompt, (tokens) => {
      const trace = kind === 'attention' ? attentionTrace({ tokens }) : lensTrace({ tokens });
      return { ...trace, provenance: { ...trace.provenance, model: this.name } } as never;
    });

  async dispose(): Promise<void> {
    this.disposed = true;
  }
}

describe('<vitrine-model>', () => {
  const original = VitrineModelElement.loadModel;
  let fake: FakeModel;
  let loads: Parameters<LoadModel>[];
  let arrive: (model: LiveModel) => void;
  let fail: (error: Error) => void;

  beforeEach(() => {
    fake = new FakeModel();
    loads = [];
    VitrineModelElement.loadModel = (...call) => {
      loads.push(call);
      return new Promise((resolve, reject) => {
        arrive = resolve;
        fail = reject;
        call[1].signal.addEventListener('abort', () => reject(new VitrineError('aborted', 'The work was cancelled.')));
      });
    };
  });
  afterEach(async () => {
    cleanUp();
    VitrineModelElement.loadModel = original;
    await until(() => modelRegistry.size === 0, 'the registry to be empty');
  });

  const model = (properties: object = {}) => mount('vitrine-model', { id: 'm', name: 'vitrine/storyteller', ...properties });
  const press = (element: Element, selector = 'button'): void => part<HTMLButtonElement>(element, selector).click();
  const words = (view: Element): number => view.shadowRoot!.querySelectorAll('details tbody tr').length;

  it('passes axe while idle, loading, ready and failed', async () => {
    const element = model();
    await settled(element);
    await expectAccessible(element);
    press(element);
    loads[0]![1].onProgress({ phase: 'download', loaded: 1e6, total: 5e6, item: 'model.onnx' });
    await settled(element);
    await expectAccessible(element);
    fail(new VitrineError('network', 'The files could not be loaded. Check the connection.'));
    await until(() => element.status === 'error', 'the error');
    await settled(element);
    await expectAccessible(element);
    press(element);
    arrive(fake);
    await until(() => element.status === 'ready', 'the model');
    await settled(element);
    await expectAccessible(element);
  });

  it('loads nothing before the press, says the size, then counts megabytes of all files', async () => {
    const element = model();
    await settled(element);
    expect(loads.length).to.equal(0);
    expect(text(element, 'button')).to.equal('Run live (5.7 MB, on your device)');
    press(element);
    const { onProgress } = loads[0]![1];
    onProgress({ phase: 'download', loaded: 50_000, total: 50_000, item: 'tokenizer.json' });
    onProgress({ phase: 'download', loaded: 2_000_000, total: 5_620_000, item: 'model.onnx' });
    await settled(element);
    expect(text(element, '.status')).to.contain('Downloading: 2.0 MB of 5.7 MB');
    expect(part<HTMLProgressElement>(element, 'progress').value).to.equal(2_050_000);
    onProgress({ phase: 'compile', loaded: 0, total: 4 });
    await settled(element);
    expect(text(element, '.status')).to.contain('Preparing the model');
    expect(part(element, 'progress').hasAttribute('value')).to.equal(false);
    arrive(fake);
    await until(() => element.status === 'ready', 'the model');
    await settled(element);
    expect(text(element, '.status')).to.equal('fake runs on your device.');
    expect(element.matches(':state(ready)')).to.equal(true);
  });

  it('an engine may say its progress at once', async () => {
    VitrineModelElement.loadModel = (_request, { onProgress }) => {
      onProgress({ phase: 'download', loaded: 2_000_000, total: 5_600_000, item: 'model.onnx' });
      return new Promise(() => undefined);
    };
    const element = model();
    await settled(element);
    press(element);
    await settled(element);
    expect(text(element, '.status')).to.contain('Downloading: 2.0 MB of');
  });

  it('an own progress bar stands in place of the built-in one, and Cancel stays', async () => {
    const element = model();
    const bar = Object.assign(document.createElement('span'), { slot: 'progress', textContent: '…' });
    element.append(bar);
    await settled(element);
    expect(bar.getClientRects().length, 'before the press').to.equal(0);
    press(element);
    await settled(element);
    expect(bar.getClientRects().length).to.equal(1);
    expect(part(element, 'progress').getClientRects().length).to.equal(0);
    expect(text(element, 'button')).to.equal('Cancel');
    await expectAccessible(element);
  });

  it('cancel aborts, and a new press loads again', async () => {
    const element = model();
    await settled(element);
    press(element);
    await settled(element);
    expect(text(element, 'button')).to.equal('Cancel');
    press(element);
    expect(loads[0]![1].signal.aborted).to.equal(true);
    await settled(element);
    expect(element.status).to.equal('idle');
    press(element);
    expect(loads.length).to.equal(2);
  });

  it('a failure is said with its reason, is an event, and can be tried again', async () => {
    const element = model();
    await settled(element);
    const failed = new Promise<Event>((resolve) => element.addEventListener('error', resolve));
    press(element);
    fail(new VitrineError('network', 'The files could not be loaded. Check the connection.'));
    expect(await failed).to.include({ code: 'network' });
    await settled(element);
    expect(text(element, '.error')).to.equal('The files could not be loaded. Check the connection.');
    press(element);
    arrive(fake);
    await until(() => element.status === 'ready', 'the model');
  });

  for (const width of [280, 343, 704, 1100]) {
    it(`keeps its height to the pixel, and moves nothing that follows, from the button to an error and to a model (${width} px)`, async () => {
      const element = model();
      element.parentElement!.style.inlineSize = `${width}px`;
      const after = document.createElement('p');
      element.parentElement!.append(after);
      await settled(element);
      const shifts: number[] = [];
      const watch = new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => (entry as LayoutShift).value)));
      watch.observe({ type: 'layout-shift' });
      const { height } = element.getBoundingClientRect();
      const top = after.getBoundingClientRect().top;
      const expectSame = async (what: string): Promise<void> => {
        await settled(element);
        expect(element.getBoundingClientRect().height, what).to.equal(height);
        expect(after.getBoundingClientRect().top, what).to.equal(top);
        const { left, right } = element.getBoundingClientRect();
        for (const node of element.shadowRoot!.querySelectorAll('.status > :not(slot), progress, button')) {
          const box = node.getBoundingClientRect();
          expect(box.left >= left && box.right <= right + 0.5, `${what}: ${node.localName} within its place`).to.equal(true);
        }
        // A button is in view whatever the length of the message beside it.
        const button = element.shadowRoot!.querySelector('button');
        if (button) expect(button.getBoundingClientRect().bottom, what).to.be.at.most(top);
      };
      for (const failure of ['Check the connection.', 'Give the URL of a folder that holds the files of the model. '.repeat(5)]) {
        press(element);
        await expectSame('asking');
        const { onProgress } = loads.at(-1)![1];
        onProgress({ phase: 'download', loaded: 2e6, item: 'model.onnx' });
        await expectSame('loading');
        onProgress({ phase: 'download', loaded: 2e6, total: 5_620_000, item: 'model.onnx' });
        await expectSame('loading, size known');
        onProgress({ phase: 'compile', loaded: 0, total: 4 });
        await expectSame('preparing');
        fail(new VitrineError('network', failure));
        await until(() => element.status === 'error', 'the error');
        await expectSame('failed');
      }
      await expectAccessible(element);
      press(element);
      arrive(fake);
      await until(() => element.status === 'ready', 'the model');
      await expectSame('ready');
      element.cancel();
      await expectSame('idle again');
      watch.disconnect();
      expect(shifts).to.deep.equal([]);
    });
  }

  it('reveal="auto" loads with the page', async () => {
    const element = model({ reveal: 'auto' });
    await settled(element);
    expect(loads.length).to.equal(1);
  });

  it('two elements of the same model load once; the last one to go frees it', async () => {
    const [one, two] = [model(), model({ id: 'n' })];
    await settled(two);
    press(one);
    press(two);
    expect(loads.length).to.equal(1);
    arrive(fake);
    await until(() => one.status === 'ready' && two.status === 'ready', 'both');
    expect(one.engine).to.equal(two.engine);
    one.remove();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(fake.disposed).to.equal(false);
    two.remove();
    await until(() => fake.disposed, 'the model to be freed');
  });

  it('moved within the page, it keeps its model through twenty moves', async () => {
    const element = model();
    await settled(element);
    press(element);
    arrive(fake);
    await until(() => element.status === 'ready', 'the model');
    const box = element.parentElement!;
    for (let move = 0; move < 20; move++) {
      element.remove();
      box.append(element);
      await until(() => element.status === 'ready', 'the model after a move');
    }
    expect(loads.length).to.equal(1);
    expect(fake.disposed).to.equal(false);
  });

  describe('and figures', () => {
    it('shows recorded data first, loads by a press in the figure, then runs the recorded prompt', async () => {
      const element = model();
      const view = mount('attention-view', { data: attentionTrace(), model: 'm' });
      await settled(view);
      expect(text(view, '.live-line')).to.equal('Recorded, test Run live (5.7 MB, on your device)');
      await expectAccessible(view);
      press(view, '.live-line button');
      expect(element.status).to.equal('loading');
      arrive(fake);
      await until(() => view.matches(':state(live)'), 'the live run');
      await settled(view);
      expect(text(view, '.live-line')).to.equal('Live, fake');
      expect(fake.asked).to.deep.equal(['When Mary and John went to the store']);
      await expectAccessible(view);
    });

    it('finds a model that comes later, by id and by standing in it', async () => {
      const outside = mount('logit-lens', { prompt: 'one two three', model: 'm' });
      await settled(outside);
      expect(text(outside, '.live-line')).to.contain('No <vitrine-model id="m"> is on this page');
      const inside = document.createElement('attention-view');
      inside.prompt = 'one two';
      const element = mount('vitrine-model', { id: 'm', reveal: 'auto' }, { inner: [inside] });
      await settled(element);
      arrive(fake);
      await until(() => words(inside) === 2, 'the figure inside');
      await until(() => outside.matches(':state(live)'), 'the figure outside');
    });

    it('the reader retypes: runs after a pause, the last text wins, one figure at a time', async () => {
      await setViewport({ width: 1000, height: 2400 });
      const element = model();
      const views = [1, 2].map(() => mount('attention-view', { prompt: 'one', model: 'm', editable: true }));
      await settled(views[0]!);
      press(element);
      arrive(fake);
      await until(() => views.every((view) => view.matches(':state(live)')), 'both figures');
      fake.delayMs = 60;
      const field = part<HTMLTextAreaElement>(views[0]!, 'textarea');
      for (const typed of ['one two', 'one two three', 'one two three four']) {
        field.value = typed;
        field.dispatchEvent(new InputEvent('input'));
      }
      field.focus();
      await until(() => words(views[0]!) === 4, 'the retyped prompt');
      expect(fake.asked.filter((prompt) => prompt.startsWith('one '))).to.deep.equal(['one two three four']);
      field.value = 'a b';
      field.dispatchEvent(new InputEvent('input'));
      await sendKeys({ press: 'Enter' });
      field.value = 'a b c d e';
      field.dispatchEvent(new InputEvent('input'));
      await sendKeys({ press: 'Enter' });
      await until(() => words(views[0]!) === 5, 'the last text');
      await until(() => runQueue.size === 0, 'the queue to be empty');
      expect(words(views[0]!)).to.equal(5);
      expect(fake.most).to.equal(1);
    });

    it('an error keeps the figure and the text of the reader, and can be tried again', async () => {
      const element = model();
      const view = mount('attention-view', { data: attentionTrace(), model: 'm', editable: true });
      await settled(view);
      press(element);
      arrive(fake);
      await until(() => view.matches(':state(live)'), 'the first run');
      fake.failure = new VitrineError('input-too-long', 'The prompt has 300 tokens and the model takes 256. Shorten it.');
      const field = part<HTMLTextAreaElement>(view, 'textarea');
      field.value = 'a long text';
      field.dispatchEvent(new InputEvent('input'));
      await until(() => view.shadowRoot!.querySelector('.live .error') !== null, 'the error');
      expect(text(view, '.live .error')).to.contain('Shorten it.');
      expect(part<HTMLTextAreaElement>(view, 'textarea').value).to.equal('a long text');
      expect(words(view)).to.equal(8);
      await expectAccessible(view);
      fake.failure = undefined;
      press(view, '.live .error button');
      await until(() => words(view) === 3, 'the run after Try again');
    });

    it('typing before the model is there is not lost; Enter loads it and runs that text', async () => {
      model();
      const view = mount('attention-view', { data: attentionTrace(), model: 'm', editable: true });
      await settled(view);
      const field = part<HTMLTextAreaElement>(view, 'textarea');
      expect(field.value).to.equal('When Mary and John went to the store');
      field.focus();
      field.value = 'my own words here now';
      field.dispatchEvent(new InputEvent('input'));
      await sendKeys({ press: 'Enter' });
      expect(loads.length).to.equal(1);
      arrive(fake);
      await until(() => words(view) === 5, 'the text of the reader');
      expect(fake.asked).to.deep.equal(['my own words here now']);
    });

    it('a figure out of view does not run until it comes into view', async () => {
      const element = model({ reveal: 'auto' });
      const view = mount('attention-view', { data: attentionTrace(), model: 'm' });
      view.parentElement!.style.marginBlockStart = '5000px';
      await settled(view);
      arrive(fake);
      await until(() => element.status === 'ready', 'the model');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(fake.asked).to.deep.equal([]);
      view.scrollIntoView();
      await until(() => view.matches(':state(live)'), 'the run');
      scrollTo(0, 0);
    });
  });
});
