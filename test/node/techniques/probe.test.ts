// SPDX-License-Identifier: MIT
/** Probes against closed forms, a planted direction, and what an activation can and cannot know. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { edit, fitProbe, HookedModel, probeLayers, Tensor, trainProbe, VitrineError, type ProbeExample } from '../../../src/core/index.js';
import { fitLogistic, logisticObjective } from '../../../src/core/techniques/probes/logistic.js';
import { minimise } from '../../../src/core/techniques/probes/minimise.js';
import { stratifiedSplit } from '../../../src/core/techniques/probes/split.js';
import { seededRandom } from '../../../src/core/techniques/random.js';

const model = await HookedModel.fromPretrained('vitrine/storyteller', { device: 'cpu' });
const { nHead, dModel, dHead } = model.hooks.architecture;
after(() => model.dispose());

/** Normal numbers from a seed. */
function normals(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Rows N(0, I) + separation * (label - 1/2) * direction, labels in turn. */
function planted(
  count: number,
  direction: Float64Array,
  separation: number,
  seed: number,
): { activations: Float64Array[]; labels: boolean[] } {
  const normal = normals(seed);
  const labels = Array.from({ length: count }, (_, row) => row % 2 === 1);
  const activations = labels.map((label) => direction.map((value) => normal() + separation * (label ? 0.5 : -0.5) * value));
  return { activations, labels };
}

function unit(length: number, seed: number): Float64Array {
  const normal = normals(seed);
  const vector = Float64Array.from({ length }, normal);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

const cosine = (one: ArrayLike<number>, two: ArrayLike<number>): number => {
  let [product, first, second] = [0, 0, 0];
  for (let index = 0; index < one.length; index++) {
    product += one[index]! * two[index]!;
    first += one[index]! ** 2;
    second += two[index]! ** 2;
  }
  return product / Math.sqrt(first * second);
};

test('the minimiser finds the minimum of a badly scaled quadratic and of Rosenbrock’s valley', () => {
  const scales = Float64Array.of(1, 10, 1e3, 1e5);
  const quadratic = minimise((x, gradient) => {
    let value = 0;
    x.forEach((component, index) => {
      value += 0.5 * scales[index]! * (component - index) ** 2;
      gradient[index] = scales[index]! * (component - index);
    });
    return value;
  }, new Float64Array(4).fill(7));
  assert.ok(quadratic.converged);
  quadratic.x.forEach((component, index) => assert.ok(Math.abs(component - index) < 1e-8));
  const valley = minimise(
    ([x, y], gradient) => {
      gradient[0] = -2 * (1 - x!) - 400 * x! * (y! - x! * x!);
      gradient[1] = 200 * (y! - x! * x!);
      return (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2;
    },
    Float64Array.of(-1.2, 1),
  );
  assert.ok(valley.converged && Math.abs(valley.x[0]! - 1) < 1e-7 && Math.abs(valley.x[1]! - 1) < 1e-7);
  console.log(`quadratic in ${quadratic.iterations} iterations, Rosenbrock in ${valley.iterations}`);
});

test('logistic regression of one feature has the closed form: 3 of 4 right means odds of 3', () => {
  const x = { data: Float64Array.of(1, 1, 1, 1, -1, -1, -1, -1), count: 8, width: 1 };
  const labels = Int32Array.of(1, 1, 1, 0, 0, 0, 0, 1);
  const free = fitLogistic(x, labels, 2, { l2: 1e-12 });
  assert.ok(free.minimum.converged);
  assert.ok(Math.abs(free.weights[1]! - Math.log(3)) < 1e-7 && Math.abs(free.bias[1]!) < 1e-7 && free.weights[0] === 0);
  // With a penalty: 8 sigmoid(w) - 6 + l2 w = 0, solved by halving.
  for (const l2 of [0.1, 1, 10]) {
    let [low, high] = [0, 2];
    for (let step = 0; step < 80; step++) {
      const w = (low + high) / 2;
      if (8 / (1 + Math.exp(-w)) - 6 + l2 * w < 0) low = w;
      else high = w;
    }
    const { weights } = fitLogistic(x, labels, 2, { l2 });
    assert.ok(Math.abs(weights[1]! - low) < 1e-7, `l2 ${l2}: ${weights[1]} against ${low}`);
  }
});

test('the gradient is that of the loss, and vanishes at the solution, for two classes and for four', () => {
  for (const classes of [2, 4]) {
    const [count, width, l2] = [60, 5, 0.3];
    const normal = normals(classes);
    const x = { data: Float64Array.from({ length: count * width }, normal), count, width };
    const labels = Int32Array.from({ length: count }, (_, row) => (row * 7) % classes);
    const free = classes === 2 ? 1 : classes;
    const objective = logisticObjective(x, labels, classes, l2);
    const at = Float64Array.from({ length: free * (width + 1) }, normal);
    const gradient = new Float64Array(at.length);
    objective(at, gradient);
    let worst = 0;
    at.forEach((value, index) => {
      const near = (step: number): number => objective(at.with(index, value + step), new Float64Array(at.length));
      worst = Math.max(worst, Math.abs((near(1e-5) - near(-1e-5)) / 2e-5 - gradient[index]!));
    });
    // The same gradient at the solution, written another way: sum over rows of (p - y) x + l2 w.
    const { weights, bias, minimum } = fitLogistic(x, labels, classes, { l2 });
    let left = 0;
    for (let label = classes - free; label < classes; label++) {
      for (let column = 0; column <= width; column++) {
        let sum = column < width ? l2 * weights[label * width + column]! : 0;
        for (let row = 0; row < count; row++) {
          const odds = Array.from({ length: classes }, (_, other) => {
            let score = bias[other]!;
            for (let index = 0; index < width; index++) score += weights[other * width + index]! * x.data[row * width + index]!;
            return Math.exp(score);
          });
          const p = odds[label]! / odds.reduce((total, value) => total + value, 0);
          sum += (p - (labels[row] === label ? 1 : 0)) * (column < width ? x.data[row * width + column]! : 1);
        }
        left = Math.max(left, Math.abs(sum) / count);
      }
    }
    console.log(
      `${classes} classes: gradient against differences ${worst.toExponential(1)} (1e-8), left at the solution ${left.toExponential(1)} (1e-8), ${minimum.iterations} iterations`,
    );
    assert.ok(worst < 1e-8 && left < 1.1e-8 && minimum.converged);
  }
});

test('a planted direction is found, and held-out accuracy is what theory allows', () => {
  const direction = unit(24, 1);
  const data = planted(2000, direction, 3, 2);
  const logistic = fitProbe(data, { l2: 1 });
  const mean = fitProbe(data, { kind: 'mean-difference' });
  const bayes = 0.9331927987; // the normal distribution up to 3 / 2
  for (const probe of [logistic, mean]) {
    const { heldOut, standardError, interval, count } = probe.accuracy;
    console.log(
      `${probe.kind}: held out ${heldOut} ± ${standardError.toFixed(3)} [${interval.map((end) => end.toFixed(3)).join(', ')}], best possible ` +
        `${bayes.toFixed(3)}, cosine with the planted direction ${cosine(probe.direction, direction).toFixed(3)}`,
    );
    assert.deepEqual(count, { train: 1600, heldOut: 400 });
    assert.ok(Math.abs(standardError - Math.sqrt((heldOut * (1 - heldOut)) / 400)) < 1e-12);
    assert.ok(Math.abs(heldOut - bayes) < 4 * Math.sqrt((bayes * (1 - bayes)) / 400));
    assert.ok(interval[0] < heldOut && heldOut < interval[1]);
    assert.ok(cosine(probe.direction, direction) > 0.95);
    assert.equal(probe.baseline, 0.5);
    assert.ok(probe.converged);
  }
  const random = fitProbe({ ...data, labels: data.labels.map((_, row) => row % 4 < 2) });
  console.log(`labels that the data do not hold: held out ${random.accuracy.heldOut}, training ${random.accuracy.train}`);
  assert.ok(Math.abs(random.accuracy.heldOut - 0.5) < 4 * 0.025);
});

test('a mean-difference probe is the difference of the training means, divided in the middle', () => {
  const activations = [
    [0, 0],
    [0, 2],
    [4, 0],
    [4, 2],
  ].flatMap((row) => [row, row]);
  const labels = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'];
  const probe = fitProbe({ activations, labels }, { kind: 'mean-difference', heldOut: 0.25, seed: 3 });
  const difference = probe.weights.at(1, 0) - probe.weights.at(0, 0);
  assert.equal(difference, 4);
  assert.equal(probe.predict([1.9, 1]).label, 'a');
  assert.equal(probe.predict([2.1, 1]).label, 'b');
  assert.equal(probe.accuracy.heldOut, 1);
  assert.equal(probe.accuracy.standardError, 0);
  assert.ok(probe.accuracy.interval[0] < 0.5, 'two right of two say little');
});

test('a sparse probe finds the planted neurons and reads nothing else', () => {
  const direction = new Float64Array(200);
  direction[17] = 0.8;
  direction[90] = -0.6;
  const probe = fitProbe(planted(600, direction, 4, 5), { kind: 'sparse', k: 2 });
  assert.deepEqual(probe.neurons, [17, 90]);
  const read = [...probe.weights.select('class', 1).data.entries()].filter(([, weight]) => weight !== 0).map(([index]) => index);
  assert.deepEqual(read, [17, 90]);
  const one = fitProbe(planted(600, direction, 4, 5), { kind: 'sparse', k: 1 });
  console.log(`sparse: k = 1 ${one.accuracy.heldOut}, k = 2 ${probe.accuracy.heldOut}`);
  assert.ok(probe.accuracy.heldOut > one.accuracy.heldOut && one.accuracy.heldOut > 0.8);
});

test('four classes: softmax tells the corners of a square, nearest means as well', () => {
  const normal = normals(8);
  const corners = ['NE', 'NW', 'SW', 'SE'];
  const labels = Array.from({ length: 400 }, (_, row) => corners[row % 4]!);
  const activations = labels.map((label) => [(label.endsWith('E') ? 2 : -2) + normal(), (label.startsWith('N') ? 2 : -2) + normal()]);
  for (const kind of ['logistic', 'mean-difference'] as const) {
    const probe = fitProbe({ activations, labels }, { kind });
    assert.ok(probe.accuracy.heldOut > 0.88, `${kind}: ${probe.accuracy.heldOut}`);
    const { label, probability, probabilities } = probe.predict([3, 3]);
    assert.ok(label === 'NE' && probability > 0.9);
    assert.ok(Math.abs(probabilities.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
    assert.ok(cosine(probe.directionOf('SW'), [-1, -1]) > 0.95);
    assert.throws(() => probe.direction, /4 classes .* no one direction/);
    assert.throws(() => probe.directionOf('N'), /no class "N"/);
  }
});

test('scale and offset of features change nothing, nor does a feature that never varies', () => {
  const data = planted(300, unit(6, 9), 3, 10);
  const factor = [1e-3, 1, 1e4, 5, 0.2, 30];
  const moved = data.activations.map((row) => Float64Array.from([...row.map((value, index) => value * factor[index]! + 100 * index), 42]));
  const [plain, other] = [fitProbe(data), fitProbe({ ...data, activations: moved })];
  assert.deepEqual(other.accuracy, plain.accuracy);
  data.activations.forEach((row, index) =>
    assert.ok(Math.abs(plain.predict(row).probability - other.predict(moved[index]!).probability) < 1e-5),
  );
  assert.equal(other.weights.at(1, 6), 0);
});

test('the split keeps the classes’ shares, is disjoint, and follows from the seed', () => {
  const labels = Int32Array.from({ length: 50 }, (_, row) => (row < 40 ? 0 : 1));
  const { train, heldOut } = stratifiedSplit(labels, 2, 0.2, 4);
  assert.deepEqual(
    [...train, ...heldOut].sort((one, two) => one - two),
    [...labels.keys()],
  );
  assert.equal(heldOut.filter((row) => labels[row] === 1).length, 2);
  assert.equal(heldOut.length, 10);
  assert.deepEqual(stratifiedSplit(labels, 2, 0.2, 4), { train, heldOut });
  assert.notDeepEqual(stratifiedSplit(labels, 2, 0.2, 5), { train, heldOut });
  const data = planted(100, unit(5, 1), 2, 1);
  assert.deepEqual(fitProbe(data, { seed: 6 }).weights, fitProbe(data, { seed: 6 }).weights);
});

const HAPPY = ['happy', 'glad', 'merry', 'joyful', 'cheerful', 'delighted'];
const SAD = ['sad', 'sorry', 'gloomy', 'miserable', 'unhappy', 'lonely'];
const NAMES = ['Mary', 'John', 'Tom', 'Lily', 'Anna', 'Jack', 'Emma', 'James'];
const moods: ProbeExample[] = NAMES.flatMap((name) =>
  [...HAPPY, ...SAD].map((mood) => ({
    input: `<|endoftext|>${name} felt ${mood} that day.`,
    label: HAPPY.includes(mood),
  })),
);

test('the storyteller’s mood can be read behind the sentence, at no layer where it cannot be', async () => {
  const probes = await probeLayers(model, moods, { hook: 'resid_pre', heldOut: 0.25 });
  const embed = await trainProbe(model, moods, { hook: 'hook_embed', heldOut: 0.25 });
  const line = ({ accuracy: { heldOut, standardError } }: typeof embed): string => `${heldOut.toFixed(2)} ± ${standardError.toFixed(2)}`;
  console.log(
    `mood at the full stop: embedding ${line(embed)}; ${probes.map(({ layer, probe }) => `${layer}_pre ${line(probe)}`).join('; ')}`,
  );
  assert.equal(embed.accuracy.heldOut, 0.5, 'one token is like another before attention');
  assert.equal(embed.baseline, 0.5);
  assert.ok(probes.at(-1)!.probe.accuracy.heldOut >= 0.9);
  const alone = await trainProbe(model, moods, { hook: 'resid_pre', layer: 2, heldOut: 0.25 });
  assert.deepEqual(alone.weights, probes[2]!.probe.weights);
  assert.equal(alone.hook, 'blocks.2.hook_resid_pre');
});

test('the activations are those of the asked position, whatever the padding, the batch and the head', async () => {
  const inputs = ['Mary felt happy that day.', 'John was very sad', 'Tom', 'a sad and lonely day for the dog', 'so happy'];
  const examples = inputs.map((input, index) => ({ input, label: index % 2, position: index === 3 ? 2 : index === 0 ? 0 : -1 }));
  examples.push(...examples.map((example) => ({ ...example })));
  for (const options of [{ batchSize: 16 }, { batchSize: 2, paddingSide: 'left' as const }]) {
    const probe = await trainProbe(model, examples, { hook: 'z', layer: 1, head: 3, kind: 'mean-difference', heldOut: 0.2, ...options });
    assert.deepEqual([...probe.weights.dims], [2, dHead]);
    const whole = await trainProbe(model, examples, { hook: 'z', layer: 1, kind: 'mean-difference', heldOut: 0.2, ...options });
    assert.deepEqual([...whole.weights.dims], [2, nHead * dHead]);
    // Means of one class are weights of this kind: those of the training rows, read one by one.
    const { train } = stratifiedSplit(
      Int32Array.from(examples, ({ label }) => label),
      2,
      0.2,
      0,
    );
    const rows = train.filter((row) => examples[row]!.label === 1);
    const expected = new Float64Array(dHead);
    for (const row of rows) {
      const { cache } = await model.runWithCache(examples[row]!.input, { names: 'blocks.1.attn.hook_z', logits: false });
      const z = cache.get('z', 1).select('batch', 0).select('pos', examples[row]!.position).select('head', 3);
      z.data.forEach((value, index) => (expected[index] = expected[index]! + value / rows.length));
    }
    const difference = Math.max(...expected.map((value, index) => Math.abs(value - probe.weights.at(1, index))));
    console.log(`${options.paddingSide ?? 'right'} padding: class mean against single runs ${difference.toExponential(1)} (1e-5)`);
    assert.ok(difference < 1e-5);
    whole.weights.data
      .subarray(nHead * dHead + 3 * dHead, nHead * dHead + 4 * dHead)
      .forEach((value, index) => assert.equal(value, probe.weights.at(1, index)));
  }
});

test('a direction goes into an edit: projected out, the same probe is at its threshold', async () => {
  const probe = await trainProbe(model, moods, { hook: 'resid_post', layer: 1, kind: 'mean-difference' });
  assert.equal(probe.direction.length, dModel);
  const { cache } = await model.runWithCache(moods[0]!.input as string, {
    edits: [edit.project('blocks.1.hook_resid_post', probe.direction)],
    names: 'blocks.2.hook_resid_pre',
  });
  const after = cache.get('resid_pre', 2).select('batch', 0).select('pos', -1).data;
  const along = after.reduce((sum, value, index) => sum + value * probe.direction[index]!, 0);
  assert.ok(Math.abs(along) < 1e-4, `${along} is left along the direction`);
});

test('the examples of the documentation run', async () => {
  const examples = [
    { input: 'What a wonderful day', label: 'happy' },
    { input: 'What a terrible day', label: 'sad' },
    { input: 'She was so glad', label: 'happy' },
    { input: 'She was so sorry', label: 'sad' },
  ];
  const probe = await trainProbe(model, examples, { hook: 'resid_post', layer: 2 });
  assert.deepEqual(probe.classes, ['happy', 'sad']);
  await model.run('What a day', { edits: [edit.project('blocks.*.hook_resid_post', probe.direction)] });
  const lines = (await probeLayers(model, examples, { hook: 'resid_post' })).map(
    ({ layer, probe: { accuracy } }) => `${layer}: ${accuracy.heldOut.toFixed(2)} ± ${accuracy.standardError.toFixed(2)}`,
  );
  assert.match(lines.join(), /^0: .*,3: /);
  const given = {
    activations: [
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 3],
    ],
    labels: ['no', 'no', 'yes', 'yes'],
  };
  assert.equal(fitProbe(given, { heldOut: 0.5 }).predict([1, 2]).label, 'yes');
});

test('wrong input is refused with what to do, and the model stays usable', async () => {
  const options = { hook: 'resid_post', layer: 1 };
  const rejects = (examples: ProbeExample[], message: RegExp, code: string, more: object = {}): Promise<void> =>
    assert.rejects(
      trainProbe(model, examples, { ...options, ...more }),
      (error) => error instanceof VitrineError && error.code === code && message.test(error.message),
    );
  const [one, two] = [
    { input: 'a b', label: 'x' },
    { input: 'b a', label: 'y' },
  ];
  await rejects([], /needs examples; got none/, 'empty-input');
  await rejects([one, one], /two classes; got only "x"/, 'invalid-input');
  await rejects([one, two, two], /two examples of every class or more.*"x" has one/, 'invalid-input');
  await rejects([one, one, two, { ...two, position: 2 }], /Position 2 of example 3 lies outside its 2 tokens/, 'invalid-input');
  await rejects([one, one, two, { ...two, position: -3 }], /Position -3 of example 3/, 'invalid-input');
  await rejects([one, one, two, { ...two, input: [5] }], /all text or all token ids; got 3 of 4/, 'invalid-input');
  await rejects([one, one, two, two], /no hook "blocks\.9\.hook_resid_post"/, 'unknown-hook', { layer: 9 });
  await rejects([one, one, two, two], /`heldOut` of a probe must be a share/, 'invalid-option', { heldOut: 1 });
  await rejects([one, one, two, two], /`l2` of a probe must be a finite number above 0/, 'invalid-option', { l2: 0 });
  await rejects([one, one, two, two], /`kind` of a probe must be/, 'invalid-option', { kind: 'forest' });
  await rejects([one, one, two, two], /`k` of a probe must be a whole number from 1 to 128/, 'invalid-option', { kind: 'sparse', k: 500 });
  await rejects([one, one, two, two], /reads one position .* axes are batch, head, query, key/, 'invalid-option', { hook: 'pattern' });
  await rejects([one, one, two, two], /hook_resid_post has none/, 'invalid-option', { head: 0 });
  assert.throws(() => fitProbe({ activations: [[1], [NaN], [2], [3]], labels: [0, 0, 1, 1] }), /example 1 has NaN at feature 0/);
  assert.throws(() => fitProbe({ activations: [[1], [1, 2]], labels: [0, 1] }), /the first has 1, number 1 has 2/);
  assert.throws(() => fitProbe({ activations: [[1]], labels: [0, 1] }), /1 activations and 2 labels/);
  const probe = fitProbe({ activations: new Tensor(Float32Array.of(1, 2, 3, 4), [4, 1], ['example', 'feature']), labels: [0, 0, 1, 1] });
  assert.throws(() => probe.predict([1, 2]), /reads 1 values at one position; got 2/);
  assert.ok((await model.run('a b')).logits.data.every(Number.isFinite));
});
