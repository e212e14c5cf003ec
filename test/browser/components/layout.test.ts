// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/all.js';
import { attentionTrace, cleanUp, lensTrace, mount, part, settled, until } from './support.js';

const longTokens = Array.from({ length: 128 }, (_, id) => ({ id, text: ` word${id}` }));
const nineRows = ['0_pre', '0_mid', '1_pre', '1_mid', '2_pre', '2_mid', '3_pre', '3_mid', 'final_post'];
const provenance = { model: 'vitrine/storyteller', vitrine: '0.0.0' };
const widths = [280, 343, 472, 704, 1100];
const blob = (value: unknown): string => URL.createObjectURL(new Blob([JSON.stringify(value)]));

describe('layout', () => {
  afterEach(cleanUp);

  for (const width of widths) {
    it(`nothing is wider than its place at ${width} px`, async () => {
      for (const data of [attentionTrace(), attentionTrace({ tokens: longTokens, heads: 12, layers: 1 })]) {
        const view = mount('attention-view', { data, query: -1 }, { width });
        await settled(view);
        expect(overflowing(view)).to.deep.equal([]);
      }
      for (const data of [lensTrace(), lensTrace({ tokens: longTokens })]) {
        const lens = mount('logit-lens', { data }, { width });
        await settled(lens);
        expect(overflowing(lens)).to.deep.equal([]);
      }
    });
  }

  for (const [tag, data, width] of [
    ['attention-view', attentionTrace({ heads: 8 }), 704],
    ['attention-view', attentionTrace({ heads: 12, tokens: longTokens.slice(0, 30) }), 704],
    ['attention-view', attentionTrace({ heads: 8 }), 343],
    ['logit-lens', lensTrace(), 343],
    ['logit-lens', lensTrace(), 704],
  ] as const) {
    it(`<${tag}> keeps its place while a file loads: what follows moves by less than a line (${width} px, ${data.tokens.length} tokens)`, async () => {
      const reserve = tag === 'logit-lens' ? { reserve: await heightOf(tag, data, width) } : {};
      const view = mount(tag, { src: blob(data), ...reserve }, { width });
      await settled(view);
      const before = view.getBoundingClientRect().height;
      await until(() => view.matches(':state(ready)'), 'the data');
      await settled(view);
      expect(Math.abs(view.getBoundingClientRect().height - before)).to.be.at.most(2);
    });
  }

  for (const [tag, trace, width] of [
    ['attention-view', attentionTrace({ tokens: longTokens.slice(0, 16), heads: 8 }), 343],
    ['logit-lens', lensTrace({ tokens: longTokens.slice(0, 16), labels: nineRows }), 343],
    ['logit-lens', lensTrace({ tokens: longTokens.slice(0, 16), labels: nineRows }), 704],
  ] as const) {
    it(`<${tag}> with a model and a prompt keeps its place while a file loads, without being told its height (${width} px)`, async () => {
      mount('vitrine-model', { id: 'm', name: 'vitrine/storyteller' }, { width });
      const topK = tag === 'logit-lens' ? { topK: 3 } : {};
      const view = mount(
        tag,
        { src: blob({ ...trace, provenance }), model: 'm', prompt: trace.prompt, editable: true, ...topK },
        { width },
      );
      await settled(view);
      const before = view.getBoundingClientRect().height;
      await until(() => view.matches(':state(ready)'), 'the data');
      await settled(view);
      expect(view.shadowRoot!.querySelector('.live-line')!.textContent).to.contain('Recorded').and.to.contain('Run live');
      expect(Math.abs(view.getBoundingClientRect().height - before)).to.be.at.most(2);
    });
  }

  it('a prompt that comes with the data scrolls in its field and moves nothing; it has its lines as soon as the reader goes there', async () => {
    const data = { ...attentionTrace(), prompt: 'many words '.repeat(40) };
    const view = mount('attention-view', { src: URL.createObjectURL(new Blob([JSON.stringify(data)])), editable: true, actions: 'none' });
    await view.updateComplete;
    const field = part<HTMLTextAreaElement>(view, 'textarea');
    const before = field.getBoundingClientRect().height;
    await until(() => view.matches(':state(ready)'), 'the data');
    await settled(view);
    expect(field.value).to.contain('many words');
    expect(field.getBoundingClientRect().height).to.equal(before);
    field.focus();
    await settled(view);
    expect(field.getBoundingClientRect().height).to.be.above(before);
  });

  it('pointing and locking do not change the height', async () => {
    const view = mount('attention-view', { data: attentionTrace() });
    await settled(view);
    const before = view.getBoundingClientRect().height;
    view.selection.lock({ query: 7, key: 3 });
    await settled(view);
    expect(view.getBoundingClientRect().height).to.equal(before);
  });

  it('follows its width', async () => {
    const view = mount('attention-view', { data: attentionTrace() }, { width: 704 });
    await settled(view);
    expect(view.shadowRoot!.querySelector('.picture')!.className).to.contain('wide');
    view.parentElement!.style.inlineSize = '300px';
    await until(() => view.shadowRoot!.querySelector('.picture')!.className.includes('narrow'), 'the narrow layout');
    view.parentElement!.style.inlineSize = '100px';
    await new Promise((resolve) => requestAnimationFrame(resolve));
    view.parentElement!.style.inlineSize = '704px';
    await until(() => view.shadowRoot!.querySelector('.picture')!.className.includes('wide'), 'the wide layout');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(view.shadowRoot!.querySelector('.picture')!.className).to.contain('wide');
  });
});

async function heightOf(tag: 'attention-view' | 'logit-lens', data: unknown, width: number): Promise<number> {
  const view = mount(tag, { data }, { width });
  await settled(view);
  const { height } = view.getBoundingClientRect();
  view.parentElement!.remove();
  return height;
}

/** Elements of the shadow tree that reach beyond the host, sideways. */
function overflowing(view: HTMLElement): string[] {
  const { left, right } = view.getBoundingClientRect();
  return [...view.shadowRoot!.querySelectorAll('.figure *')]
    .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .strip, .keys, [hidden]'))
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.left < left - 4 || box.right > right + 4) && !hiddenBy(element, right);
    })
    .map((element) => `${element.localName}.${element.className}`);
}

/** Cut off by an ancestor that hides its overflow, as ellipses are. */
function hiddenBy(element: Element, right: number): boolean {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (getComputedStyle(at).overflow !== 'visible' && at.getBoundingClientRect().right <= right + 4) return true;
  }
  return false;
}
