// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import { html, type TemplateResult } from 'lit';
import { setStrings } from '../../../src/components/index.js';
import { FigureElement } from '../../../src/components/shared/figure-element.js';
import { Lazy } from '../../../src/components/shared/lazy.js';
import type { PictureModule } from '../../../src/components/shared/picture.js';
import { sentences } from '../../../src/components/shared/sentences.js';
import { cleanUp, expectAccessible, part, script, settled, text, until } from './support.js';

type Data = { prompt: string };
type Module = PictureModule<Data, TestFigure>;

/** What the next loading of the module gives. */
let load: () => Promise<Module>;
let loadings = 0;
let pictures: Lazy<Module>;

class TestFigure extends FigureElement<Data> {
  protected override readonly pictures = pictures;
  protected override renderWaiting(): TemplateResult {
    return html`<div class="place" .style=${'block-size: 50px'}></div>`;
  }
}
customElements.define('test-figure', TestFigure);

/** The module of a picture with a table of sentences of its own, as every picture has. */
function made(name = 'said'): Module {
  const strings = sentences<Record<string, (prompt: string) => string>>({ [name]: (prompt) => `Said: ${prompt}` });
  return {
    styles: [],
    create: () => ({
      read: (value) => value as Data,
      promptOf: ({ prompt }) => prompt,
      sourceOf: () => 'test',
      liveRequest: () => undefined,
      render: ({ prompt }) => html`<p class="drawn">${strings[name]!(prompt)}</p>`,
    }),
  };
}

function figure(...inner: Node[]): TestFigure {
  const element = new TestFigure();
  element.append(...inner);
  document.body.append(element);
  return element;
}

describe('what draws a figure', () => {
  beforeEach(() => {
    loadings = 0;
    load = () => Promise.resolve(made());
    pictures = new Lazy(() => {
      loadings++;
      return load();
    });
  });
  afterEach(() => {
    for (const element of document.querySelectorAll('test-figure')) element.remove();
    cleanUp();
  });

  it('is loaded once for all figures of a kind, and each waits for it in its place', async () => {
    let arrive!: (module: Module) => void;
    load = () => new Promise((resolve) => (arrive = resolve));
    const both = [figure(script({ prompt: 'one' })), figure(script({ prompt: 'two' }))];
    await until(() => both.every((element) => element.matches(':state(loading)')), 'both to wait');
    for (const element of both) expect(part(element, '.place').offsetHeight).to.equal(50);
    arrive(made());
    for (const element of both) await settled(element);
    expect(both.map((element) => text(element, '.drawn'))).to.deep.equal(['Said: one', 'Said: two']);
    expect(loadings).to.equal(1);
  });

  it('that cannot be loaded is said with the reason, and the button draws the same data when it can', async () => {
    load = () => Promise.reject(new Error('offline'));
    const fallback = document.createElement('p');
    fallback.textContent = 'What the author wrote.';
    const element = figure(script({ prompt: 'kept' }), fallback);
    const codes: string[] = [];
    element.addEventListener('error', (event) => codes.push((event as unknown as { code: string }).code));
    await until(() => element.matches(':state(error)'), 'the error');
    await settled(element);
    expect(text(element, '[role=alert]')).to.match(/<test-figure> could not be loaded \(offline\)\. Check the connection/);
    expect(codes).to.deep.equal(['network']);
    expect(fallback.getBoundingClientRect().height, 'the author’s own content').to.be.greaterThan(0);
    await expectAccessible(element);
    load = () => Promise.resolve(made());
    part(element, '[role=alert] button').click();
    await until(() => element.matches(':state(ready)'), 'the picture');
    await settled(element);
    expect(text(element, '.drawn')).to.equal('Said: kept');
    expect(fallback.getBoundingClientRect().height).to.equal(0);
  });

  it('that cannot be loaded says nothing before there are data to draw', async () => {
    load = () => Promise.reject(new Error('offline'));
    const element = figure();
    await settled(element);
    await settled(element);
    expect(element.matches(':state(error)')).to.equal(false);
    element.data = { prompt: 'later' };
    await until(() => element.matches(':state(error)'), 'the error');
    expect(loadings).to.equal(2);
  });

  it('takes the sentences of the page, replaced before it was loaded', async () => {
    load = () => Promise.resolve(made('saidBefore'));
    setStrings({ saidBefore: (prompt: string) => `Gesagt: ${prompt}` } as never);
    const element = figure(script({ prompt: 'one' }));
    await until(() => element.matches(':state(ready)'), 'the picture');
    await settled(element);
    expect(text(element, '.drawn')).to.equal('Gesagt: one');
  });

  it('takes those replaced after it was loaded, too', async () => {
    load = () => Promise.resolve(made('saidAfter'));
    const element = figure(script({ prompt: 'one' }));
    await until(() => element.matches(':state(ready)'), 'the picture');
    setStrings({ saidAfter: (prompt: string) => `Dit : ${prompt}`, unknownSentence: 'nowhere' } as never);
    await settled(element);
    expect(text(element, '.drawn')).to.equal('Dit : one');
  });
});
