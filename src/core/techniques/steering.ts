// SPDX-License-Identifier: MIT
export { SteeringVector, type SteerOptions } from './steering/steering-vector.js';
export type { SteeringVectorJson } from './steering/json.js';
export type { PromptPair } from './steering/read-pairs.js';
export type { SteeringOptions } from './steering/train.js';
export type { SteeringMethod, SteeringPlace, SteeringVectorInit } from './steering/types.js';
