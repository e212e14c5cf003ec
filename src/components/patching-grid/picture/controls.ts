// SPDX-License-Identifier: MIT
import { html, nothing, type TemplateResult } from 'lit';
import { legendTemplate } from '../../shared/legend.js';
import { legendWords } from './phrases.js';
import type { PatchingScene } from './scene.js';
import { pictureStrings as words } from './strings.js';
import { patchingStrings as names } from '../strings.js';
import type { PatchingShow } from '../view.js';

/** What the reader does with the controls. */
export interface ControlsActions {
  /** Takes an axis and an index along it. */
  pick(axis: string, index: number): void;
  show(what: PatchingShow): void;
}

/** Which part of a larger sweep is drawn, and what the colours mean. */
export function controlsTemplate(scene: PatchingScene, { pick, show }: ControlsActions): TemplateResult {
  const { figure, view, most, theme } = scene;
  const heads = view.across === 'head';
  const name = (axis: string, value: number | string): string => {
    if (axis === 'site') return names.patchingSite(String(value));
    const token = axis === 'pos' || axis === 'dest' ? figure.tokens[Number(value)] : undefined;
    return token ? `${value} ${token.quoted}` : String(value);
  };
  const { title, ends } = legendWords(figure, most);
  return html`${
    view.choice
      ? select(words.patchingAxis['view']!, [words.patchingViews.positions, words.patchingViews.heads], heads ? 1 : 0, (index) =>
          show(index === 1 ? 'heads' : 'positions'),
        )
      : nothing
  }
  ${view.picked.map(({ axis, index }) =>
    figure.coordinates[axis]!.length > 1
      ? select(
          words.patchingAxis[axis] ?? axis,
          figure.coordinates[axis]!.map((value) => name(axis, value)),
          index,
          (chosen) => pick(axis, chosen),
        )
      : nothing,
  )}
  ${legendTemplate(theme.diverging, { title, ends, ...(figure.missing.size > 0 && { masked: words.patchingMissing }) })}`;
}

function select(label: string, names: readonly string[], index: number, choose: (index: number) => void): TemplateResult {
  return html`<label
    >${label}
    <select @change=${({ target }: Event) => choose((target as HTMLSelectElement).selectedIndex)}>
      ${names.map((name, at) => html`<option .selected=${at === index}>${name}</option>`)}
    </select></label
  >`;
}
