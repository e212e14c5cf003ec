// SPDX-License-Identifier: MIT

/** Named through a variable, so that no bundler for a page looks for it. */
async function fileSystem(): Promise<typeof import('node:fs/promises')> {
  const name = 'node:fs/promises';
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof import('node:fs/promises');
}

/** A file of which parts can be read. */
export interface OpenFile {
  /** `length` bytes from `offset` on, fewer at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file on disk (Node only). */
export async function openForReading(path: string): Promise<OpenFile> {
  const { open } = await fileSystem();
  const file = await open(path, 'r');
  return {
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** Where a path leads when its symbolic links are followed (Node only). */
export async function realPath(path: string): Promise<string> {
  const { realpath } = await fileSystem();
  return realpath(path);
}

/** Size of a file in bytes (Node only). */
export async function sizeOf(path: string): Promise<number> {
  const { stat } = await fileSystem();
  return (await stat(path)).size;
}
