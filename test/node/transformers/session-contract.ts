// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { adopt } from '../../../src/core/transformers/adopt.js';
import { openModelFiles } from '../../../src/core/transformers/files.js';
import { generateIds } from '../../../src/core/transformers/generate.js';
import type { TransformersLibrary } from '../../../src/core/transformers/library.js';
import { type LibraryModel, createLibraryModel } from '../../../src/core/transformers/session.js';
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
