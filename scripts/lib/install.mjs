// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { npm, root } from './exec.mjs';

const required = 20;

/**
 * Makes node_modules what package-lock.json says, by `npm ci`, where it is missing or out of date. Needs nothing installed itself.
 *
 * @throws Error with a sentence for the user where the installation failed
 */
export async function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < required)
    throw new Error(`Vitrine needs Node ${required} or newer; this is ${process.version}. Get it from https://nodejs.org.`);
  const reason = await outOfDate();
  if (!reason) return;
  console.log(`Installing the packages of package-lock.json with npm ci, because ${reason}.`);
  const { status } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) {
    throw new Error(
      'npm ci failed (see above). The first run needs the network for the npm registry; later runs do not. Run the same command again once it is reachable.',
    );
  }
}

/** Why node_modules is not what the lock file asks for; undefined where it is. */
async function outOfDate() {
  const installed = await packages('node_modules/.package-lock.json');
  if (!installed) return 'node_modules is missing';
  const wanted = await packages('package-lock.json');
  for (const [path, { version, optional, peer }] of Object.entries(wanted ?? {})) {
    if (!path) continue;
    const found = installed[path]?.version;
    if (found === version || (found === undefined && (optional || peer))) continue;
    return `${path.replace(/^node_modules\//, '')} is ${found ?? 'missing'} and ${version} is asked for`;
  }
  return undefined;
}

async function packages(file) {
  try {
    return JSON.parse(await readFile(root + file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
