// SPDX-License-Identifier: MIT
/** Reading the fixtures beside the repository from a page; the test server has them under /shared/. */

export interface StoredTensor {
  dims: number[];
  data: Float32Array | BigInt64Array;
}

/** Whether the fixtures are there. */
export async function haveShared(): Promise<boolean> {
  return (await fetch('/shared/fixtures/README.md', { method: 'HEAD' })).ok;
}

/** The reference activations that belong to an ONNX file of a fixture. */
export async function readReference(fixture: string, file: string): Promise<Map<string, StoredTensor>> {
  const base = `/shared/fixtures/${fixture}/`;
  const { reference } = (await (await fetch(`${base}fixture.json`)).json()) as { reference: Record<string, string> };
  const url = new URL(`${reference[file] ?? reference['*']!}.safetensors`, new URL(base, location.href));
  const bytes = await (await fetch(url)).arrayBuffer();
  const headerLength = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, headerLength))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    const { dtype, shape, data_offsets: offsets } = entry;
    if (dtype !== 'F32' && dtype !== 'I64') continue;
    const [from, to] = offsets;
    const part = bytes.slice(8 + headerLength + from, 8 + headerLength + to);
    tensors.set(name, { dims: shape, data: dtype === 'F32' ? new Float32Array(part) : new BigInt64Array(part) });
  }
  return tensors;
}

/** Largest difference where the expected value is finite. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    if (Number.isFinite(expected[index]!)) worst = Math.max(worst, Math.abs(actual[index]! - expected[index]!));
  }
  return worst;
}
