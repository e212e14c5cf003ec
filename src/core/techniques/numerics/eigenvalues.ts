// SPDX-License-Identifier: MIT
import type { Matrix } from './matrix.js';

/** A complex number. */
export interface Complex {
  re: number;
  im: number;
}

/**
 * All eigenvalues of a square real matrix: Householder reduction to Hessenberg form, then the QR iteration with Wilkinson's shift in complex
 * arithmetic (Golub and Van Loan, "Matrix Computations", 4th ed., 7.4 and 7.5). Largest modulus first.
 *
 * Accurate to about 1e-14 of the matrix's norm for well-separated eigenvalues; multiple ones come out spread by the root of that.
 */
export function eigenvalues(matrix: Matrix): Complex[] {
  const size = matrix.rows;
  const re = hessenberg(matrix);
  const im = new Float64Array(size * size);
  const values: Complex[] = [];
  let last = size - 1;
  let steps = 0;
  while (last >= 0) {
    let first = last;
    while (first > 0 && !isSmall(re, im, size, first)) first--;
    if (first === last) {
      values.push({ re: re[last * size + last]!, im: im[last * size + last]! });
      last--;
      steps = 0;
      continue;
    }
    qrStep(re, im, size, first, last, shiftOf(re, im, size, last, ++steps));
  }
  return values.sort((one, other) => Math.hypot(other.re, other.im) - Math.hypot(one.re, one.im));
}

/** Whether the element left of the diagonal in this row is rounding; it is then made zero. */
function isSmall(re: Float64Array, im: Float64Array, size: number, row: number): boolean {
  const modulus = (at: number): number => Math.hypot(re[at]!, im[at]!);
  const below = row * size + row - 1;
  const around = modulus(row * size + row) + modulus((row - 1) * size + row - 1);
  if (modulus(below) > 2.3e-16 * (around || 1e-300)) return false;
  re[below] = 0;
  im[below] = 0;
  return true;
}

/** The eigenvalue of the last two rows and columns that is nearer to the last diagonal element. */
function shiftOf(re: Float64Array, im: Float64Array, size: number, last: number, steps: number): Complex {
  const at = (row: number, column: number): Complex => ({ re: re[row * size + column]!, im: im[row * size + column]! });
  const [a, b, c, d] = [at(last - 1, last - 1), at(last - 1, last), at(last, last - 1), at(last, last)];
  // Now and then another shift, for matrices that this one goes round in circles with.
  if (steps % 12 === 0) return { re: d.re + Math.hypot(c.re, c.im), im: d.im };
  const half: Complex = { re: (a.re - d.re) / 2, im: (a.im - d.im) / 2 };
  const product = times(b, c);
  const root = squareRoot({ re: half.re ** 2 - half.im ** 2 + product.re, im: 2 * half.re * half.im + product.im });
  const sign = half.re * root.re + half.im * root.im >= 0 ? 1 : -1;
  const sum: Complex = { re: half.re + sign * root.re, im: half.im + sign * root.im };
  const square = sum.re ** 2 + sum.im ** 2;
  if (square === 0) return d;
  const quotient = times(product, { re: sum.re / square, im: -sum.im / square });
  return { re: d.re - quotient.re, im: d.im - quotient.im };
}

/** One step of the shifted QR iteration on rows and columns first..last, by plane rotations. */
function qrStep(re: Float64Array, im: Float64Array, size: number, first: number, last: number, shift: Complex): void {
  for (let at = first; at <= last; at++) {
    re[at * size + at]! -= shift.re;
    im[at * size + at]! -= shift.im;
  }
  const rotations: [Complex, Complex][] = [];
  for (let k = first; k < last; k++) {
    const [top, low] = [k * size, (k + 1) * size];
    const radius = Math.hypot(re[top + k]!, im[top + k]!, re[low + k]!, im[low + k]!);
    const c: Complex = radius === 0 ? { re: 1, im: 0 } : { re: re[top + k]! / radius, im: im[top + k]! / radius };
    const s: Complex = radius === 0 ? { re: 0, im: 0 } : { re: re[low + k]! / radius, im: im[low + k]! / radius };
    rotations.push([c, s]);
    for (let column = k; column <= last; column++) {
      const [xr, xi, yr, yi] = [re[top + column]!, im[top + column]!, re[low + column]!, im[low + column]!];
      re[top + column] = c.re * xr + c.im * xi + s.re * yr + s.im * yi;
      im[top + column] = c.re * xi - c.im * xr + s.re * yi - s.im * yr;
      re[low + column] = c.re * yr - c.im * yi - (s.re * xr - s.im * xi);
      im[low + column] = c.re * yi + c.im * yr - (s.re * xi + s.im * xr);
    }
  }
  rotations.forEach(([c, s], index) => {
    const k = first + index;
    for (let row = first; row <= Math.min(k + 1, last); row++) {
      const [x, y] = [row * size + k, row * size + k + 1];
      const [xr, xi, yr, yi] = [re[x]!, im[x]!, re[y]!, im[y]!];
      re[x] = xr * c.re - xi * c.im + yr * s.re - yi * s.im;
      im[x] = xr * c.im + xi * c.re + yr * s.im + yi * s.re;
      re[y] = -(xr * s.re + xi * s.im) + yr * c.re + yi * c.im;
      im[y] = -(xi * s.re - xr * s.im) + yi * c.re - yr * c.im;
    }
  });
  for (let at = first; at <= last; at++) {
    re[at * size + at]! += shift.re;
    im[at * size + at]! += shift.im;
  }
}

/** The matrix in a basis in which nothing lies below the first subdiagonal. */
function hessenberg(matrix: Matrix): Float64Array {
  const size = matrix.rows;
  const data = matrix.data.slice();
  for (let k = 0; k < size - 2; k++) {
    const axis = new Float64Array(size);
    let square = 0;
    for (let row = k + 1; row < size; row++) square += (axis[row] = data[row * size + k]!) ** 2;
    if (square === 0) continue;
    axis[k + 1]! += (axis[k + 1]! >= 0 ? 1 : -1) * Math.sqrt(square);
    let length = 0;
    for (let row = k + 1; row < size; row++) length += axis[row]! ** 2;
    for (let column = 0; column < size; column++) {
      let dot = 0;
      for (let row = k + 1; row < size; row++) dot += axis[row]! * data[row * size + column]!;
      for (let row = k + 1; row < size; row++) data[row * size + column]! -= ((2 * dot) / length) * axis[row]!;
    }
    for (let row = 0; row < size; row++) {
      let dot = 0;
      for (let column = k + 1; column < size; column++) dot += axis[column]! * data[row * size + column]!;
      for (let column = k + 1; column < size; column++) data[row * size + column]! -= ((2 * dot) / length) * axis[column]!;
    }
    for (let row = k + 2; row < size; row++) data[row * size + k] = 0;
  }
  return data;
}

const times = (a: Complex, b: Complex): Complex => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });

function squareRoot({ re, im }: Complex): Complex {
  const modulus = Math.hypot(re, im);
  const real = Math.sqrt(Math.max(0, (modulus + re) / 2));
  const imaginary = Math.sqrt(Math.max(0, (modulus - re) / 2));
  return { re: real, im: im < 0 ? -imaginary : imaginary };
}
