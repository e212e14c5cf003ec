// SPDX-License-Identifier: MIT
import type { ReactiveControllerHost, TemplateResult } from 'lit';
import { oneOf } from '../shared/attribute-value.js';
import type { FigureKinds, SteeringVectorTrace } from '../shared/core.js';
import type { FileButtons } from './file-buttons.js';
import { pairFields, pairsProblem, promptsOf, steeringMethods, type PairTexts, type SteeringMethod } from './pairs.js';

/** The element, as far as it says where the vector comes from. */
type SourceHost = ReactiveControllerHost & {
  readonly positive: string | readonly string[] | undefined;
  readonly negative: string | readonly string[] | undefined;
  method: string | undefined;
};

/** Vectors that were drawn. */
export interface DrawnVectors {
  last?: SteeringVectorTrace;
  /** The last one whose prompts are known. */
  known?: SteeringVectorTrace;
}

/** Where the vector of a live run comes from: a file, else the prompts that the reader has typed, the author has given or the data hold. */
export class VectorSource {
  readonly #host: SourceHost;
  readonly #files: FileButtons;
  readonly #drawn: DrawnVectors;
  /** The prompts have changed. */
  readonly #onChange: () => void;
  #problem: string | undefined;
  /** The prompts as the reader has typed them; they stay whatever is drawn. */
  typed: PairTexts | undefined;

  constructor(host: SourceHost, files: FileButtons, drawn: DrawnVectors, onChange: () => void) {
    this.#host = host;
    this.#files = files;
    this.#drawn = drawn;
    this.#onChange = onChange;
  }

  /** Whether the prompts are pairs, where they are what the vector is found from; if not, it is said under the fields. */
  check(): boolean {
    const option = this.option();
    this.#problem = 'directions' in option ? undefined : pairsProblem(option.positive, option.negative);
    this.#host.requestUpdate();
    return this.#problem === undefined;
  }

  option(): FigureKinds['steering']['options']['vector'] {
    if (this.#files.loaded) return this.#files.loaded.vector;
    const texts = this.#texts();
    const [positive, negative] = [promptsOf(texts.positive), promptsOf(texts.negative)];
    if (positive.length === 0 && this.#drawn.last && !this.typed) return this.#drawn.last;
    return { positive, negative, method: this.#method() };
  }

  render(): TemplateResult {
    return pairFields({
      texts: this.#texts(),
      method: this.#method(),
      problem: this.#problem,
      type: (side, text) => {
        this.typed = { ...this.#texts(), [side]: text };
        this.#files.loaded = undefined;
        this.#host.requestUpdate();
        this.#onChange();
      },
      choose: (method) => {
        this.#files.loaded = undefined;
        this.#host.method = method;
      },
    });
  }

  #texts(): PairTexts {
    const { positive = [], negative = [] } = this.#drawn.known ?? {};
    return this.typed ?? { positive: written(this.#host.positive ?? positive), negative: written(this.#host.negative ?? negative) };
  }

  #method(): SteeringMethod {
    return oneOf('steering-lab', 'method', this.#host.method ?? this.#drawn.known?.method, steeringMethods);
  }
}

function written(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join('\n');
}
