// SPDX-License-Identifier: MIT
// The script of the page that csp.test.ts opens: tells which figures were drawn and what the policy refused.
const page = window as unknown as { violations: string[]; ready: Promise<string[]> };
page.violations = [];
document.addEventListener('securitypolicyviolation', (event) => page.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
page.ready = (async () => {
  await import('../../../src/components/define/all.js');
  const figures = [...document.querySelectorAll<HTMLElement & { updateComplete: Promise<boolean> }>('attention-view, logit-lens')];
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await Promise.all(figures.map(({ updateComplete }) => updateComplete)); // what draws them is loaded first
  return figures.map((figure) => `${figure.localName} ${figure.matches(':state(ready)') ? 'ready' : 'not drawn'}`);
})();
export {};
