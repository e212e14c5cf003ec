// SPDX-License-Identifier: MIT
import { VitrineError } from '../errors.js';
import { nodeModules } from './node.js';

/** A file of a model that is here now: on disk, in a browser cache or in memory. */
export interface StoredFile {
  /** Absolute path, where the file lies on disk (Node). */
  readonly path?: string;
  /** Length in bytes. */
  readonly size: number;
  /** What its server said to tell this version from others, where it is known. */
  readonly version?: string | undefined;
  /** The whole file. Read anew at every call where it is stored somewhere, so keep the result rather than call twice. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file on disk, or undefined where there is none. */
export async function fileOnDisk(path: string): Promise<StoredFile | undefined> {
  const { fs } = await nodeModules();
  const stat = await fs.stat(path).catch(() => undefined);
  if (!stat?.isFile()) return undefined;
  return { path, size: stat.size, bytes: () => readFromDisk(path) };
}

/** A file held in memory. */
export function fileInMemory(bytes: Uint8Array<ArrayBuffer>): StoredFile {
  return { size: bytes.byteLength, bytes: () => Promise.resolve(bytes) };
}

/** A file whose bytes are handed over once from memory and come from `again` afterwards. */
export function fileHandedOver(bytes: Uint8Array<ArrayBuffer>, again: () => Promise<StoredFile | undefined>): StoredFile {
  let held: Uint8Array<ArrayBuffer> | undefined = bytes;
  const size = bytes.byteLength;
  return {
    size,
    async bytes() {
      const first = held;
      held = undefined;
      if (first) return first;
      const stored = await again();
      if (stored) return stored.bytes();
      throw new VitrineError('file-missing', 'A model file that was in the browser cache is gone from it. Open the model again.');
    },
  };
}

/** The text of a stored JSON file, parsed. @throws VitrineError `file-missing` where it is not JSON; `where` names it for the message */
export async function readJson(file: StoredFile, where: string): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await file.bytes());
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below, like JSON that is not an object.
  }
  const begins = JSON.stringify(text.slice(0, 60));
  throw new VitrineError('file-missing', `Expected a JSON object at ${where}, got a file that begins ${begins}. Check the address.`);
}

/** Node refuses to read more than 2 GiB at a time. */
const PIECE = 2 ** 30;

async function readFromDisk(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { fs } = await nodeModules();
  const handle = await fs.open(path, 'r');
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE, bytes.length - at), at);
      if (bytesRead === 0) throw new VitrineError('file-missing', `${path} became shorter while it was read. Open the model again.`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
