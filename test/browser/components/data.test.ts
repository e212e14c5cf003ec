// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/all.js';
import { attentionTrace, cleanUp, expectAccessible, lensTrace, mount, part, script, settled, text, until } from './support.js';

const trace = (prompt: string) => ({ ...attentionTrace(), prompt });
const blob = (value: unknown): string => URL.createObjectURL(new Blob([typeof value === 'string' ? value : JSON.stringify(value)]));
const rows = (view: Element): number => view.shadowRoot!.querySelectorAll('details tbody tr').length;
const short = attentionTrace({
  tokens: [
    { id: 0, text: 'a' },
    { id: 1, text: 'b' },
  ],
});

describe('recorded data', () => {
  afterEach(cleanUp);

  it('come from a child script, at once', async () => {
    const view = mount('attention-view', {}, { inner: [script(short)] });
    await settled(view);
    expect(rows(view)).to.equal(2);
    expect(view.matches(':state(ready)')).to.equal(true);
  });

  it('are drawn beside an attribute that should be a number and is none: it is passed over, the author is told once', async () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (sentence: string) => said.push(sentence);
    try {
      const lens = mount('logit-lens', { data: lensTrace() });
      const next = mount('next-token', { topK: 3 });
      for (const view of [lens, next]) {
        for (const name of ['position', 'top-k']) view.setAttribute(name, 'x');
        await settled(view);
      }
      expect([lens.position, lens.topK, next.topK]).to.deep.equal([undefined, 5, 3]);
      expect(lens.matches(':state(ready)')).to.equal(true);
      lens.setAttribute('position', '1.5');
      await settled(lens);
      expect(text(lens, '.caption')).to.contain('(position 1)');
    } finally {
      console.warn = warn;
    }
    expect(said.filter((sentence) => sentence.includes('expected a number'))).to.deep.equal([
      '<logit-lens position="x">: expected a number. The value before it is kept.',
      '<logit-lens top-k="x">: expected a number. The value before it is kept.',
      '<next-token top-k="x">: expected a number. The value before it is kept.',
    ]);
  });

  it('a late script and an edited one are drawn', async () => {
    const view = mount('attention-view');
    await settled(view);
    expect(view.matches(':state(ready)')).to.equal(false);
    const child = script(short);
    view.append(child);
    await until(() => rows(view) === 2, 'the late script');
    child.textContent = JSON.stringify(attentionTrace());
    await until(() => rows(view) === 8, 'the edited script');
  });

  it('come from a file; property before file before script', async () => {
    const view = mount('attention-view', { src: blob(short) }, { inner: [script(attentionTrace())] });
    await until(() => rows(view) === 2, 'the file');
    view.data = attentionTrace();
    await until(() => rows(view) === 8, 'the property');
    view.data = undefined;
    await until(() => rows(view) === 2, 'the file again');
  });

  it('an answer that comes late does not overwrite a later choice', async () => {
    const original = globalThis.fetch;
    const answers: (() => void)[] = [];
    globalThis.fetch = async (...args) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return original(args[0]);
    };
    try {
      const view = mount('attention-view', { src: blob(attentionTrace()) });
      await until(() => answers.length === 1, 'the first fetch');
      view.src = blob(short);
      await until(() => answers.length === 2, 'the second fetch');
      answers[1]!();
      await until(() => rows(view) === 2, 'the second file');
      answers[0]!();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(rows(view)).to.equal(2);
    } finally {
      globalThis.fetch = original;
    }
  });

  describe('errors', () => {
    const cases: [string, () => HTMLElement, RegExp][] = [
      [
        'broken JSON in a script',
        () => mount('attention-view', {}, { inner: [script('{"a":')] }),
        /The JSON in the script of this <attention-view> cannot be read/,
      ],
      [
        'JSON of another kind',
        () => mount('attention-view', {}, { inner: [script(lensTrace())] }),
        /trace\.kind: expected "attention", got "logit-lens"/,
      ],
      [
        'a field that is wrong',
        () => mount('logit-lens', { data: { ...lensTrace(), labels: [] } }),
        /trace\.labels: expected a list of 5, got a list of 0/,
      ],
      ['a file that is not there', () => mount('logit-lens', { src: '/nowhere.json' }), /\/nowhere\.json could not be loaded \(HTTP 404\)/],
      ['a file that is not JSON', () => mount('logit-lens', { src: blob('<p>') }), /is not JSON/],
    ];
    for (const [name, make, message] of cases) {
      it(`${name}: says so in the figure, keeps the author's content, and can be tried again`, async () => {
        const view = make();
        view.append(Object.assign(document.createElement('p'), { textContent: 'fallback' }));
        await until(() => view.matches(':state(error)'), 'the error');
        await settled(view as never);
        expect(text(view, '.error')).to.match(message);
        expect(part(view, '.error button').textContent).to.equal('Try again');
        expect(part(view, '.fallback').hidden).to.equal(false);
        expect(view.querySelector('p')!.checkVisibility()).to.equal(true);
        await expectAccessible(view);
      });
    }

    it('an error is an event with a code, and Try again reads the data again', async () => {
      const view = mount('attention-view');
      const child = script('{');
      const failed = new Promise<Event>((resolve) => view.addEventListener('error', resolve, { once: true }));
      view.append(child);
      expect(await failed).to.include({ code: 'invalid-trace', bubbles: false });
      await settled(view);
      const original = child.textContent;
      expect(original).to.equal('{');
      part(view, '.error button').click();
      await settled(view);
      expect(view.matches(':state(error)')).to.equal(true);
    });
  });

  it("the author's content is shown until the figure is drawn, and never changed", async () => {
    const view = mount('attention-view');
    view.innerHTML = '<p>An image of the pattern.</p>';
    const before = view.innerHTML;
    await settled(view);
    expect(part(view, '.fallback').hidden).to.equal(false);
    view.data = trace('x');
    await settled(view);
    expect(part(view, '.fallback').hidden).to.equal(true);
    expect(view.innerHTML).to.equal(before);
    expect(view.getAttribute('style')).to.equal(null);
  });

  it('twenty times out of the page and back: no observer stays behind, and it still draws', async () => {
    let alive = 0;
    const originals = [ResizeObserver, MutationObserver, IntersectionObserver].map(({ prototype }) => ({
      prototype,
      observe: prototype.observe,
      disconnect: prototype.disconnect,
    }));
    const watching = new WeakSet<object>();
    for (const { prototype, observe, disconnect } of originals) {
      prototype.observe = function (this: object, ...rest: unknown[]) {
        if (!watching.has(this)) alive++;
        watching.add(this);
        return (observe as (...all: unknown[]) => void).apply(this, rest);
      } as never;
      prototype.disconnect = function (this: object) {
        if (watching.delete(this)) alive--;
        return (disconnect as () => void).apply(this);
      } as never;
    }
    try {
      const view = mount('attention-view', { src: blob(short) });
      const box = view.parentElement!;
      for (let cycle = 0; cycle < 20; cycle++) {
        view.remove();
        box.append(view);
        if (cycle % 5 === 0) await settled(view);
      }
      await until(() => rows(view) === 2, 'the figure');
      view.remove();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(alive).to.equal(0);
    } finally {
      for (const { prototype, observe, disconnect } of originals) Object.assign(prototype, { observe, disconnect });
    }
  });
});
