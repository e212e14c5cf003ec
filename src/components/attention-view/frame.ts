// SPDX-License-Identifier: MIT
import { html, type TemplateResult } from 'lit';
import { legendStyles } from '../shared/legend.js';
import { tokenStyles } from '../shared/token-view.js';
import { captionTemplate } from './caption.js';
import { controlsTemplate } from './controls.js';
import { headsStyles } from './heads.js';
import type { AttentionHost, AttentionPicture, AttentionScene } from './scene.js';

/** What stands under every picture: the sentence made from the state, then the controls. */
export function frame(scene: AttentionScene, picture: AttentionPicture, parts: AttentionHost['parts']): TemplateResult {
  return html`<div class="caption ${scene.view}" part="caption">${captionTemplate(scene)}</div>
    <div class="controls ${scene.view}" part="controls">${controlsTemplate(scene, picture, parts.set)}</div>`;
}

export const frameStyles = [tokenStyles, legendStyles, headsStyles];
