// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { capital } from '../../shared/format.js';
import { strings } from '../../shared/strings.js';
import { endsSentence, idleSentence, movedSentence, patchingSentence } from './phrases.js';
import type { PatchingScene } from './scene.js';
import { pictureStrings as words } from './strings.js';

/**
 * What is seen, in words made from the state; under it what no effect and the whole effect are.
 *
 * @param running - the sweep goes on: how far it is, is said elsewhere
 * @param metric - of the run with a state put elsewhere, where it is known
 */
export function captionTemplate(scene: PatchingScene, running: boolean, metric: number | undefined): TemplateResult {
  const { figure, pointed, locked, moving, moved } = scene;
  const { row, column } = pointed;
  const path = moving ?? moved;
  const sentence = path
    ? movedSentence(scene, path.from, path.to, moving ? undefined : metric)
    : row !== undefined && column !== undefined
      ? patchingSentence(scene, { row, column })
      : undefined;
  const stopped = figure.missing.size > 0 && !running && figure.axes[0] !== 'row';
  const done = figure.values.length - figure.missing.size;
  return html`<div>
      ${sentence === undefined ? idleSentence(scene) : `${capital(sentence)}.`}
      ${locked && sentence !== undefined && !moving ? html`<span class="quiet">(${strings.locked})</span>` : nothing}
    </div>
    <div class="quiet">${endsSentence(scene)} ${stopped ? words.patchingStopped(done, figure.values.length) : nothing}</div>`;
}
