// SPDX-License-Identifier: MIT
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

export interface Hub {
  /** `http://127.0.0.1:.../`, for `env.remoteHost`. */
  readonly host: string;
  /** Requests so far, as `GET org/name/resolve/main/config.json`. */
  readonly requests: string[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse, file: string | undefined) => boolean | void;

/** A server that stands for the hub: `org/name/resolve/<any revision>/<file>` from folders. `first` may answer instead. */
export async function startHub(t: TestContext, models: Record<string, string>, first?: Answer): Promise<Hub> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    const url = decodeURIComponent(request.url!.slice(1));
    requests.push(`${request.method} ${url}`);
    const parts = /^([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(url);
    const folder = parts ? models[parts[1]!] : undefined;
    const file = folder && path.join(folder, parts![2]!);
    const found = file && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
    if (first?.(request, response, found)) return;
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': statSync(found).size, 'content-type': 'application/octet-stream' });
    if (request.method === 'HEAD') response.end();
    else createReadStream(found).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** An empty folder that goes away with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All files below a folder, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

const restored = new WeakMap<TestContext, Record<string, unknown>>();

/** Sets fields of the library's `env` for one test. */
export function withEnv(t: TestContext, env: object, changes: Record<string, unknown>): void {
  const fields = env as Record<string, unknown>;
  let before = restored.get(t);
  if (!before) {
    const first = (before = {} as Record<string, unknown>);
    restored.set(t, first);
    t.after(() => void Object.assign(fields, first));
  }
  for (const key of Object.keys(changes)) if (!Object.hasOwn(before, key)) before[key] = fields[key];
  Object.assign(fields, changes);
}
