// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { adopt } from '../../../src/core/transformers/adopt.js';
import { HookedModel } from '../../../src/core/model/hooked-model.js';
import { openModelFiles } from '../../../src/core/transformers/files.js';
import { generateIds } from '../../../src/core/transformers/generate.js';
import type { TransformersLibrary } from '../../../src/core/transformers/library.js';
import { type LibraryModel, createLibraryModel } from '../../../src/core/transformers/session.js';
import { fromLibrary, toLibrary } from '../../../src/core/transformers/session-tensors.js';
import { openTokenizer } from '../../../src/core/transformers/tokenizer.js';
import { repositoryPath, sharedPath, skipWithoutShared } from '../shared.js';
import { temporaryFolder, withEnv } from './hub.js';
import { type Major, openMajor, openOrt, readIntegers, wholeFileRunner } from './majors.js';

interface Case {
  folder: string;
  prompt: number[];
  /** Reference continuation, from PyTorch. */
  expected?: number[] | undefined;
  skip?: string | false;
}

/** The library's classes, by what the tests use of them. */
type Loader = { from_pretrained(name: string, options: object): Promise<LibraryModel> };

const fixtureCase = (name: string, reference: string): Case => {
  const { skip } = skipWithoutShared('fixtures', name);
  const folder = sharedPath('fixtures', name);
  if (skip) return { folder, prompt: [], skip };
  const integers = readIntegers(sharedPath('fixtures', reference, 'reference.safetensors'));
  return { folder, prompt: integers.get('p0/input_ids')!, expected: integers.get('p0/greedy') };
};

/** What must hold of the duck-typed session with one major version of the library. */
export function sessionContract(major: Major): void {
  const cases: Case[] = [
    { folder: repositoryPath('models', 'storyteller'), prompt: [47, 78, 382, 1114, 259, 1012] },
    ...(major === 2
      ? [fixtureCase('gpt2-v2', 'gpt2-v2'), fixtureCase('stories260K-v2', 'stories260K-v3')]
      : [fixtureCase('gpt2-v3', 'gpt2-v2'), fixtureCase('stories260K-v3', 'stories260K-v3')]),
  ];
  for (const item of cases) {
    const name = path.basename(item.folder);
    const { skip = false } = item;
    test(
      `transformers.js ${major}, ${name}: generation through a runner equals the library's own and the reference`,
      { skip },
      async (t) => {
        const library = await openMajor(major);
        const log: Record<string, unknown>[] = [];
        const ours = await overRunner(library, item.folder, log);
        const theirs = await libraryOwn(t, library, item.folder);
        const length = item.expected?.length ?? 12;
        const greedy = { max_new_tokens: length, do_sample: false };
        const steps: number[] = [];
        const made = await generateIds(library, ours, { ids: [item.prompt], settings: greedy, onStep: ([id]) => steps.push(id!) });
        const own = await generateIds(library, theirs, { ids: [item.prompt], settings: greedy });
        assert.deepEqual(made, own, 'greedy ids equal those of the library on its own ONNX Runtime');
        assert.deepEqual(steps, made[0]!.slice(item.prompt.length), 'every step is reported');
        assert.equal(log.length, steps.length, 'one run per token: the cache is used');
        if (item.expected) assert.deepEqual(made[0]!.slice(item.prompt.length), item.expected, 'greedy ids equal the PyTorch reference');

        const sampled = await generateIds(library, ours, {
          ids: [item.prompt],
          settings: { max_new_tokens: 5, do_sample: true, top_k: 5 },
        });
        assert.ok(sampled[0]!.length > item.prompt.length && sampled[0]!.length <= item.prompt.length + 5);

        const beams = { max_new_tokens: 6, do_sample: false, num_beams: 2 };
        assert.deepEqual(
          await generateIds(library, ours, { ids: [item.prompt], settings: beams }),
          await generateIds(library, theirs, { ids: [item.prompt], settings: beams }),
          'two beams',
        );
        const difference = await logitDifference(library, ours, theirs, item.prompt);
        console.log(`  ${name}: max |logit difference| to the library's own ONNX Runtime ${difference.toExponential(1)} (tolerance 1e-4)`);
        assert.ok(difference <= 1e-4);

        const looked = adopt(theirs);
        assert.deepEqual(
          [looked.sessions, looked.config['model_type'], looked.architectureClass],
          [['model'], ours.config['model_type'], ours.constructor.name],
        );
        assert.equal(looked.dtype, major === 2 ? undefined : 'fp32');
        await ours.dispose();
        await theirs.dispose();
      },
    );
  }

  test(`transformers.js ${major}: an aborted generation stops`, async () => {
    const library = await openMajor(major);
    const model = await overRunner(library, repositoryPath('models', 'storyteller'));
    const controller = new AbortController();
    let steps = 0;
    const settings = { max_new_tokens: 20, do_sample: false };
    const onStep = (): void => void (++steps === 3 && controller.abort());
    await assert.rejects(generateIds(library, model, { ids: [[47, 78]], settings, onStep, signal: controller.signal }), {
      code: 'aborted',
    });
    assert.equal(steps, 3);
  });

  test(`transformers.js ${major}: the text-generation pipeline runs through a runner`, async () => {
    const library = await openMajor(major);
    const folder = repositoryPath('models', 'storyteller');
    const model = await overRunner(library, folder);
    const tokenizer = await openTokenizer(library, folder);
    const Pipeline = library.module['TextGenerationPipeline'] as new (
      parts: object,
    ) => (text: string, options: object) => Promise<{ generated_text: string }[]>;
    const pipeline = new Pipeline({ task: 'text-generation', model, tokenizer: tokenizer.library });
    const [answer] = await pipeline('Once upon a time', { max_new_tokens: 8, do_sample: false });
    const ids = tokenizer.encode('Once upon a time').map(({ id }) => id);
    const [made] = await generateIds(library, model, { ids: [ids], settings: { max_new_tokens: 8, do_sample: false } });
    console.log(`  the pipeline says: ${JSON.stringify(answer!.generated_text)}`);
    assert.equal(answer!.generated_text, tokenizer.decode(made!));
  });

  const stagedFolders = [
    { name: 'vitrine/storyteller', skip: false as const },
    ...(major === 2 ? ['gpt2-v2', 'stories260K-v2'] : ['gpt2-v3', 'gpt2-v2', 'stories260K-gqa']).map((name) => ({
      name: sharedPath('fixtures', name),
      ...skipWithoutShared('fixtures', name),
    })),
  ];
  for (const { name, skip } of stagedFolders) {
    test(
      `transformers.js ${major}, ${path.basename(name)}: generation through the stages equals that through the whole file`,
      { skip },
      async () => {
        const library = await openMajor(major);
        const staged = await HookedModel.fromPretrained(name, { transformers: library.module, device: 'cpu', ort: await openOrt(library) });
        const request = { ids: [[3, 1, 4, 1, 5]], settings: { max_new_tokens: 8, do_sample: false } };
        const made = await generateIds(library, await staged.toTransformers(), request);
        assert.deepEqual(made, await generateIds(library, await overRunner(library, name), request));
        await staged.dispose();
      },
    );
  }

  const readers = ['bert-v3', 'distilbert-v2', 'vit-v3', 'bert-v2'];
  test(
    `transformers.js ${major}: models that do not generate get their class and the file's outputs`,
    skipWithoutShared('fixtures'),
    async () => {
      const library = await openMajor(major);
      const ort = await openOrt(library);
      for (const name of readers) {
        const files = await openModelFiles(library, sharedPath('fixtures', name));
        const runner = await wholeFileRunner(ort, files.onnx.path!);
        const { config, dtype } = files;
        const model = createLibraryModel(library, { config, runner, dtype, device: 'cpu' });
        assert.equal(model.constructor.name, (config['architectures'] as string[])[0]);
        const inputs = readerInputs(
          library,
          config,
          runner.inputs.map((input) => input.name),
        );
        const outputs = (await model(inputs)) as Record<string, { data: Float32Array; dims: number[] }>;
        const feeds = Object.fromEntries(Object.entries(inputs).map(([key, { type, data, dims }]) => [key, { type, data, dims }]));
        const direct = (await runner.run(feeds))['logits']!;
        assert.deepEqual([...outputs['logits']!.dims], [...direct.dims]);
        assert.deepEqual(outputs['logits']!.data, direct.data);
        // Without a named architecture the library's tables decide by the model type.
        const guessed = createLibraryModel(library, { config: { ...config, architectures: undefined }, runner, dtype, device: 'cpu' });
        assert.ok(guessed.constructor.name.length > 0);
        await model.dispose();
      }
    },
  );

  test(`transformers.js ${major}: an encoder and a decoder make one model`, skipWithoutShared('fixtures', 't5-v2'), async () => {
    const library = await openMajor(major);
    const ort = await openOrt(library);
    const files = await openModelFiles(library, sharedPath('fixtures', 't5-v2'));
    assert.equal(files.fileName, 'onnx/decoder_model_merged.onnx');
    const encoder = await wholeFileRunner(ort, (await files.openOnnx('onnx/encoder_model.onnx')).path!);
    const { config, generationConfig, dtype } = files;
    const runner = await wholeFileRunner(ort, files.onnx.path!);
    const model = createLibraryModel(library, { config, generationConfig, runner, encoder, dtype, device: 'cpu' });
    const integers = readIntegers(sharedPath('fixtures', 't5-v2', 'reference.safetensors'));
    const expected = integers.get('p0/greedy');
    const [made] = await generateIds(library, model, {
      ids: [integers.get('p0/input_ids')!],
      settings: { max_new_tokens: expected?.length ?? 6, do_sample: false },
    });
    assert.ok(made!.length > 1);
    if (expected) assert.deepEqual(made!.slice(1, 1 + expected.length), expected);
  });

  test(
    `transformers.js ${major}: a tensor on the GPU passes through the library as the same object`,
    { skip: major === 2 && 'version 2 has no WebGPU' },
    async () => {
      const library = await openMajor(major);
      const onGpu = {
        type: 'float32',
        dims: [1, 4, 7, 16],
        location: 'gpu-buffer',
        gpuBuffer: {},
        get data(): never {
          return assert.fail('its values are not to be read');
        },
      };
      const wrapped = toLibrary(library, onGpu) as { dims: number[]; location: string; ort_tensor: object };
      assert.deepEqual([wrapped.dims, wrapped.location], [onGpu.dims, 'gpu-buffer']);
      assert.equal(fromLibrary(wrapped.ort_tensor), onGpu);
      assert.ok(!Object.keys(wrapped).includes('ort_tensor'), 'the library does not wrap it a second time');
    },
  );

  test(`transformers.js ${major}: a model type that the library does not have is told`, async () => {
    const library = await openMajor(major);
    const runner = await wholeFileRunner(await openOrt(library), repositoryPath('models', 'storyteller', 'onnx', 'model.onnx'));
    const unknown = { config: { model_type: 'made-up', architectures: ['MadeUpForCausalLM'] }, runner, dtype: 'fp32', device: 'cpu' };
    assert.throws(() => createLibraryModel(library, unknown), { code: 'unsupported-model', message: /made-up.*MadeUpForCausalLM/ });
  });
}

type LibraryTensor = { type: string; data: unknown; dims: number[] };

/** Inputs of one sentence or one image, as tensors of the library. */
function readerInputs(
  { module }: TransformersLibrary,
  config: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, LibraryTensor> {
  const Tensor = module['Tensor'] as new (type: string, data: unknown, dims: number[]) => LibraryTensor;
  const ids = [5, 9, 20, 3, 7].map((id) => id % Number(config['vocab_size'] ?? 10));
  const integers = (values: number[]): LibraryTensor => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const side = Number(config['image_size'] ?? 1);
  const image = Float32Array.from({ length: 3 * side * side }, (_, index) => Math.sin(index));
  const known: Record<string, () => LibraryTensor> = {
    input_ids: () => integers(ids),
    attention_mask: () => integers(ids.map(() => 1)),
    token_type_ids: () => integers(ids.map(() => 0)),
    pixel_values: () => new Tensor('float32', image, [1, 3, side, side]),
  };
  return Object.fromEntries(names.map((name) => [name, known[name]!()]));
}

async function overRunner(library: TransformersLibrary, folder: string, log?: Record<string, unknown>[]): Promise<LibraryModel> {
  const files = await openModelFiles(library, folder);
  const runner = await wholeFileRunner(await openOrt(library), files.onnx.path!, log);
  const { config, generationConfig, dtype } = files;
  return createLibraryModel(library, { config, generationConfig, runner, dtype, device: 'cpu' });
}

/** The same model as the library loads it itself. Version 2 looks for its own file names. */
async function libraryOwn(t: TestContext, library: TransformersLibrary, folder: string): Promise<LibraryModel> {
  const parent = temporaryFolder(t);
  symlinkSync(folder, path.join(parent, 'model'));
  withEnv(t, library.env, { localModelPath: parent, allowLocalModels: true, allowRemoteModels: false, useFSCache: false });
  const { fileName } = await openModelFiles(library, folder);
  const model_file_name = path.basename(fileName, '.onnx');
  const options = library.major === 2 ? { quantized: false, model_file_name } : { dtype: 'fp32', device: 'cpu', model_file_name };
  return (library.module['AutoModelForCausalLM'] as Loader).from_pretrained('model', options);
}

async function logitDifference(library: TransformersLibrary, a: LibraryModel, b: LibraryModel, ids: number[]): Promise<number> {
  const Tensor = library.module['Tensor'] as new (type: string, data: BigInt64Array, dims: number[]) => object;
  const run = async (model: LibraryModel): Promise<Float32Array> => {
    const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const attention_mask = new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]);
    return ((await model({ input_ids, attention_mask }))['logits'] as { data: Float32Array }).data;
  };
  const [x, y] = [await run(a), await run(b)];
  assert.equal(x.length, y.length);
  return x.reduce((largest, value, index) => Math.max(largest, Math.abs(value - y[index]!)), 0);
}
