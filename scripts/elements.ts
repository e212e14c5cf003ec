// SPDX-License-Identifier: MIT
// npm run elements [-- <tag>...]: the recorded data of the elements' pages, computed from the embedded model.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HookedModel, storable } from '../src/core/index.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'scripts/elements');
const asked = process.argv.slice(2);
const tags = asked.length ? asked : readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
const target = join(root, 'docs/elements/data');
mkdirSync(target, { recursive: true });

const model = await HookedModel.fromPretrained('vitrine/storyteller');
try {
  for (const tag of tags) {
    if (!existsSync(join(folder, `${tag}.ts`))) throw new Error(`There is no scripts/elements/${tag}.ts, which would record its data.`);
    const { record } = (await import(`./elements/${tag}.ts`)) as { record(model: HookedModel): Promise<Record<string, unknown>> };
    for (const [name, trace] of Object.entries(await record(model))) {
      const json = `${JSON.stringify(storable(trace))}\n`;
      writeFileSync(join(target, name), json);
      console.log(`docs/elements/data/${name}  ${(json.length / 1024).toFixed(1)} KiB`);
    }
  }
} finally {
  await model.dispose();
}
