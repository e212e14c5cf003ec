// SPDX-License-Identifier: MIT
import type { OnnxNode } from '../onnx/types.js';

const decoder = new TextDecoder();

/** An integer attribute, or `fallback` where the node has it not. */
export const readInt = (node: OnnxNode, name: string, fallback: number): number => node.attributes.get(name)?.int ?? fallback;

/** A float attribute, or `fallback`. */
export const readFloat = (node: OnnxNode, name: string, fallback: number): number => node.attributes.get(name)?.float ?? fallback;

/** A list of integers, or undefined. */
export const readInts = (node: OnnxNode, name: string): number[] | undefined => node.attributes.get(name)?.ints;

/** A text attribute, or `fallback`. */
export function readString(node: OnnxNode, name: string, fallback: string): string {
  const bytes = node.attributes.get(name)?.string;
  return bytes ? decoder.decode(bytes) : fallback;
}
