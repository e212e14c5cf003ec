// SPDX-License-Identifier: MIT
// npm start                  installs and builds what is missing, then serves the article and prints its address
// npm start -- --isolated    with cross-origin isolation, so that WebAssembly may use threads
import { ensureBuilt } from './lib/build.mjs';
import { root } from './lib/exec.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isolation, serve } from './lib/serve.mjs';

const home = '/docs/articles/first-look.html';

try {
  await ensureInstalled();
  await ensureBuilt();
  const { port, close } = await serve({
    root,
    folders: ['docs', 'dist', 'models'],
    port: readPort(process.env.PORT ?? '8080'),
    host: process.env.HOST,
    home,
    headers: process.argv.includes('--isolated') ? isolation : {},
  });
  console.log(
    `\nThe article "A first look", with a model that runs on this machine:\n\n  http://localhost:${port}${home}\n\nThe elements, each on a page of its own: http://localhost:${port}/docs/elements/index.html\n\nCtrl+C stops the server.`,
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close().then(() => process.exit(0)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function readPort(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new Error(`PORT must be a number from 0 to 65535; it is "${text}".`);
}
