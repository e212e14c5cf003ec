// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { legendStyles } from '../shared/legend.js';
import { tokenStyles } from '../shared/token-view.js';
import { captionTemplate } from './caption.js';
import { controlsTemplate } from './controls.js';
import { scoreName } from './head-scores.js';
import { headsStyles } from './heads.js';
import { extentOf, layoutOverview } from './layout.js';
import { viewStrings } from './view-strings.js';
import type { AttentionHost, AttentionPicture, AttentionScene } from './scene.js';

/** What stands under every picture: the sentence made from the state, then the controls. */
export function frame(scene: AttentionScene, picture: AttentionPicture, parts: AttentionHost['parts']): TemplateResult {
  return html`${scene.score === 'none' ? nothing : html`<div class="under">${underHeads(scene)}</div>`}
    <div class="caption ${scene.view}" part="caption">${captionTemplate(scene)}</div>
    <div class="controls ${scene.view}" part="controls">${controlsTemplate(scene, picture, parts.set)}</div>`;
}

/** What the numbers under the heads are, where there are any. */
function underHeads(scene: AttentionScene): string {
  const written = scene.view === 'overview' ? layoutOverview(extentOf(scene)).below > 0 : scene.figure.headCount > 1;
  return written ? viewStrings.underHeads(scoreName(scene)) : '';
}

export const frameStyles = [tokenStyles, legendStyles, headsStyles];
