// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import '../../../src/components/define/logit-lens.js';
import '../../../src/components/define/vitrine-model.js';
import { setStrings, type Strings } from '../../../src/components/index.js';
import { attentionStrings } from '../../../src/components/attention-view/strings.js';
import { viewStrings } from '../../../src/components/attention-view/view-strings.js';
import { strings } from '../../../src/components/shared/strings.js';
import { attentionTrace, cleanUp, lensTrace, mount, settled } from './support.js';

const said = (element: Element): string => element.shadowRoot!.textContent!.replace(/\s+/g, ' ');

describe('sentences', () => {
  const english: Partial<Strings> = { ...strings, ...attentionStrings, ...viewStrings };
  afterEach(() => {
    cleanUp();
    setStrings(english);
  });

  it('replaced while figures are drawn are drawn at once, and what the reader has chosen stays', async () => {
    const view = mount('attention-view', { data: attentionTrace(), layer: 1, head: 2, query: 3, key: 1 });
    const lens = mount('logit-lens', { data: lensTrace() });
    const model = mount('vitrine-model', { name: 'vitrine/storyteller' });
    await settled(lens);
    await settled(view);
    let loads = 0;
    view.addEventListener('load', () => loads++);
    setStrings({
      layer: 'Schicht',
      textAlternative: 'Als Text',
      topKeys: 'Sieht vor allem',
      runLive: (size) => `Ausführen (${size})`,
      modelLabel: (name) => `Modell ${name}`,
    });
    await settled(view);
    await settled(lens);
    await settled(model);
    for (const words of ['Schicht', 'Als Text', 'Sieht vor allem']) expect(said(view)).to.contain(words);
    expect(said(view)).not.to.contain('As text').and.not.to.contain('Attends most to');
    expect(said(lens)).to.contain('Als Text');
    expect(model.shadowRoot!.innerHTML).to.match(/Modell|Ausführen/);
    expect(view.selection.state).to.include({ query: 3, key: 1, locked: true });
    expect([view.layer, view.head, loads]).to.deep.equal([1, 2, 0]);
  });

  it('an element that is gone is not drawn again', async () => {
    const view = mount('attention-view', { data: attentionTrace() });
    await settled(view);
    view.remove();
    setStrings({ layer: 'Schicht' });
    expect(view.isUpdatePending).to.equal(false);
  });
});
