// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isolation, serve } from '../../../scripts/lib/serve.mjs';

describe('the static server of npm start', () => {
  let root;
  let server;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'vitrine-serve-'));
    mkdirSync(join(root, 'docs/sub'), { recursive: true });
    mkdirSync(join(root, 'docs-private'));
    writeFileSync(join(root, 'docs/page.html'), '<p>page</p>');
    writeFileSync(join(root, 'docs/sub/index.html'), 'index');
    writeFileSync(join(root, 'docs/a b.wasm'), new Uint8Array([0, 97, 115, 109]));
    writeFileSync(join(root, 'docs/module.mjs'), 'export {};');
    writeFileSync(join(root, 'secret.txt'), 'secret');
    writeFileSync(join(root, 'docs-private/secret.txt'), 'secret');
    server = await serve({ root, folders: ['docs'], port: 0, home: '/docs/page.html' });
  });
  after(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });

  /** A request whose path is sent as written: fetch() would tidy it up first. */
  function get(path, { method = 'GET', headers = {}, port = server.port } = {}) {
    return new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }),
        );
      });
      sent.on('error', reject).end();
    });
  }

  it('serves files with their types', async () => {
    const page = await get('/docs/page.html');
    assert.deepEqual([page.status, page.body, page.headers['content-type']], [200, '<p>page</p>', 'text/html; charset=utf-8']);
    assert.equal((await get('/docs/a%20b.wasm')).headers['content-type'], 'application/wasm');
    assert.equal((await get('/docs/module.mjs?v=1')).headers['content-type'], 'text/javascript; charset=utf-8');
  });

  it('leads / to the home page and a folder to its index', async () => {
    assert.equal((await get('/')).headers.location, '/docs/page.html');
    assert.equal((await get('/docs/sub')).headers.location, '/docs/sub/');
    assert.equal((await get('/docs/sub/')).body, 'index');
  });

  it('gives nothing outside the folders it was given', async () => {
    const attempts = [
      '/secret.txt',
      '/docs/../secret.txt',
      '/docs/..%2fsecret.txt',
      '/docs/%2e%2e/secret.txt',
      '/docs-private/secret.txt',
      '//secret.txt',
    ];
    for (const path of [...attempts, '/docs/..%5csecret.txt', '/docs/page.html%00', '/%', '/docs/', '/docs/none.html']) {
      const { status, body } = await get(path);
      assert.equal(status, 404, path);
      assert.ok(!body.includes('secret'), path);
    }
  });

  it('answers HEAD without a body, an unchanged file with 304, and no other method', async () => {
    const head = await get('/docs/page.html', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', '11']);
    assert.equal((await get('/docs/page.html', { headers: { 'If-None-Match': head.headers.etag } })).status, 304);
    assert.equal((await get('/docs/page.html', { method: 'POST' })).status, 405);
  });

  it('takes the next port where one is busy, and isolates when asked', async () => {
    const second = await serve({ root, folders: ['docs'], port: server.port, headers: isolation });
    assert.notEqual(second.port, server.port);
    const page = await get('/docs/page.html', { port: second.port });
    assert.equal(page.headers['cross-origin-embedder-policy'], 'require-corp');
    await second.close();
  });
});
