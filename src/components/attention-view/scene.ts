// SPDX-License-Identifier: MIT
import type { CSSResult, TemplateResult } from 'lit';
import type { Ramp } from '../shared/colour.js';
import type { GridPlace } from '../shared/grid-controller.js';
import type { CellGrid } from '../shared/heatmap.js';
import type { WaitsFor } from '../shared/lazy.js';
import type { SelectionState } from '../shared/selection.js';
import type { Theme } from '../shared/theme-controller.js';
import type { Tooltip } from '../shared/tooltip.js';
import type { AttentionData, Combine, SegmentPair } from './attention-data.js';
import type { AttentionViewName } from './views.js';

/** What a colour stands for: weights as they are, their square roots, or each head's share of its own largest weight. */
export const scales = ['linear', 'sqrt', 'head'] as const;
export type AttentionScale = (typeof scales)[number];

/** What `tokens` shades: what a token attends to (out), what attends to it (in). */
export const directions = ['both', 'out', 'in'] as const;
export type AttentionDirection = (typeof directions)[number];

/** What is said of each head. */
export const headScores = ['none', 'previous', 'self', 'first', 'entropy', 'recorded'] as const;
export type AttentionScore = (typeof headScores)[number];

/** How weights become colours. */
export interface Shading {
  ramp: Ramp;
  scale: AttentionScale;
  max: number;
  /** Weights below zero are shown too, on a diverging ramp. */
  signed: boolean;
}

/** One picture of attention: its data, and what the author and the reader have chosen. */
export interface AttentionScene {
  figure: AttentionData;
  /** Counts up with every new data. */
  version: number;
  /** Width of the figure, CSS pixels. */
  width: number;
  view: AttentionViewName;
  theme: Theme;
  shading: Shading;
  /** Index into the layers of the data. */
  layer: number;
  /** The heads that are chosen: none of several stands for all of them. */
  chosen: readonly number[];
  /** Heads are chosen one beside the other. */
  several: boolean;
  combine: Combine;
  /** The heads that are drawn: the one under the pointer, else the chosen ones. */
  heads: readonly number[];
  /** Each of the heads has lines and a colour of its own. */
  apart: boolean;
  /** These heads as one matrix. */
  grid: CellGrid;
  /** "Layer 2, head 5" */
  title: string;
  /** "head 2.5" */
  name: string;
  pair: SegmentPair | undefined;
  score: AttentionScore;
  selection: Readonly<SelectionState>;
  /** Tokens are written on the axes. */
  axisLabels: boolean;
  direction: AttentionDirection;
  /** Lines of each query in `arcs`. */
  topK: number;
  /** Lines in `arcs` are those of at least this weight, however many. */
  threshold: number | undefined;
  /** The author's name of the figure. */
  label: string | undefined;
}

/** The element that a view is drawn in, and what the view asks of it. */
export interface AttentionHost {
  readonly element: WaitsFor;
  readonly parts: {
    tooltip: Tooltip;
    scene(): AttentionScene | undefined;
    /** Points at a query, a key or both; at nothing. */
    point(target: { query?: number; key?: number } | undefined): void;
    /** Points at a head, by the model's number of its layer. */
    pointHead(target: { layer: number; head: number } | undefined): void;
    /** Holds what is pointed at, or lets go of it. */
    lock(target: { query?: number; key?: number }, sentence: string): void;
    /** Returns whether something was let go. */
    release(): boolean;
    previewHead(head: number | undefined): void;
    /** `add` puts a head beside those that are chosen, or takes it away; `solo` leaves it alone, and all where it was. */
    chooseHead(head: number, how: 'one' | 'add' | 'solo'): void;
    /** Shows a head large. */
    open(layer: number, head: number): void;
    set(state: Readonly<Record<string, unknown>>): void;
  };
}

/** One way to show attention, as drawn by one element. */
export interface AttentionPicture {
  render(scene: AttentionScene): TemplateResult;
  /** Called after each render: canvases are painted where what they show has changed. */
  paint(scene: AttentionScene): void;
  /** Everything is painted the next time. */
  forget(): void;
  /** Controls of this view alone. */
  controls?(scene: AttentionScene): unknown;
  legend?(scene: AttentionScene): unknown;
  text?(scene: AttentionScene): TemplateResult;
  /** Makes a cell the one that the keys move from. */
  moveTo?(place: GridPlace): void;
}

/** A view is loaded when it is first shown. */
export interface ViewModule {
  styles: readonly CSSResult[];
  create(host: AttentionHost): AttentionPicture;
  frame(scene: AttentionScene, picture: AttentionPicture, parts: AttentionHost['parts']): TemplateResult;
}
