// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { browserArguments, ensureBrowser } from './browser.mjs';
import { root } from './exec.mjs';

/** No name but localhost has an address. */
const noNetwork = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'];

let browser;

/**
 * Opens an address in a fresh browser profile without network: only this machine answers, and `cdn.jsdelivr.net` where `standIn` is set,
 * played by the installed packages.
 *
 * @param {string} url
 * @param {{ standIn?: boolean, width?: number, before?: () => void }} [options] `width` of the window; `before` runs before the page's scripts
 * @returns page, and what happened on it: `foreign` addresses asked for, `errors` (exceptions, failed requests, console errors), `warnings`
 */
export async function openPage(url, { standIn = false, width, before } = {}) {
  browser ??= await puppeteer.launch({
    executablePath: await ensureBrowser(),
    args: [...browserArguments(), ...noNetwork],
    headless: true,
  });
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  if (width) await page.setViewport({ width, height: 900 });
  if (before) await page.evaluateOnNewDocument(before);
  const seen = { foreign: [], errors: [], warnings: [], requests: [] };
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text());
    if (message.type() === 'warn') seen.warnings.push(message.text());
  });
  page.on('request', (request) => {
    seen.requests.push(request.url());
    if (/^https?:\/\/(?!localhost[:/]|127\.0\.0\.1[:/])/.test(request.url())) seen.foreign.push(request.url());
  });
  if (standIn) {
    // Only where it is needed: with interception, the imports of a worker's script are never answered.
    await page.setRequestInterception(true);
    page.on('request', (request) => void answer(request));
  }
  await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
  return { page, ...seen, close: () => context.close() };
}

/** Ends the browser that {@link openPage} started. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

async function answer(request) {
  const file = packageFile(new URL(request.url()));
  if (!file) return request.continue();
  const body = await readFile(file).catch(() => undefined);
  if (!body) return request.abort();
  const contentType = file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
  return request.respond({ status: 200, contentType, headers: { 'Access-Control-Allow-Origin': '*' }, body });
}

/** The installed file that https://cdn.jsdelivr.net/npm/name@version/path names, if that exact version is installed. */
function packageFile({ hostname, pathname }) {
  const [, name, path] = /^\/npm\/((?:@[^/]+\/)?[^/@]+)@[^/]+\/(.+)$/.exec(pathname) ?? [];
  return hostname === 'cdn.jsdelivr.net' && name ? join(root, 'node_modules', name, path) : undefined;
}
