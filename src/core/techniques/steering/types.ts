// SPDX-License-Identifier: MIT
import type { Tensor } from '../../model/tensor.js';

/** How a steering vector is found; see the head of `directions.ts`. `actadd` is the difference of one pair at every position. */
export type SteeringMethod = 'mean-difference' | 'pca-diff' | 'pca-center' | 'pca-uncentered' | 'logistic' | 'actadd';
export const STEERING_METHODS: readonly SteeringMethod[] = [
  'mean-difference',
  'pca-diff',
  'pca-center',
  'pca-uncentered',
  'logistic',
  'actadd',
];

/** Where a steering vector is read and added: before or after a block. */
export type SteeringPlace = 'resid_pre' | 'resid_post';

/** What a steering vector is made of. */
export interface SteeringVectorInit {
  place: SteeringPlace;
  /** By layer: [d_model], or [pos, d_model] to be added position by position from the first token. */
  directions: ReadonlyMap<number, Tensor>;
  /** How it was found; undefined where it was put together by hand. */
  method?: SteeringMethod;
  /** The model it belongs to. */
  model?: string;
}
