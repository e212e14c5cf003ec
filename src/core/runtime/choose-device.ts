// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import type { Device } from './types.js';

/** Below this many bytes of weights a GPU gains nothing: its fixed cost per call is larger than the arithmetic. */
const GPU_PAYS_FROM_BYTES = 64 * 1024 * 1024;

const DEVICES: readonly string[] = ['auto', 'cpu', 'wasm', 'webgpu'];

/** The device to run on: the one asked for, else `cpu` in Node (`wasm` where onnxruntime-node is not installed), else by size and GPU. */
export async function chooseDevice(asked: Device | 'auto' | undefined, weightBytes: number): Promise<Device> {
  if (asked !== undefined && !DEVICES.includes(asked)) {
    throw new VitrineError('invalid-option', `device must be one of ${DEVICES.join(', ')}; got "${asked}".`);
  }
  if (asked !== undefined && asked !== 'auto') return asked;
  if (typeof process !== 'undefined' && process.release?.name === 'node') return (await nativeIsInstalled()) ? 'cpu' : 'wasm';
  if (weightBytes < GPU_PAYS_FROM_BYTES) return 'wasm';
  return (await hasGpu()) ? 'webgpu' : 'wasm';
}

async function nativeIsInstalled(): Promise<boolean> {
  const name = 'onnxruntime-node';
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name).then(
    () => true,
    () => false,
  );
}

/** A real adapter; the software fallback that some browsers offer is slower than WebAssembly. */
async function hasGpu(): Promise<boolean> {
  interface Adapter {
    isFallbackAdapter?: boolean;
    info?: { isFallbackAdapter?: boolean };
  }
  const gpu = (globalThis.navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } } | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter?.isFallbackAdapter ?? adapter?.info?.isFallbackAdapter ?? false);
}
