// SPDX-License-Identifier: MIT

/**
 * Standard normal numbers that depend only on what is named: the same seed, hook, row and position give the same vector, whether a prompt
 * runs at once or step by step. Mulberry32 (Tommy Ettinger, public domain) for the bits, Box-Muller for the shape.
 */
export function gaussianVector(seed: number, hook: string, row: number, position: number, length: number): Float32Array {
  let state = mix(mix(mix(seed | 0, textHash(hook)), row), position);
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
  const values = new Float32Array(length);
  for (let index = 0; index < length; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[index] = radius * Math.cos(angle);
    if (index + 1 < length) values[index + 1] = radius * Math.sin(angle);
  }
  return values;
}

function mix(state: number, value: number): number {
  let bits = Math.imul(state ^ value, 0x9e3779b1);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x85ebca6b);
  return bits ^ (bits >>> 13);
}

function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
