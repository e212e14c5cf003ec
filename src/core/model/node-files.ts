// SPDX-License-Identifier: MIT
import { nextTurn } from '../turn.js';

/** Reads in a row before others get their turn: some 0.2 ms of them where the bytes are at hand. */
const READS_PER_TURN = 64;

let loading: Promise<typeof import('node:fs')> | undefined;

/** Asked for once, as weights are read from a file opened for each; named through a variable, so that no bundler for a page looks for it. */
function fileSystem(): Promise<typeof import('node:fs')> {
  const name = 'node:fs';
  return (loading ??= import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<typeof import('node:fs')>);
}

/** A file of which parts can be read. */
export interface OpenFile {
  /** `length` bytes from `offset` on, fewer at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Fills `into` with the bytes from `offset` on; gives back what it filled, which is less at the end of the file. */
  fill(into: Uint8Array, offset: number): Promise<Uint8Array>;
  /** `size` bytes at `offset` and at every `step` bytes after it, `count` times, side by side. Fewer at the end of the file. */
  every(offset: number, step: number, size: number, count: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file on disk (Node only). */
export async function openForReading(path: string): Promise<OpenFile> {
  const { promises, readSync } = await fileSystem();
  const file = await promises.open(path, 'r');
  const fill = async (into: Uint8Array, offset: number): Promise<Uint8Array> => {
    const { bytesRead } = await file.read(into, 0, into.length, offset);
    return into.subarray(0, bytesRead);
  };
  return {
    read: (offset, length) => fill(new Uint8Array(length), offset),
    fill,
    async every(offset, step, size, count) {
      const bytes = new Uint8Array(size * count);
      let length = 0;
      for (let at = 0; at < count; at++) {
        if (at % READS_PER_TURN === READS_PER_TURN - 1) await nextTurn();
        // Of a few bytes each, thousands at a time: the way through the thread pool costs ten times as much as the read.
        length += readSync(file.fd, bytes, at * size, size, offset + at * step);
      }
      return bytes.subarray(0, length);
    },
    close: () => file.close(),
  };
}

/** Where a path leads when its symbolic links are followed (Node only). */
export async function realPath(path: string): Promise<string> {
  const { promises } = await fileSystem();
  return promises.realpath(path);
}

/** Size of a file in bytes (Node only). */
export async function sizeOf(path: string): Promise<number> {
  const { promises } = await fileSystem();
  return (await promises.stat(path)).size;
}
