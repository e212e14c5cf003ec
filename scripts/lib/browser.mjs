// SPDX-License-Identifier: MIT
import { existsSync, accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { exec } from './exec.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];

/** Places where Chrome, Chromium or Edge is found by custom, best first. */
function usualPlaces() {
  const { HOME = '', LOCALAPPDATA = '', PROGRAMFILES = 'C:\\Program Files' } = process.env;
  if (process.platform === 'darwin') {
    const apps = [
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Chromium.app/Contents/MacOS/Chromium',
      'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
    return apps.flatMap((app) => [join('/Applications', app), join(HOME, 'Applications', app)]);
  }
  if (process.platform === 'win32') {
    const bases = [PROGRAMFILES, process.env['PROGRAMFILES(X86)'] ?? 'C:\\Program Files (x86)', LOCALAPPDATA];
    return bases.flatMap((base) => [
      join(base, 'Google/Chrome/Application/chrome.exe'),
      join(base, 'Chromium/Application/chrome.exe'),
      join(base, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), '/opt/google/chrome/chrome'];
}

/** Path of an installed browser, or undefined. `CHROME_PATH` wins. */
export function findBrowser() {
  const chosen = process.env.CHROME_PATH;
  if (chosen && !existsSync(chosen))
    throw new Error(`CHROME_PATH is ${chosen}, and there is no such file. Set it to a Chrome or Chromium, or unset it.`);
  return chosen || usualPlaces().find(executable);
}

/**
 * Path of a browser for the tests. On Debian and its relatives, as root, Chromium is installed where there is none.
 *
 * @throws Error with a sentence for the user where there is no browser and none could be installed
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  const advice =
    'The browser tests need Chrome or Chromium. Install one (Debian: `apt-get install chromium`; others: https://www.google.com/chrome/) or set CHROME_PATH to it.';
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0)
    throw new Error(`No browser was found. ${advice}`);
  console.log('Installing Chromium with apt-get, because no Chrome or Chromium was found.');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await exec('apt-get', ['update', '-qq'], { env });
  const { status, output } = await exec('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
    env,
    quiet: true,
  });
  const installed = findBrowser();
  if (status === 0 && installed) return installed;
  throw new Error(`apt-get could not install Chromium:\n${output.slice(-1500)}\n${advice}`);
}

/** What the browser is started with: no sandbox where Linux forbids it (root), nothing that asks the network, WebGPU in software. */
export function browserArguments() {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
  return [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...quiet, ...webgpu];
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
