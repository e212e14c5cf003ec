// SPDX-License-Identifier: MIT
// The bundle for a script tag: all elements, registered. Nothing that runs a model is in it: that is loaded at a reader's press, from
// vitrine-live.min.js and vitrine-worker.min.js beside it. Settings come first, as elements may look for a model at once.
import './page-settings.js';
import '../components/define/all.js';
import { setBundleUrl } from '../components/index.js';

// A saved page carries everything in one file.
setBundleUrl(new URL('vitrine-page.min.js', import.meta.url).href);

export * from '../components/index.js';
