// SPDX-License-Identifier: MIT
import { html, type nothing, type ReactiveElement, type TemplateResult } from 'lit';
import { Pointing, type PointingModel } from '../../shared/pointing.js';
import type { Selection } from '../../shared/selection.js';
import type { Tooltip } from '../../shared/tooltip.js';
import { columnLimits } from '../layout.js';
import type { LensData } from '../lens-data.js';
import type { LensColour } from '../colours.js';
import type { Encoding, LensActions, LensCell, LensScene } from '../scene.js';
import { chartTemplate, pointAt, pointSentence } from './chart.js';
import { ColumnLink } from './columns.js';
import { colourChoice, followTemplate } from './controls.js';
import { detailTemplate } from './detail.js';
import { encodingOf } from './encoding.js';
import { handlesTemplate } from './handles.js';
import { knownIds } from './paths.js';
import { idsByText, readPins, readPositions, togglePin, writePins } from './pins.js';
import { lensCurveStrings } from './strings.js';
import { curveStyles } from './styles.js';
import { lensText } from './text.js';

/** The element as its reader changes it. */
export interface LensHost extends ReactiveElement {
  colour: LensColour;
  pins: string | undefined;
  compare: string | undefined;
  target: string | undefined;
  columnWidth: number | undefined;
  chart: 'lines' | 'none';
  selection: Selection;
}

/** What else the reader has of the element: its grid's pointing, and what it draws. */
export interface LensReaderModel extends Pick<PointingModel<LensCell>, 'point' | 'press' | 'isPointedAt' | 'isHeld'> {
  tooltip: Tooltip;
  scene(): LensScene;
  /** A live model can be asked for a token that the data do not know. */
  isLive(): boolean;
}

/** What a reader has beyond the grid: curves, tokens that are followed, positions that are compared, further colours, column widths. */
export class LensReader {
  readonly #host: LensHost;
  readonly #model: LensReaderModel;
  readonly #columns: ColumnLink;
  readonly #chartPointing: Pointing<number>;
  /** The next token is summed with the one that was followed last. */
  #sum = false;
  /** Why a token that was typed cannot be followed. */
  #problem: string | undefined;

  constructor(host: LensHost, model: LensReaderModel) {
    this.#host = host;
    this.#model = model;
    this.#columns = new ColumnLink(
      host,
      () => host.selection,
      (width) => (host.columnWidth = width),
    );
    const here = (point: number): LensCell => ({ point, position: model.scene().chosen.position, rank: 0 });
    this.#chartPointing = new Pointing<number>(model.tooltip, {
      hit: (event) => pointAt(event, model.scene()),
      sentence: (point) => pointSentence(model.scene(), point),
      point: (point) => model.point(point === undefined ? undefined : here(point)),
      isPointedAt: (point) => model.isPointedAt(here(point)),
      press: (point, firstTouch) => model.press(here(point), firstTouch),
      isHeld: model.isHeld,
    });
    const { styleSheet } = curveStyles;
    if (styleSheet) host.shadowRoot!.adoptedStyleSheets.push(styleSheet);
  }

  pins(figure: LensData): number[][] {
    return readPins(this.#host.pins, figure);
  }

  compared(figure: LensData): number[] {
    return readPositions(this.#host.compare, figure.tokens.length);
  }

  encoding(scene: LensScene): Encoding {
    return encodingOf(scene);
  }

  text(scene: LensScene): TemplateResult {
    return lensText(scene, this.#host.chart !== 'none');
  }

  handles(scene: LensScene): TemplateResult | typeof nothing {
    return handlesTemplate(scene, this.actions);
  }

  chart(scene: LensScene): TemplateResult {
    return chartTemplate(scene, this.#chartPointing);
  }

  detail(scene: LensScene): TemplateResult {
    return detailTemplate(scene, this.actions);
  }

  choice(scene: LensScene): TemplateResult {
    return colourChoice(scene, this.actions);
  }

  following(scene: LensScene): TemplateResult {
    const setSum = (sum: boolean): void => {
      this.#sum = sum;
      this.#host.requestUpdate();
    };
    return html`${followTemplate(scene, this.actions, { sum: this.#sum, problem: this.#problem, setSum })}`;
  }

  readonly actions: LensActions = {
    follow: (id, add) => {
      const { figure, pins } = this.#model.scene();
      this.#host.pins = writePins(togglePin(pins, id, add || this.#sum), figure);
    },
    unfollow: (group) => {
      const { figure, pins } = this.#model.scene();
      this.#host.pins = writePins(
        pins.filter((_, index) => index !== group),
        figure,
      );
    },
    compare: (position) => {
      const { compared } = this.#model.scene();
      const rest = compared.filter((other) => other !== position);
      this.#host.compare = (rest.length < compared.length ? rest : [...compared, position]).join(', ') || undefined;
    },
    show: (colour) => (this.#host.colour = colour),
    widen: (column) => {
      const { least, most } = columnLimits;
      this.#host.columnWidth = column && Math.min(most, Math.max(least, column));
      this.#columns.tell(this.#host.columnWidth);
    },
    followText: (text) => {
      this.#problem = this.#followText(text.trim());
      this.#host.requestUpdate();
      return this.#problem;
    },
  };

  /** Follows a token by its text. Where the data do not know it, a live figure asks its model. */
  #followText(text: string): string | undefined {
    const { figure, pins, chosen } = this.#model.scene();
    const known = knownIds(figure, chosen.position).find((id) => figure.tokenOf(id).text.trim() === text);
    const id = known ?? idsByText(figure).get(` ${text}`) ?? idsByText(figure).get(text);
    if (id !== undefined) {
      if (!pins.some((group) => group.includes(id))) this.#host.pins = writePins(togglePin(pins, id, this.#sum), figure);
      return undefined;
    }
    if (!this.#model.isLive()) return lensCurveStrings.unknownToken(text, figure.k);
    const others = pins.map((group) => group.map((other) => figure.tokenOf(other).text));
    this.#host.target = ` ${text}`;
    this.#host.pins = JSON.stringify([...others, this.#host.target]);
    return undefined;
  }
}
