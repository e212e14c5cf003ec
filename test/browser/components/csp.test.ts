// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import { attentionTrace, lensTrace, until } from './support.js';

interface CspPage extends Window {
  violations: string[];
  ready: Promise<string[]>;
}

describe('a page with a strict Content-Security-Policy', () => {
  it('draws recorded figures without unsafe-inline and unsafe-eval, and nothing is refused', async () => {
    const frame = document.createElement('iframe');
    frame.style.inlineSize = '800px';
    const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'none'; img-src 'none'";
    const data = (trace: unknown): string => JSON.stringify(trace).replaceAll('</', '<\\/');
    frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">
      <script type="module" src="/test/browser/components/csp-page.ts"></script>
      <attention-view query="-1"><script type="application/json">${data(attentionTrace())}</script></attention-view>
      <logit-lens><script type="application/json">${data(lensTrace())}</script></logit-lens>`;
    document.body.append(frame);
    try {
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      const page = frame.contentWindow as CspPage;
      expect(await page.ready).to.deep.equal(['attention-view ready', 'logit-lens ready']);
      expect(page.violations).to.deep.equal([]);
      const drawn = () => frame.contentDocument!.querySelector('attention-view')!.shadowRoot!.querySelector('canvas');
      await until(() => drawn() !== null, 'the picture'); // a view is a module of its own
      const canvas = drawn()!;
      expect(canvas.getBoundingClientRect().width).to.be.greaterThan(200);
    } finally {
      frame.remove();
    }
  });
});
