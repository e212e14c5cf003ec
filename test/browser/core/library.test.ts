// SPDX-License-Identifier: MIT
/** The bridge in a page: each major version of transformers.js from its own bundle, the shared browser cache, generation over stages. */
import { expect } from 'chai';
import { configure, HookedModel } from '../../../src/core/index.js';
import { openModelFiles } from '../../../src/core/transformers/files.js';
import { generateIds } from '../../../src/core/transformers/generate.js';
import { loadTransformers, type TransformersLibrary } from '../../../src/core/transformers/library.js';
import { openTokenizer } from '../../../src/core/transformers/tokenizer.js';

const BUNDLES = {
  4: '/node_modules/@huggingface/transformers/dist/transformers.min.js',
  3: '/node_modules/transformers-v3/dist/transformers.min.js',
  2: '/node_modules/@xenova/transformers/dist/transformers.min.js',
} as const;
/** The test server answers for the hub: `<id>/<file>` under its root. */
const ID = 'models/storyteller';
const CACHE = 'transformers-cache';
configure({ storyteller: '/models/storyteller/' });

type Loader = { from_pretrained(name: string, options?: object): Promise<unknown> };

async function openLibrary(major: 2 | 3 | 4): Promise<TransformersLibrary> {
  const library = await loadTransformers({ url: BUNDLES[major] });
  const remote = { remoteHost: `${location.origin}/`, remotePathTemplate: '{model}/' };
  Object.assign(library.env, remote, { allowLocalModels: false, allowRemoteModels: true, useBrowserCache: true });
  return library;
}

/** Runs something while nothing may be fetched, by the page or by the library. */
async function withoutFetch<T>({ env }: TransformersLibrary, work: () => Promise<T>): Promise<T> {
  const [own, theirs] = [globalThis.fetch, env.fetch];
  const refuse = (url: unknown): Promise<never> => Promise.reject(new Error(`fetched ${String(url)}`));
  globalThis.fetch = refuse;
  if (theirs) env.fetch = refuse;
  try {
    return await work();
  } finally {
    globalThis.fetch = own;
    if (theirs) env.fetch = theirs;
  }
}

for (const major of [4, 3, 2] as const) {
  describe(`transformers.js ${major} in a page`, () => {
    beforeEach(() => caches.delete(CACHE));

    it('finds in the browser cache what we downloaded', async () => {
      const library = await openLibrary(major);
      expect(library.major).to.equal(major);
      const files = await openModelFiles(library, ID);
      await openTokenizer(library, files);
      expect((await files.onnx.bytes()).length).to.equal(files.onnx.size);
      const keys = (await (await caches.open(CACHE)).keys()).map(({ url }) => url);
      expect(keys).to.include(`${location.origin}/${ID}/onnx/model.onnx`);
      const tokenizer = await withoutFetch(library, () => (library.module['AutoTokenizer'] as Loader).from_pretrained(ID));
      expect(tokenizer).to.be.a('function');
    });

    it('has downloaded into the browser cache what we then find', async () => {
      const library = await openLibrary(major);
      await (library.module['AutoTokenizer'] as Loader).from_pretrained(ID);
      // The file arrives in the cache; the WebAssembly of the library's own runtime is elsewhere and may not be reachable from here.
      const options = major === 2 ? { quantized: false, model_file_name: 'model' } : { dtype: 'fp32', device: 'wasm' };
      await (library.module['AutoModelForCausalLM'] as Loader).from_pretrained(ID, options).catch(() => undefined);
      await withoutFetch(library, async () => {
        const tokenizer = await openTokenizer(library, ID);
        expect(tokenizer.vocabularySize).to.equal(2048);
      });
      const cache = await caches.open(CACHE);
      expect(
        await cache.match(`${location.origin}/${ID}/onnx/model.onnx`),
        'the library keeps the ONNX file under the same key',
      ).to.not.equal(undefined);
      const fetched: string[] = [];
      const own = globalThis.fetch;
      const theirs = library.env.fetch;
      const count = (url: unknown, init?: RequestInit): Promise<Response> => (
        fetched.push(String(url)),
        own.call(globalThis, url as string, init)
      );
      globalThis.fetch = count as typeof fetch;
      if (theirs) library.env.fetch = count as typeof fetch;
      try {
        const files = await openModelFiles(library, ID);
        expect((await files.onnx.bytes()).length).to.equal(files.onnx.size);
      } finally {
        globalThis.fetch = own;
        if (theirs) library.env.fetch = theirs;
      }
      // The library may have given up before it came to the last of these files.
      expect(fetched.filter((url) => !url.endsWith('generation_config.json'))).to.deep.equal([]);
    });

    it('generates over the stages', async () => {
      const library = await openLibrary(major);
      const model = await HookedModel.fromPretrained('vitrine/storyteller', { transformers: library.module, device: 'wasm' });
      const made = await generateIds(library, await model.toTransformers(), {
        ids: [[1, 2, 3, 4]],
        settings: { max_new_tokens: 6, do_sample: false },
      });
      expect(made).to.deep.equal([[1, 2, 3, 4, 12, 325, 1083, 328, 259, 750]]);
      await model.dispose();
    });
  });
}

describe('addresses in a page', () => {
  it('takes a path as relative to the page', async () => {
    const library = await openLibrary(4);
    for (const source of ['/models/storyteller', `${location.origin}/models/storyteller/onnx/model.onnx`]) {
      // The origin serves as the hub in these tests; elsewhere the same holds of any other host.
      library.env.remoteHost = 'https://hub.invalid/';
      const files = await openModelFiles(library, source);
      expect(files.name).to.equal(source);
      expect(files.fileName).to.equal('onnx/model.onnx');
      expect((await files.onnx.bytes()).length).to.equal(files.onnx.size);
    }
  });
});
