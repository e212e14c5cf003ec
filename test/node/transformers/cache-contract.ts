// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openModelFiles } from '../../../src/core/transformers/files.js';
import type { TransformersLibrary } from '../../../src/core/transformers/library.js';
import { openTokenizer } from '../../../src/core/transformers/tokenizer.js';
import { repositoryPath } from '../shared.js';
import { filesBelow, startHub, temporaryFolder, withEnv } from './hub.js';
import { type Major, openMajor } from './majors.js';

const ID = 'somebody/storyteller';
const STORYTELLER = repositoryPath('models', 'storyteller');
type Loader = { from_pretrained(name: string, options: object): Promise<{ dispose?(): Promise<unknown> }> };

/** What must hold of the cache that we share with one major version of the library. */
export function cacheContract(major: Major): void {
  /** The library's way to load everything, at a revision. */
  const byLibrary = async ({ module }: TransformersLibrary, revision: string): Promise<void> => {
    const options = major === 2 ? { quantized: false, model_file_name: 'model', revision } : { dtype: 'fp32', device: 'cpu', revision };
    const model = await (module['AutoModelForCausalLM'] as Loader).from_pretrained(ID, options);
    await model.dispose?.();
    await tokenizerByLibrary({ module }, revision);
  };
  const tokenizerByLibrary = async ({ module }: Pick<TransformersLibrary, 'module'>, revision: string): Promise<void> => {
    await (module['AutoTokenizer'] as Loader).from_pretrained(ID, { revision });
  };
  const byUs = async (library: TransformersLibrary, revision: string): Promise<Uint8Array> => {
    const files = await openModelFiles(library, ID, { revision });
    await openTokenizer(library, files);
    return files.onnx.bytes();
  };
  /** The library's `fetch` is the global one before version 4. */
  const forbidFetch = (t: TestContext, { env }: TransformersLibrary): void => {
    const refuse = (url: unknown): never => assert.fail(`nothing may be fetched, yet ${String(url)} was`);
    if (env.fetch) withEnv(t, env, { fetch: refuse });
    t.mock.method(globalThis, 'fetch', refuse);
  };
  const expected = readFileSync(path.join(STORYTELLER, 'onnx', 'model.onnx'));

  for (const revision of ['main', 'v1.0']) {
    for (const store of ['folder', 'web cache'] as const) {
      test(`transformers.js ${major}, ${store}, revision ${revision}: what the library downloaded, we find; what we downloaded, it finds`, async (t) => {
        const library = await openMajor(major);
        const hub = await startHub(t, { [ID]: STORYTELLER });
        const caches = [fakeCache(), fakeCache()];
        const fresh = (round: number): Record<string, unknown> =>
          store === 'folder' ? { cacheDir: temporaryFolder(t) } : { useCustomCache: true, useFSCache: false, customCache: caches[round] };
        withEnv(t, library.env, { remoteHost: hub.host, allowLocalModels: false, allowRemoteModels: true, ...fresh(0) });

        await t.test('library first', async (t) => {
          await byLibrary(library, revision);
          forbidFetch(t, library);
          assert.deepEqual(Buffer.from(await byUs(library, revision)), expected);
        });
        Object.assign(library.env, fresh(1));
        hub.requests.length = 0;
        await t.test('we first', async (t) => {
          assert.deepEqual(Buffer.from(await byUs(library, revision)), expected);
          const asked = hub.requests.filter((request) => request.startsWith('GET'));
          assert.deepEqual([...new Set(asked)].length, asked.length, 'no file is asked for twice');
          if (store === 'folder') {
            const folder = library.env.cacheDir!;
            const prefix = revision === 'main' ? ID : `${ID}/${revision}`;
            const names = ['config.json', 'generation_config.json', 'onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'];
            assert.deepEqual(
              filesBelow(folder),
              names.map((name) => `${prefix}/${name}`),
            );
          }
          forbidFetch(t, library);
          // Version 3 in Node cannot take a model from a cache that answers with Responses; that it asks for the same key is seen below.
          if (major === 3 && store === 'web cache') await tokenizerByLibrary(library, revision);
          else await byLibrary(library, revision);
        });
        const [theirs, ours] = caches.map(({ keys }) => keys);
        assert.ok(
          theirs!.every((key) => ours!.includes(key)),
          `keys of the library ${theirs!.join()} are among ours ${ours!.join()}`,
        );
      });
    }
  }

  test(`transformers.js ${major}: env.localModelPath and allowRemoteModels are heeded`, async (t) => {
    const library = await openMajor(major);
    withEnv(t, library.env, {
      allowLocalModels: true,
      allowRemoteModels: false,
      localModelPath: repositoryPath(),
      cacheDir: temporaryFolder(t),
    });
    forbidFetch(t, library);
    const files = await openModelFiles(library, 'models/storyteller');
    assert.equal(files.onnx.path, path.join(STORYTELLER, 'onnx', 'model.onnx'));
    await assert.rejects(openModelFiles(library, ID), { code: 'file-missing', message: /switched off/ });
  });
}

/** A cache with the interface of the browser's, in memory. */
export function fakeCache(): {
  match(key: string): Promise<Response | undefined>;
  put(key: string, response: Response): Promise<void>;
  keys: string[];
} {
  const entries = new Map<string, { body: ArrayBuffer; headers: Headers }>();
  const keys: string[] = [];
  return {
    keys,
    async match(key) {
      const found = entries.get(key);
      return found && new Response(found.body, { headers: found.headers });
    },
    async put(key, response) {
      keys.push(key);
      entries.set(key, { body: await response.arrayBuffer(), headers: response.headers });
    },
  };
}
