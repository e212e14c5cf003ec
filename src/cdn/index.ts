// SPDX-License-Identifier: MIT
// The bundle for a script tag: all elements, registered, and the core. Settings come first, as elements may look for a model at once.
import './page-settings.js';
import '../components/define/all.js';

export * from '../core/index.js';
export {
  AttentionViewElement,
  defineElement,
  linkedSelection,
  LogitLensElement,
  modelContext,
  setStrings,
  VitrineModelElement,
} from '../components/index.js';
