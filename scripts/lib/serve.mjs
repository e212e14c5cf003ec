// SPDX-License-Identifier: MIT
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/**
 * Serves files of a folder over HTTP: GET and HEAD, an entity tag for each file, nothing outside `folders`, no directory lists.
 *
 * @param {object} options
 * @param {string} options.root folder that the addresses are relative to
 * @param {string[]} options.folders the folders and files of `root` that may be read, such as ['docs', 'dist']
 * @param {number} options.port first port to try; 0 takes any
 * @param {string} [options.host] `127.0.0.1` by default: this machine only
 * @param {string} [options.home] where "/" leads
 * @param {Record<string, string>} [options.headers] sent with every answer
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function serve({ root, folders, port, host = '127.0.0.1', home, headers = {} }) {
  const allowed = folders.map((folder) => resolve(root, folder));
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request, response) {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'Only GET and HEAD are answered here.');
    const path = pathOf(request.url);
    if (path === '/' && home) return redirect(response, home);
    const found = path && (await fileAt(path));
    if (!found) return end(response, 404, 'There is no such file here.');
    if (found.directory) return redirect(response, `${path}/`);
    const tag = `"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`;
    response.setHeader('ETag', tag);
    response.setHeader('Cache-Control', 'no-cache');
    if (request.headers['if-none-match'] === tag) return response.writeHead(304).end();
    response.writeHead(200, { 'Content-Type': types[extname(found.file)] ?? 'application/octet-stream', 'Content-Length': found.size });
    if (request.method === 'HEAD') return response.end();
    const stream = createReadStream(found.file);
    stream.on('error', () => response.destroy());
    response.on('close', () => stream.destroy());
    return stream.pipe(response);
  }

  async function fileAt(path) {
    const file = resolve(join(root, path.endsWith('/') ? `${path}index.html` : path));
    if (!allowed.some((place) => file === place || file.startsWith(place + sep))) return undefined;
    const found = await stat(file).catch(() => undefined);
    if (!found) return undefined;
    return { file, size: found.size, mtimeMs: found.mtimeMs, directory: found.isDirectory() };
  }

  const bound = await listen(server, port, host);
  const close = () =>
    new Promise((done) => {
      server.close(() => done(undefined));
      server.closeAllConnections();
    });
  return { port: bound, close };
}

/** Headers of cross-origin isolation: with them, WebAssembly may use threads. */
export const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The path of a request, decoded; undefined where it cannot be one (a bad escape, a NUL, a backslash). */
function pathOf(url) {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/, ''));
    return /[\0\\]/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}

/** Takes the first free port from `port` upward. */
async function listen(server, port, host) {
  for (let tried = port; ; tried++) {
    const error = await new Promise((done) => {
      server.once('error', done);
      server.listen(tried, host, () => {
        server.off('error', done);
        done(undefined);
      });
    });
    if (!error) return server.address().port;
    if (error.code !== 'EADDRINUSE' || tried >= port + 50) throw error;
  }
}

function redirect(response, location) {
  response.writeHead(302, { Location: location }).end();
}

function end(response, status, message) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}
