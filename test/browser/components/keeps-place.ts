// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import { mount, settled, until } from './support.js';

/** A phone, a larger one, a column of an article, a wide page: CSS pixels. */
export const placeWidths = [280, 343, 704, 1100];

/** The figure takes the same height, to two pixels, while its file loads and when it is drawn; by itself and beside a model. */
export async function expectKeepsPlace(
  tag: 'colored-tokens' | 'logit-attribution' | 'logit-lens' | 'next-token' | 'patching-grid',
  data: object,
  properties: Readonly<Record<string, unknown>>,
  width: number,
): Promise<void> {
  for (const live of [{}, { model: 'place-model', editable: true }]) {
    if ('model' in live) mount('vitrine-model', { id: live.model, name: 'vitrine/storyteller' }, { width });
    const src = URL.createObjectURL(new Blob([JSON.stringify(data)]));
    const figure = mount(tag, { ...properties, ...live, src }, { width });
    await figure.updateComplete; // before the file can be there
    expect(figure.shadowRoot!.querySelector('.waiting'), 'the place').not.to.equal(null);
    const before = figure.getBoundingClientRect().height;
    await until(() => figure.matches(':state(ready)'), 'the data');
    await settled(figure);
    const after = figure.getBoundingClientRect().height;
    const where = `${JSON.stringify({ ...properties, ...live }).slice(0, 120)} at ${width} px: ${before} before, ${after} after`;
    expect(Math.abs(after - before), where).to.be.at.most(2);
    figure.parentElement!.remove();
  }
}
