// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { candidates } from '../lens-data.js';
import { lensColours, type LensColour } from '../colours.js';
import type { LensActions, LensScene } from '../scene.js';
import { hueClass } from './chart.js';
import { colourTitle, groupName } from './encoding.js';
import { knownIds } from './paths.js';
import { lensCurveStrings as say } from './strings.js';

/** The field that changes what colours and curves show. */
export function colourChoice(scene: LensScene, { show }: LensActions): TemplateResult {
  return html`<select
    aria-label=${say.lensColour}
    @change=${(event: Event) => show((event.target as HTMLSelectElement).value as LensColour)}
  >
    ${lensColours.map((colour) => html`<option value=${colour} .selected=${colour === scene.colour}>${colourTitle(scene, colour)}</option>`)}
  </select>`;
}

/** What a reader has said about the sum and about a token that the data do not know. */
export interface FollowState {
  sum: boolean;
  problem: string | undefined;
  setSum(sum: boolean): void;
}

/** A field to follow a token, and what is followed and compared, each with a press to let it go. */
export function followTemplate(scene: LensScene, actions: LensActions, { sum, problem, setSum }: FollowState): TemplateResult {
  const { figure, chosen, pins, compared, layout } = scene;
  const { id, token } = candidates(figure, chosen.point, chosen.position)[chosen.rank]!;
  const follow = ({ target }: Event): void => {
    const field = target as HTMLInputElement;
    if (field.value && !actions.followText(field.value)) field.value = '';
  };
  return html`<div class="follow" data-export="no">
    <label
      >${say.followField}
      <input
        list="tokens"
        size="9"
        autocomplete="off"
        spellcheck="false"
        aria-describedby=${problem ? 'problem' : nothing}
        @change=${follow}
    /></label>
    <datalist id="tokens">
      ${knownIds(figure, chosen.position).map((known) => html`<option value=${figure.tokenOf(known).text.trim()}></option>`)}
    </datalist>
    ${
      layout.mode === 'grid'
        ? nothing
        : html`<button type="button" aria-pressed=${pins.some((group) => group.includes(id))} @click=${() => actions.follow(id, false)}>
              ${say.followToken(token.quoted)}</button
            ><button
              type="button"
              aria-label=${say.comparePosition(chosen.position)}
              aria-pressed=${compared.includes(chosen.position)}
              @click=${() => actions.compare(chosen.position)}
            >
              ${say.compareHere}
            </button>`
    }
    ${
      pins.length
        ? html`<label
            ><input type="checkbox" .checked=${sum} @change=${(event: Event) => setSum((event.target as HTMLInputElement).checked)} />${
              say.sumWithLast
            }</label
          >`
        : nothing
    }
    ${pins.map((group, hue) => chip(groupName(figure, group), hueClass(hue), () => actions.unfollow(hue)))}
    ${compared.map((position, place) =>
      chip(say.atPosition(position), pins.length ? '' : hueClass(place), () => actions.compare(position)),
    )}
    ${problem ? html`<span id="problem" class="problem">${problem}</span>` : nothing}
  </div>`;
}

function chip(name: string, hue: string, letGo: () => void): TemplateResult {
  return html`<button type="button" class="chip ${hue}" aria-label=${say.letGo(name)} @click=${letGo}>${name}<span>×</span></button>`;
}
