// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import '../../../src/components/define/logit-lens.js';
import type { AttentionViewElement } from '../../../src/components/index.js';
import { attentionTrace, cleanUp, lensTrace, mount, settled, until } from './support.js';

describe('links of the prose', () => {
  let figure: AttentionViewElement;
  let prose: HTMLElement;
  const link = (number: number): HTMLAnchorElement => prose.querySelectorAll('a')[number]!;
  const write = (...links: string[]): void => {
    prose = document.createElement('p');
    prose.innerHTML = links.map((attributes) => `<a href="#figure" ${attributes}>here</a>`).join(' ');
    document.body.prepend(prose);
  };
  const press = async (number: number): Promise<void> => {
    link(number).click();
    await settled(figure);
  };
  const place = (): (number | undefined)[] => {
    const { layer, head, query, key } = figure.selection.state;
    return [layer, head, query, key];
  };

  beforeEach(async () => {
    figure = mount('attention-view', { id: 'figure', data: attentionTrace(), link: 'prose', layer: 0, head: 1 });
    await settled(figure);
  });
  afterEach(() => {
    prose.remove();
    figure.selection.release(); // the page keeps it for the next figure with this link
    history.replaceState(null, '', location.pathname + location.search);
    cleanUp();
  });

  it('set what they name, lock it, and leave a page that shows the figure where it is', async () => {
    write('data-layer="1" data-head="3" data-query="-1" data-key="2" data-other="7"');
    await press(0);
    expect([figure.layer, figure.head]).to.deep.equal([1, 3]);
    expect(place()).to.deep.equal([1, 3, 7, 2]);
    expect(figure.selection.state.locked).to.equal(true);
    expect(figure.hasAttribute('other'), 'an attribute that figures do not have').to.equal(false);
    expect(location.hash).to.equal('');
    expect(document.querySelector('[data-vitrine-status]')?.textContent).to.contain('store');
  });

  it('show the same whatever was pressed before', async () => {
    write('data-head="2" data-query="5" data-key="1"', 'data-query="4"');
    await press(0);
    await press(1);
    expect(place()).to.deep.equal([0, 1, 4, undefined]);
    expect(figure.head).to.equal(1);
  });

  it('lock again what a reader has let go of', async () => {
    write('data-query="4"');
    await press(0);
    figure.selection.release();
    await settled(figure);
    await press(0);
    expect(figure.selection.state).to.include({ query: 4, locked: true });
  });

  it('drive linked figures too, and work by the keyboard', async () => {
    const lens = mount('logit-lens', { data: lensTrace(), link: 'prose' });
    await settled(lens);
    write('data-query="3"');
    link(0).focus();
    await sendKeys({ press: 'Enter' });
    await until(() => figure.selection.state.query === 3, 'the query that the link names');
    expect(lens.selection.state.query).to.equal(3);
  });

  it('lead to the figure where they say nothing of it', async () => {
    write('data-other="1"');
    await press(0);
    expect(location.hash).to.equal('#figure');
  });

  it('lead to a figure that is out of view', async () => {
    write('data-query="2"');
    prose.style.paddingBlockEnd = '3000px';
    await until(() => {
      window.scrollTo(0, 0);
      return figure.getBoundingClientRect().top > innerHeight;
    }, 'the figure below the window');
    await press(0);
    expect(location.hash).to.equal('#figure');
    expect(figure.selection.state.query).to.equal(2);
  });

  it('find the figure in what they name', async () => {
    const around = document.createElement('figure');
    around.id = 'around';
    figure.replaceWith(around);
    around.append(figure);
    write('data-query="3"');
    link(0).setAttribute('href', '#around');
    await press(0);
    expect(figure.selection.state.query).to.equal(3);
    prose.remove();
    around.id = 'fünf';
    write('data-query="5"');
    link(0).setAttribute('href', '#f%C3%BCnf'); // as Markdown engines write it
    await press(0);
    expect(figure.selection.state.query).to.equal(5);
  });

  it('are the page’s own where it has answered, or where a reader wants another window', async () => {
    write('data-query="2"');
    link(0).addEventListener('click', (event) => event.preventDefault(), { once: true });
    await press(0);
    expect(figure.selection.state.query).to.equal(undefined);
    addEventListener('click', (event) => event.preventDefault(), { once: true }); // no new window in a test
    link(0).dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ctrlKey: true }));
    await settled(figure);
    expect(figure.selection.state.query).to.equal(undefined);
  });
});

describe('an attribute that is taken away', () => {
  afterEach(cleanUp);

  it('leaves the default', async () => {
    const figure = mount('attention-view', { data: attentionTrace() });
    for (const [name, value] of [
      ['head', '2'],
      ['query', '4'],
      ['layer', '1'],
      ['view', 'arcs'],
      ['top-k', '5'],
    ] as const)
      figure.setAttribute(name, value);
    await settled(figure);
    expect([figure.head, figure.query, figure.layer, figure.view, figure.topK]).to.deep.equal([2, 4, 1, 'arcs', 5]);
    for (const name of ['head', 'query', 'layer', 'view', 'top-k']) figure.removeAttribute(name);
    await settled(figure);
    expect([figure.head, figure.query, figure.layer, figure.view, figure.topK]).to.deep.equal([0, undefined, undefined, 'matrix', 3]);
  });
});
