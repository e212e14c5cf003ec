// SPDX-License-Identifier: MIT
// The bundle for a script tag: all elements, registered. What draws a figure is loaded with the first one of its kind, from the files
// beside it; what runs a model at a reader's press. Settings come first, as elements may look for a model at once.
import './page-settings.js';
import './at-once.js';
import '../components/define/all.js';
import { setBundleUrl } from '../components/index.js';

// A saved page carries everything in one file.
setBundleUrl(new URL('vitrine-page.min.js', import.meta.url).href);

export * from '../components/index.js';
