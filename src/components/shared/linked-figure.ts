// SPDX-License-Identifier: MIT
import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { FigureElement } from './figure-element.js';
import { SelectionController } from './selection-controller.js';
import type { Selection } from './selection.js';

/** A figure in which a reader points at something, and which follows others in that. */
export abstract class LinkedFigure<T> extends FigureElement<T> {
  /** Figures with the same word here share one selection. */
  @property() link: string | undefined;

  /** @internal The figure's side of its selection. */
  readonly links: SelectionController = new SelectionController(this);

  /** What the reader points at. Give several figures one object, or the same `link`, and they follow each other. */
  get selection(): Selection {
    return this.links.current;
  }
  set selection(selection: Selection) {
    this.links.current = selection;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('link')) this.links.link(this.link);
    super.willUpdate(changed);
  }
}
