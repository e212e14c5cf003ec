// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/all.js';
import { readTrace } from '../../../src/core/index.js';
import { attentionTrace, cleanUp, expectAccessible, lensTrace, mount, part, settled, until } from './support.js';

const recorded = async (name: string): Promise<unknown> => readTrace(await (await fetch(`/docs/elements/data/${name}.json`)).json());

/** Everything that a figure with a legend is drawn from. */
const figures = {
  'attention-view': () => attentionTrace(),
  'logit-lens': () => lensTrace(),
  'colored-tokens': () => recorded('colored-tokens'),
  'head-finder': () => recorded('head-finder'),
  'logit-attribution': () => recorded('logit-attribution'),
  'next-token': () => recorded('next-token'),
  'patching-grid': () => recorded('patching-grid'),
} as const satisfies Record<string, () => unknown>;
type Tag = keyof typeof figures;

/** Views that have a legend, where the one that the figure opens with has none. */
const views: Partial<Record<Tag, string>> = { 'logit-attribution': 'heads' };

function given(slot: string, words: string): HTMLElement {
  const element = document.createElement('span');
  element.slot = slot;
  element.textContent = words;
  return element;
}

/** What is drawn of the built-in legend. */
const builtIn = (view: Element): number =>
  [...view.shadowRoot!.querySelectorAll('[part~=legend]')].filter((legend) => legend.getClientRects().length > 0).length;

describe('slots', () => {
  afterEach(cleanUp);

  for (const [tag, data] of Object.entries(figures) as [Tag, () => unknown][]) {
    it(`<${tag}> takes the author’s legend in place of its own, saves it, and keeps its stops of the Tab key`, async () => {
      const view = mount(tag as keyof typeof figures, { data: await data(), ...(views[tag] && { view: views[tag] }) });
      await until(() => view.matches(':state(ready)'), 'the figure');
      await settled(view);
      expect(builtIn(view), 'its own legend').to.be.greaterThan(0);
      const stops = (): number => view.shadowRoot!.querySelectorAll('[tabindex="0"], button, select, input, summary').length;
      const before = stops();
      view.append(given('legend', 'dark is much'));
      await settled(view);
      expect(builtIn(view)).to.equal(0);
      expect(stops()).to.equal(before);
      expect(await view.toSVG()).to.contain('dark is much');
      await expectAccessible(view);
    });
  }

  it('the views of attention have one legend to replace, each', async () => {
    for (const view of ['matrix', 'tokens', 'arcs', 'overview'] as const) {
      const element = mount('attention-view', { data: attentionTrace(), view }, { inner: [given('legend', 'dark is much')] });
      await until(() => element.matches(':state(ready)'), view);
      await settled(element);
      expect(builtIn(element), view).to.equal(0);
    }
  });

  it('a picture holds the built-in legend where the author gives none', async () => {
    const view = mount('attention-view', { data: attentionTrace() });
    await until(() => view.matches(':state(ready)'), 'the figure');
    await settled(view);
    const title = part(view, '.legend-title').textContent!.trim();
    expect(await view.toSVG()).to.contain(title);
  });

  it('error and actions are replaced, too', async () => {
    const view = mount('attention-view', { data: { kind: 'nonsense' } }, { inner: [given('error', 'ask the author')] });
    await until(() => view.matches(':state(error)'), 'the error');
    await settled(view);
    expect(part(view, '[role=alert]').getClientRects().length).to.equal(0);
    view.data = attentionTrace();
    view.append(given('actions', 'my menu'));
    await until(() => view.matches(':state(ready)'), 'the figure');
    await settled(view);
    expect(part(view, '.save').getClientRects().length).to.equal(0);
  });
});
