// SPDX-License-Identifier: MIT
import { VitrineError } from '../core/index.js';

/**
 * Starts the worker of a model.
 *
 * @param url - its script, where it is not the one of this package. A script of another origin, such as a content network, is started
 *   through a small script of this page's own origin, as browsers start no other; a content security policy must allow
 *   `worker-src blob:` for that.
 * @throws VitrineError `device-unavailable` where there are no workers
 */
export function startWorker(url?: string | URL): Worker {
  if (typeof Worker === 'undefined') {
    throw new VitrineError('device-unavailable', 'There is no Worker here. In Node, open the model with HookedModel.fromPretrained().');
  }
  // Written out in one expression: this is the form in which bundlers find the script.
  if (url === undefined) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const { href, origin } = new URL(url, location.href);
  if (origin === location.origin) return new Worker(trusted(href), { type: 'module' });
  const bootstrap = URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' }));
  try {
    return new Worker(trusted(bootstrap), { type: 'module' });
  } finally {
    // The browser has taken hold of the script by the time that the next task runs.
    setTimeout(() => URL.revokeObjectURL(bootstrap), 60_000);
  }
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: { createScriptURL(url: string): string } | undefined;

/** The URL as a page with `require-trusted-types-for 'script'` takes it: vouched for by a policy of the name `vitrine`. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('vitrine', { createScriptURL: (script) => script });
  return policy ? policy.createScriptURL(url) : url;
}
