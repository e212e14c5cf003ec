// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './exec.mjs';
import { filesUnder } from './files.mjs';

/** Where the published files of this version are. */
export function publishedUrl() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return `https://cdn.jsdelivr.net/npm/${name}@${version}/dist/cdn/`;
}

/**
 * The lines for the head of a page that loads the built bundle from `base`, with a hash of each file that it may load, so that browsers run
 * these files and no others.
 */
export function embedSnippet(base = publishedUrl()) {
  const hashes = Object.fromEntries(
    filesUnder('dist/cdn', '.min.js')
      .filter((file) => !file.includes('/vendor/'))
      .map((file) => [
        basename(file),
        `sha384-${createHash('sha384')
          .update(readFileSync(join(root, file)))
          .digest('base64')}`,
      ]),
  );
  const { 'vitrine.min.js': bundle, ...others } = hashes;
  const integrity = Object.fromEntries(Object.entries(others).map(([file, hash]) => [base + file, hash]));
  return `<script type="importmap">
${JSON.stringify({ integrity }, null, 2)}
</script>
<script type="module" blocking="render" src="${base}vitrine.min.js"
        integrity="${bundle}" crossorigin="anonymous"></script>
`;
}
