// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Folder of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A runner that thinks it owns the terminal clears lines; in a log, these are noise. Colours stay. */
const cursorMoves = /\u001b\[\d*[A-HJKSTfG]/g;

/**
 * Runs a program in the repository and waits for it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string>, cwd?: string }} [options] quiet: keep the output instead of showing it
 * @returns {Promise<{ status: number, output: string, stdout: string, stderr: string }>} output: both streams in the order they came
 */
export function exec(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const result = { status: 1, output: '', stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8');
      child[name].on('data', (/** @type {string} */ text) => {
        result.output += text;
        result[name] += text;
        if (!quiet) process[name].write(text.replace(cursorMoves, ''));
      });
    }
    child.on('error', (error) => resolve({ ...result, output: `${result.output}${error.message}\n` }));
    child.on('close', (code) => resolve({ ...result, status: code ?? 1 }));
  });
}

/** Runs a JavaScript file of the repository or of an installed package with this Node. */
export function node(script, args = [], options = {}) {
  return exec(process.execPath, [script, ...args], options);
}

/** Runs npm: the one that runs this script, else the one on the path. */
export function npm(args, options = {}) {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(cli)) return exec(process.execPath, [cli, ...args], options);
  return process.platform === 'win32' ? exec('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options) : exec('npm', args, options);
}
