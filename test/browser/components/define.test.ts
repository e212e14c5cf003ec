// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import { AttentionViewElement, defineElement, version } from '../../../src/components/index.js';
import { define } from '../../../src/components/define/attention-view.js';
import { attentionTrace, cleanUp, mount, settled } from './support.js';

describe('define', () => {
  const warn = console.warn;
  let warnings: string[] = [];
  beforeEach(() => {
    warnings = [];
    console.warn = (message: string) => warnings.push(message);
  });
  afterEach(() => {
    console.warn = warn;
    cleanUp();
  });

  it('twice is silent', () => {
    expect(define()).to.equal(AttentionViewElement);
    expect(define()).to.equal(AttentionViewElement);
    expect(warnings).to.deep.equal([]);
  });

  it('a second copy of the same version is silent and leaves the first in force', () => {
    class Copy extends HTMLElement {
      static vitrineVersion = version;
    }
    expect(defineElement('attention-view', Copy)).to.equal(AttentionViewElement);
    expect(warnings).to.deep.equal([]);
  });

  it('a copy of another version warns once', () => {
    class Old extends HTMLElement {
      static vitrineVersion = '0.0.1';
    }
    customElements.define('old-figure', Old);
    class New extends HTMLElement {}
    defineElement('old-figure', New);
    defineElement('old-figure', New);
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.contain(`already defined by Vitrine 0.0.1; Vitrine ${version} leaves it as it is`);
  });

  it('under another tag the element works', async () => {
    define('my-attention');
    const view = mount('my-attention' as 'attention-view', { data: attentionTrace() });
    await settled(view);
    expect(view.shadowRoot!.querySelector('canvas.large')).not.to.equal(null);
  });
});
