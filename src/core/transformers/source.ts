// SPDX-License-Identifier: MIT
import { absoluteUrl, environment, vendorUrl } from '../environment.js';
import { VitrineError } from '../errors.js';
import type { LibraryEnvironment } from './library.js';
import { inNode, nodeModules } from './node.js';

/** The name under which the model inside this package is opened. */
export const STORYTELLER = 'vitrine/storyteller';

/** Where a model lies. `file` is the ONNX file that the source named, relative to the model's folder. */
export type ModelPlace =
  | { readonly kind: 'hub'; readonly name: string; readonly id: string; readonly revision?: string; readonly file?: string }
  | { readonly kind: 'url'; readonly name: string; readonly base: string; readonly file?: string }
  | { readonly kind: 'folder'; readonly name: string; readonly path: string; readonly file?: string };

const HUB_ID = /^(\b[\w\-.]+\b\/)?\b[\w\-.]{1,96}\b$/;
const isHubId = (text: string): boolean => HUB_ID.test(text) && !/\.\.|--|\.git$|\.ipynb$|\.onnx$/.test(text);

/**
 * Decides what a model's name means: `vitrine/storyteller`, a hub id (`org/name`), an http(s) URL of a folder or of an .onnx file in one
 * (URLs of the hub are hub ids), and otherwise a path: of a folder in Node, relative to the page in a browser. In Node a folder that
 * exists wins over a hub id of the same spelling.
 *
 * @throws VitrineError `invalid-option` for what is none of these
 */
export async function locate(source: string, env: LibraryEnvironment): Promise<ModelPlace> {
  if (source === STORYTELLER) return storyteller();
  if (/^https?:\/\//.test(source)) return hubUrl(source, env) ?? urlPlace(source, source);
  if (source.trim() === '') throw unknownSource(source);
  if (inNode) {
    const folder = await folderPlace(source, source, isHubId(source));
    if (folder) return folder;
    if (isHubId(source)) return { kind: 'hub', name: source, id: source };
    throw unknownSource(source);
  }
  if (isHubId(source)) return { kind: 'hub', name: source, id: source };
  const url = absoluteUrl(source);
  if (/^https?:\/\//.test(url)) return urlPlace(url, source);
  throw unknownSource(source);
}

async function storyteller(): Promise<ModelPlace> {
  const configured = environment().storyteller ?? vendorUrl('storyteller/');
  if (configured !== undefined && /^https?:\/\//.test(absoluteUrl(configured))) return urlPlace(absoluteUrl(configured), STORYTELLER);
  // Kept in a variable: bundlers take `new URL('...', import.meta.url)` for a file to copy.
  const here = import.meta.url;
  if (!inNode) return urlPlace(new URL('../../../models/storyteller/', here).href, STORYTELLER);
  const { url } = await nodeModules();
  const candidates = configured === undefined ? [] : [configured];
  for (let up = 0, folder = new URL('./', here); up < 6; up++, folder = new URL('../', folder)) {
    candidates.push(url.fileURLToPath(new URL('models/storyteller/', folder)));
  }
  for (const candidate of candidates) {
    const place = await folderPlace(candidate, STORYTELLER);
    if (place) return place;
  }
  throw new VitrineError(
    'file-missing',
    'The embedded model was not found beside this package. Name its folder with configure({ storyteller: ... }).',
  );
}

/** `https://<hub>/org/name`, also with `/tree|blob|resolve/<revision>/<file>` behind. */
function hubUrl(source: string, env: LibraryEnvironment): ModelPlace | undefined {
  const host = env.remoteHost.endsWith('/') ? env.remoteHost : `${env.remoteHost}/`;
  if (!source.startsWith(host)) return undefined;
  const path = source.slice(host.length).replace(/[?#].*$/, '');
  const parts = /^([\w\-.]+\/[\w\-.]+)(?:\/(?:tree|blob|resolve)\/([^/]+)(?:\/(.+\.onnx))?)?\/?(?:onnx\/?)?$/.exec(path);
  if (!parts) return undefined;
  const [, id, revision, file] = parts;
  return {
    kind: 'hub',
    name: id!,
    id: id!,
    ...(revision === undefined ? {} : { revision: decodeURIComponent(revision) }),
    ...(file === undefined ? {} : { file }),
  };
}

function urlPlace(url: string, name: string): ModelPlace {
  const clean = url.replace(/[?#].*$/, '');
  const onnx = /^(.*?\/)((?:onnx\/)?[^/]+\.onnx)$/.exec(clean);
  if (onnx) return { kind: 'url', name, base: onnx[1]!, file: onnx[2]! };
  return { kind: 'url', name, base: clean.endsWith('/') ? clean : `${clean}/` };
}

/** A folder or an .onnx file on disk; `withConfig` asks that it looks like a model, where the name could mean something else. */
async function folderPlace(source: string, name: string, withConfig = false): Promise<ModelPlace | undefined> {
  const { fs, path, url } = await nodeModules();
  const full = path.resolve(source.startsWith('file://') ? url.fileURLToPath(source) : source);
  const stat = await fs.stat(full).catch(() => undefined);
  if (withConfig && !(await fs.stat(path.join(full, 'config.json')).catch(() => undefined))) return undefined;
  if (stat?.isDirectory()) return { kind: 'folder', name, path: full };
  if (!stat?.isFile() || !full.endsWith('.onnx')) return undefined;
  const folder = path.dirname(full);
  const inOnnx = path.basename(folder) === 'onnx';
  const file = path.basename(full);
  return inOnnx ? { kind: 'folder', name, path: path.dirname(folder), file: `onnx/${file}` } : { kind: 'folder', name, path: folder, file };
}

function unknownSource(source: string): VitrineError {
  const local = inNode ? 'a folder that exists' : 'a URL relative to the page';
  return new VitrineError(
    'invalid-option',
    `Expected the name of a model, which is a hub id such as "onnx-community/gpt2-ONNX", an http(s) URL, ${local}, or "${STORYTELLER}"; ` +
      `got ${JSON.stringify(source)}.`,
  );
}
