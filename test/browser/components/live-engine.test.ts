// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import * as transformers from '@huggingface/transformers';
import '../../../src/components/define/all.js';
import { configure, HookedModel, logitLens } from '../../../src/core/index.js';
import { cleanUp, mount, part, settled, text, until } from './support.js';

configure({ storyteller: '/models/storyteller/', transformers });
const prompt = 'When Mary and John went to the store, John gave a drink to';

describe('figures with the embedded model', () => {
  afterEach(cleanUp);

  it('show what the core computes', async () => {
    const element = mount('vitrine-model', { id: 'm' });
    const view = mount('attention-view', { model: 'm', prompt, layer: 2, head: 5, query: -1 });
    const lens = mount('logit-lens', { model: 'm', prompt, target: ' Mary', 'top-k': 5 });
    await settled(lens);
    part(element, 'button').click();
    await until(() => view.matches(':state(live)'), 'the attention', 50_000);
    lens.scrollIntoView(); // a figure out of view does not run
    await until(() => lens.matches(':state(live)'), 'the lens', 50_000);
    await settled(lens);

    const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'wasm' });
    const tokens = await model.tokenize(prompt);
    expect(view.shadowRoot!.querySelectorAll('details tbody tr').length).to.equal(tokens.length);
    const expected = await logitLens(model, prompt, { topK: 1, target: ' Mary' });
    const best = expected.text(expected.topIds.at(-1, 0, -1, 0)!).trim();
    expect(text(lens, '.caption')).to.contain(`the likeliest next token is "${best}"`);
    expect(text(lens, '.caption')).to.contain(`rank ${expected.target!.rank.at(-1, 0, -1)! + 1}`);
    await model.dispose();
  });
});
