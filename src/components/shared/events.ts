// SPDX-License-Identifier: MIT
import type { VitrineErrorCode } from './core.js';
import type { SelectionState } from './selection.js';

/** The reader's selection in a figure has changed, by hover (`locked: false`) or by a click or Enter (`locked: true`). */
export class SelectionChangeEvent extends Event {
  static readonly type = 'vitrine-selection-change';
  /** Layer, head and positions, counted from 0; a field is undefined where nothing of the kind is selected. */
  readonly selection: Readonly<SelectionState>;

  constructor(selection: Readonly<SelectionState>) {
    super(SelectionChangeEvent.type, { bubbles: true, composed: true });
    this.selection = selection;
  }
}

/** The reader has set another strength of a steering vector. */
export class StrengthChangeEvent extends Event {
  static readonly type = 'vitrine-strength-change';
  /** Times the vector; negative steers away. */
  readonly strength: number;

  constructor(strength: number) {
    super(StrengthChangeEvent.type, { bubbles: true, composed: true });
    this.strength = strength;
  }
}

/** A live run of a figure has ended and its result is drawn. */
export class RunEvent extends Event {
  static readonly type = 'vitrine-run';
  readonly prompt: string;
  readonly durationMs: number;

  constructor(prompt: string, durationMs: number) {
    super(RunEvent.type, { bubbles: true, composed: true });
    this.prompt = prompt;
    this.durationMs = durationMs;
  }
}

/** `load`: a figure has drawn its data, or a model can run. Like the one of `<img>`, it does not bubble. */
export class FigureLoadEvent extends Event {
  constructor() {
    super('load');
  }
}

/** `error`: data or a model could not be had. Like the one of `<img>`, it does not bubble. */
export class FigureErrorEvent extends Event {
  /** Stable, for programs. */
  readonly code: VitrineErrorCode;
  /** For people: what was expected, what came, what to do. */
  readonly message: string;
  readonly cause: unknown;

  constructor(code: VitrineErrorCode, message: string, cause?: unknown) {
    super('error');
    this.code = code;
    this.message = message;
    this.cause = cause;
  }
}

/** `progress`: a model is loading. */
export class ModelProgressEvent extends Event {
  readonly phase: string;
  /** Bytes so far. */
  readonly loaded: number;
  /** Bytes in all, where known. */
  readonly total: number | undefined;

  constructor(phase: string, loaded: number, total: number | undefined) {
    super('progress');
    this.phase = phase;
    this.loaded = loaded;
    this.total = total;
  }
}

/** The state of a `<vitrine-model>` has changed; its `status` says to what. */
export class ModelStatusEvent extends Event {
  static readonly type = 'vitrine-status';

  constructor() {
    super(ModelStatusEvent.type, { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'vitrine-selection-change': SelectionChangeEvent;
    'vitrine-run': RunEvent;
    'vitrine-strength-change': StrengthChangeEvent;
    'vitrine-status': ModelStatusEvent;
  }
}
