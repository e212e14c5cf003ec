// SPDX-License-Identifier: MIT
import { absoluteUrl, environment, vendorUrl } from '../environment.js';
import { reasonOf, VitrineError } from '../errors.js';
import type { Device, OrtModule } from './types.js';

const inNode = typeof process !== 'undefined' && Boolean(process.versions?.node) && !('Deno' in globalThis) && !('window' in globalThis);

/** File of the ONNX Runtime distribution for a page, by device: the two differ in their WebAssembly (14 MB without WebGPU, 27 MB with). */
const BROWSER_FILES: Record<'wasm' | 'webgpu', string> = { wasm: 'ort.wasm.min.mjs', webgpu: 'ort.webgpu.min.mjs' };

/**
 * Finds ONNX Runtime: the module given, else the one configured (`configure({ ort })`, `configure({ vendor })`), else the installed
 * package. It is loaded only here, when a model is opened.
 *
 * @throws VitrineError `library-missing` with the line that installs it
 */
export async function loadOrt(device: Device, given?: unknown): Promise<OrtModule> {
  const configured = environment();
  if (given !== undefined) return asOrt(given);
  if (device === 'cpu') return loadNative();
  if (configured.ort && typeof configured.ort !== 'string') return asOrt(configured.ort);
  const url = typeof configured.ort === 'string' ? absoluteUrl(configured.ort) : vendorUrl(`ort/${BROWSER_FILES[device]}`);
  if (url) return asOrt(await imported(() => import(/* @vite-ignore */ /* webpackIgnore: true */ url), url));
  if (inNode) {
    const name = 'onnxruntime-web';
    return asOrt(await imported(() => import(/* @vite-ignore */ name), name));
  }
  if (device === 'webgpu') return asOrt(await imported(() => import('onnxruntime-web/webgpu'), 'onnxruntime-web/webgpu'));
  return asOrt(await imported(() => import('onnxruntime-web/wasm'), 'onnxruntime-web/wasm'));
}

async function loadNative(): Promise<OrtModule> {
  if (!inNode) {
    throw new VitrineError('device-unavailable', 'device "cpu" is ONNX Runtime for Node. In a browser, use device "wasm" or "webgpu".');
  }
  // The Linux build reports usage to its maker unless told not to; transformers.js sets the same variable.
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  const name = 'onnxruntime-node';
  return asOrt(await imported(() => import(/* @vite-ignore */ name), name));
}

async function imported(load: () => Promise<unknown>, what: string): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    const isUrl = /^[a-z]+:\/\//i.test(what);
    throw new VitrineError(
      'library-missing',
      isUrl
        ? `ONNX Runtime could not be loaded from ${what}. Check the address and the network, or serve the files beside your page and call configure({ vendor: './vendor/' }).`
        : `ONNX Runtime is needed to run a model, and "${what.split('/')[0]}" could not be loaded (${reasonOf(error)}). ` +
            `Install it with \`npm install ${what.split('/')[0]}\`` +
            (what === 'onnxruntime-node' ? ', or use device "wasm", which needs onnxruntime-web only.' : '.'),
      { cause: error },
    );
  }
}

function asOrt(module: unknown): OrtModule {
  const namespace = module as { default?: unknown; InferenceSession?: unknown };
  const ort = (namespace.InferenceSession ? namespace : namespace.default) as OrtModule | undefined;
  if (ort?.InferenceSession && ort.Tensor) return ort;
  throw new VitrineError(
    'invalid-option',
    'The `ort` option must be the ONNX Runtime module (with InferenceSession and Tensor), as imported.',
  );
}
