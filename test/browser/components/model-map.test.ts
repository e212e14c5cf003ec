// SPDX-License-Identifier: MIT
import { sendKeys, setViewport } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/model-map.js';
import '../../../src/components/define/vitrine-model.js';
import { VitrineModelElement, type LiveModel, type ModelMapElement, type SelectionChangeEvent } from '../../../src/components/index.js';
import { linkedSelection } from '../../../src/components/shared/selection.js';
import type { ModelFacts } from '../../../src/core/index.js';
import { modelTrace } from './model-map-data.js';
import { cleanUp, expectAccessible, mount, part, settled, text, until } from './support.js';

const shapes: Record<string, Partial<ModelFacts>> = {
  'GPT-2': {},
  'twelve blocks': { nLayer: 12, nHead: 12, dModel: 768 },
  'Llama, 80 blocks, grouped keys': { nLayer: 80, nHead: 64, nKeyValueHead: 8, gated: true, norm: 'rms', position: 'rotary', tied: false },
  'GPT-NeoX, parallel': { nLayer: 6, parallel: true, position: 'rotary' },
  'BERT, post-norm': { family: 'encoder', normPosition: 'post', causal: false },
  'a classifier of images': { family: 'vision', dVocab: 10, tied: null },
};

describe('<model-map>', () => {
  let map: ModelMapElement;
  const grid = (): HTMLElement => part(map, '[role=grid]');
  const active = (): HTMLElement => part(map, `#${grid().getAttribute('aria-activedescendant')}`);
  const place = (name: string, head?: number): SVGElement =>
    part<SVGElement>(map, `[data-part="${name}"]${head === undefined ? ':not([data-head])' : `[data-head="${head}"]`}`);
  const point = (where: Element, type = 'pointermove', pointerType = 'mouse'): void => {
    const { left, top, width, height } = where.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2 };
    where.dispatchEvent(new PointerEvent(type, { ...at, pointerType, bubbles: true, composed: true }));
  };

  beforeEach(async () => {
    map = mount('model-map', { data: modelTrace() });
    await settled(map);
  });
  afterEach(cleanUp);

  it('takes no prompt: editable shows no field', async () => {
    map.editable = true;
    await settled(map);
    expect(map.shadowRoot!.querySelector('textarea')).to.equal(null);
  });

  it('passes axe when idle, focused, locked, coloured, hatched, narrow and empty', async () => {
    await expectAccessible(map);
    grid().focus();
    await sendKeys({ press: 'Enter' });
    await settled(map);
    await expectAccessible(map);
    map.values = { 'blocks.1.mlp': -0.4, heads: Array.from({ length: 4 }, () => new Array<number>(8).fill(0.1)) };
    await settled(map);
    await expectAccessible(map);
    const narrow = mount('model-map', { data: modelTrace({}, { hidden: true }) }, { width: 280 });
    await settled(narrow);
    await expectAccessible(narrow);
    await expectAccessible(mount('model-map'));
  });

  for (const [name, facts] of Object.entries(shapes)) {
    for (const width of [280, 343, 704, 1100]) {
      it(`${name}: inside its place at ${width} px, every word at least 11 px, none over another`, async () => {
        await setViewport({ width: 1200, height: 800 });
        const one = mount('model-map', { data: modelTrace(facts) }, { width });
        await settled(one);
        const box = part(one, '.figure').getBoundingClientRect();
        const words = [...one.shadowRoot!.querySelectorAll('.map text')];
        expect(words.length).to.be.at.least(5);
        const places = words.map((word) => ({ word: word.textContent!, rect: word.getBoundingClientRect() }));
        for (const { word, rect } of places) {
          expect(rect.left, word).to.be.at.least(box.left - 0.5);
          expect(rect.right, word).to.be.at.most(box.right + 0.5);
        }
        for (const word of words) expect(Number.parseFloat(getComputedStyle(word).fontSize)).to.be.at.least(11);
        const over = places.filter(({ rect }, at) =>
          places
            .slice(at + 1)
            .some(
              (other) =>
                Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left) > 1 &&
                Math.min(rect.bottom, other.rect.bottom) - Math.max(rect.top, other.rect.top) > 4,
            ),
        );
        expect(over.map(({ word }) => word)).to.deep.equal([]);
        expect(one.scrollWidth).to.be.at.most(width);
        await expectAccessible(one);
      });
    }
  }

  it('says what the signs on the lines mean, where there are no colours', () => {
    expect(text(map, '.signs')).to.equal('state of the stream adds to it layer norm');
  });

  it('says what the model is, and its sizes', () => {
    expect(text(map, '.caption')).to.contain('test: 4 blocks of 8 heads and an MLP, 688 k parameters.');
    const sizes = [...map.shadowRoot!.querySelectorAll('.sizes li')].map((size) => size.textContent);
    expect(sizes.join(' ')).to.equal('d_model 128 n_layers 4 n_heads 8 d_head 16 d_mlp 512 d_vocab 2,048 n_ctx 256');
  });

  it('a part that is pointed at says its hook and its shape, and a click locks it', async () => {
    point(place('blocks.2.attn').querySelector('.hit')!);
    await settled(map);
    const sentence = 'The attention of block 2, 8 heads: blocks.2.attn.hook_pattern [batch, head, query, key] = [1, 8, T, T].';
    expect(text(map, '.caption')).to.equal(sentence);
    expect(text(map, '.tooltip')).to.equal(sentence.slice(0, -1).replace('The', 'the'));
    expect(text(map, '.hooks')).to.contain('attn.hook_q [batch, pos, head, d_head]');
    point(place('blocks.2.attn').querySelector('.hit')!, 'click');
    await settled(map);
    expect(text(map, '.caption')).to.contain('(locked)');
    expect(place('blocks.2.attn').classList.contains('locked')).to.equal(true);
    point(place('blocks.0.mlp').querySelector('.hit')!);
    await settled(map);
    expect(text(map, '.caption')).to.equal(`${sentence} (locked)`);
    point(place('blocks.2.attn').querySelector('.hit')!, 'click');
    expect(map.selection.state.locked).to.equal(false);
  });

  it('a finger points with its first touch and locks with its second', async () => {
    const head = place('blocks.1.attn', 3).querySelector('.shape')!;
    for (const locked of [false, true]) {
      point(head, 'pointerdown', 'touch');
      point(head, 'click', 'touch');
      await settled(map);
      expect(map.selection.state).to.include({ layer: 1, head: 3, part: 'attn', locked });
    }
    expect(text(map, '.caption')).to.equal('Head 1.3: blocks.1.attn.hook_pattern[:, 3] [batch, query, key] = [1, T, T]. (locked)');
  });

  it('is one tab stop; arrows walk up the stream and among heads, Enter locks, Escape lets go', async () => {
    expect([...map.shadowRoot!.querySelectorAll('.model[tabindex="0"], .model [tabindex]')]).to.have.length(1);
    grid().focus();
    await settled(map);
    expect(active().textContent).to.contain('the embedding of tokens: hook_embed');
    await sendKeys({ press: 'ArrowRight' });
    await settled(map);
    expect(active().textContent).to.contain('the embedding of positions: hook_pos_embed');
    const walk = ['the stream before block 0', 'layer norm before the attention of block 0', 'the attention of block 0'];
    for (const name of walk) {
      await sendKeys({ press: 'ArrowUp' });
      await settled(map);
      expect(active().textContent).to.contain(name);
    }
    for (let press = 0; press < 3; press++) await sendKeys({ press: 'ArrowRight' });
    await sendKeys({ press: 'Enter' });
    await settled(map);
    expect(active().textContent).to.contain('head 0.2');
    expect(active().getAttribute('aria-selected')).to.equal('true');
    expect(map.selection.state).to.include({ layer: 0, head: 2, part: 'attn', locked: true });
    await sendKeys({ press: 'Escape' });
    await settled(map);
    expect(map.selection.state.locked).to.equal(false);
    await sendKeys({ down: 'Control' });
    await sendKeys({ press: 'Home' });
    await sendKeys({ up: 'Control' });
    await settled(map);
    expect(active().textContent).to.contain('the unembedding: logits [batch, pos, d_vocab] = [1, T, 2048]');
  });

  it('draws the first, one middle and the last block of a tall model; a press opens another, and the height stays', async () => {
    map.data = modelTrace({ nLayer: 12 });
    await settled(map);
    const open = (): string[] =>
      [...map.shadowRoot!.querySelectorAll('.map text')].map((word) => word.textContent!).filter((word) => /^block/.test(word));
    expect(open()).to.have.members(['block 11', 'block 6', 'block 0', 'blocks 7 to 10', 'blocks 1 to 5']);
    const before = grid().getBoundingClientRect().height;
    const mark = place('blocks.3.attn').querySelector('.hit')!;
    point(mark);
    expect(text(map, '.tooltip')).to.match(/; press to open$/);
    point(mark, 'click');
    await settled(map);
    expect(open()).to.have.members(['block 11', 'block 3', 'block 0', 'blocks 4 to 10', 'blocks 1 to 2']);
    expect(grid().getBoundingClientRect().height).to.equal(before);
    expect(map.selection.state).to.include({ layer: 3, part: 'attn', locked: true });
    grid().focus();
    await settled(map);
    expect(active().textContent).to.contain('the attention of block 3');
    map.layers = '2 9';
    map.selection.release();
    await settled(map);
    expect(open()).to.include.members(['block 2', 'block 9']);
  });

  it('grouped heads stand on one key and value head each, and say whose they share', async () => {
    map.data = modelTrace({ nKeyValueHead: 2 });
    map.layer = 1;
    map.head = 5;
    await settled(map);
    expect(map.shadowRoot!.querySelectorAll('[data-part="blocks.1.attn"] .bar')).to.have.length(2);
    expect(text(map, '.caption')).to.contain('its keys and values are those of group 1');
    expect(text(map, '.map')).to.contain('8 heads, 2 key/value');
  });

  it('parallel parts leave the stream together and have no state between them', async () => {
    map.data = modelTrace({ parallel: true });
    await settled(map);
    expect(map.shadowRoot!.querySelector('[data-part="blocks.1.resid_mid"]')).to.equal(null);
    const rects = ['attn', 'mlp'].map((kind) => place(`blocks.1.${kind}`).querySelector('.shape')!.getBoundingClientRect());
    expect(rects[1]!.left).to.be.greaterThan(rects[0]!.left);
    expect(Math.abs(rects[0]!.top - rects[1]!.top)).to.be.lessThan(30);
  });

  it('a norm stands before its part, or on the stream itself where the model is post-norm', async () => {
    const stream = (): number => part(map, '.stream').getBoundingClientRect().left;
    const norm = (): DOMRect => place('blocks.1.ln1').querySelector('.tick')!.getBoundingClientRect();
    const middle = (of: string): number => place(of).querySelector('.hit')!.getBoundingClientRect().top;
    expect(norm().left).to.be.greaterThan(stream() + 5);
    expect(norm().top).to.be.greaterThan(middle('blocks.1.attn'));
    map.data = modelTrace({ normPosition: 'post' });
    await settled(map);
    expect(Math.abs(norm().left + norm().width / 2 - stream())).to.be.lessThan(3);
    expect(norm().top).to.be.lessThan(middle('blocks.1.attn'));
    expect(map.shadowRoot!.querySelector('[data-part="ln_final"]')).to.equal(null);
  });

  it('hatches what the file hides, with the reason', async () => {
    map.data = modelTrace({}, { hidden: true });
    await settled(map);
    expect(place('blocks.1.attn', 0).querySelector('.lines')).not.to.equal(null);
    expect(place('blocks.1.mlp').querySelector('.lines')).to.equal(null);
    expect(text(map, '.controls')).to.equal('not readable in this file');
    point(place('blocks.1.attn', 0).querySelector('.shape')!);
    await settled(map);
    expect(text(map, '.caption')).to.equal(
      'Head 1.0: blocks.1.attn.hook_pattern is not readable in this file: the attention pattern exists only inside the fused node Attention.',
    );
  });

  it('colours parts and heads with any numbers, on the ramp of signed effects, and keeps them in the data', async () => {
    const heads = Array.from({ length: 4 }, () => new Array<number>(8).fill(0));
    heads[2]![5] = 2;
    map.values = { 'blocks.2.mlp': -2, 'blocks.0.hook_mlp_out': 1, '1_mlp_out': 0, heads };
    map.valuesLabel = 'logit difference';
    await settled(map);
    const fill = (where: SVGElement): string => getComputedStyle(where.querySelector('.shape')!).fill;
    const legend = [...map.shadowRoot!.querySelectorAll('.legend-ramp rect')].map((rect) => getComputedStyle(rect).fill);
    expect(fill(place('blocks.2.mlp'))).to.equal(legend[0]);
    expect(fill(place('blocks.2.attn', 5))).to.equal(legend.at(-1));
    expect(fill(place('blocks.0.mlp'))).not.to.equal(fill(place('blocks.1.mlp')));
    expect(text(map, '.legend')).to.equal('logit difference −2.00 +2.00');
    point(place('blocks.2.attn', 5).querySelector('.shape')!);
    await settled(map);
    expect(text(map, '.caption')).to.contain('Head 2.5 (+2.00): blocks.2.attn.hook_pattern');
    const json = JSON.parse(JSON.stringify(map.toJSON())) as { values: object; headValues: number[][] };
    expect(json.headValues[2]![5]).to.equal(2);
    const again = mount('model-map', { data: json });
    await settled(again);
    expect(getComputedStyle(again.shadowRoot!.querySelector('[data-part="blocks.2.mlp"] .shape')!).fill).to.equal(legend[0]);
  });

  it('follows linked figures and leads them; positions that another has locked stay', async () => {
    const selection = linkedSelection('model-map-test');
    map.link = 'model-map-test';
    await settled(map);
    const events: SelectionChangeEvent[] = [];
    map.addEventListener('vitrine-selection-change', (event) => events.push(event));
    selection.preview({ layer: 3, head: 2, query: 4, key: 1 }, 'another');
    await settled(map);
    expect(place('blocks.3.attn', 2).classList.contains('on')).to.equal(true);
    expect(events).to.have.length(0);
    selection.preview({ query: 4, point: '1_mid', layer: 1 }, 'another');
    await settled(map);
    expect(place('blocks.1.resid_mid').classList.contains('on')).to.equal(true);
    point(place('blocks.0.mlp').querySelector('.hit')!, 'click');
    await settled(map);
    expect(events.at(-1)!.selection).to.include({ layer: 0, part: 'mlp', query: 4, locked: true });
    selection.release();
  });

  it('opens on what the author says, and warns once of what the model has not', async () => {
    const warnings: string[] = [];
    const { warn } = console;
    console.warn = (sentence: string) => warnings.push(sentence);
    try {
      const author = mount('model-map', { data: modelTrace(), layer: 2, 'map-part': 'resid_mid' });
      await settled(author);
      expect(text(author, '.caption')).to.contain('blocks.2.hook_resid_mid');
      expect(author.getState()).to.include({ layer: 2, mapPart: 'resid_mid' });
      const wrong = mount('model-map', { data: modelTrace(), layer: 7 });
      await settled(wrong);
      wrong.setState({ layer: 7 });
      await settled(wrong);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/<model-map layer="7".*from 0 to 3/);
      expect(wrong.selection.state.locked).to.equal(false);
    } finally {
      console.warn = warn;
    }
  });

  it('has its parts as a table, with hooks, weights and parameters', async () => {
    const rows = [...map.shadowRoot!.querySelectorAll('table.in-words tbody tr')].map((row) =>
      row.textContent!.replace(/\s+/g, ' ').trim(),
    );
    expect(rows).to.have.length(2 + 4 * 7 + 2);
    expect(rows.find((row) => row.startsWith('the MLP of block 0'))).to.equal(
      'the MLP of block 0 blocks.0.mlp.hook_post [batch, pos, d_mlp] = [1, T, 512] blocks.0.mlp.W_in [d_model, d_mlp] = [128, 512] parameters: 65,536',
    );
  });

  it('is a drawing as SVG, with its words', async () => {
    map.layer = 1;
    map.head = 0;
    await settled(map);
    const drawing = await map.toSVG();
    for (const word of ['unembed', 'block 3', 'blocks.1.attn.hook_pattern', '8 heads of 16']) expect(drawing).to.contain(word);
    const parsed = new DOMParser().parseFromString(drawing, 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).to.equal(null);
    expect(parsed.querySelectorAll('svg svg path').length).to.be.greaterThan(20);
  });

  for (const facts of [{}, { nLayer: 12, nHead: 8 }] satisfies Partial<ModelFacts>[]) {
    for (const width of [280, 343, 704, 1100]) {
      it(`keeps its place while a file of a model of ${facts.nLayer ?? 4} blocks loads, at ${width} px`, async () => {
        await setViewport({ width: 1200, height: 800 });
        for (const model of [undefined, 'place-model']) {
          cleanUp(); // a file is fetched near the view only
          mount('vitrine-model', { id: 'place-model', name: 'fake' });
          const { fetch } = window;
          let give: (() => void) | undefined;
          window.fetch = () =>
            new Promise((resolve) => (give = () => resolve(Response.json(modelTrace(facts, { model: 'vitrine/storyteller' })))));
          const waiting = mount('model-map', { src: 'map.json', ...(model && { model }) }, { width });
          await until(() => give !== undefined, 'the request');
          window.fetch = fetch;
          await settled(waiting);
          const before = waiting.getBoundingClientRect().height;
          expect(waiting.matches(':state(loading)')).to.equal(true);
          give!();
          await until(() => waiting.matches(':state(ready)'), 'the data');
          await settled(waiting);
          expect(Math.abs(waiting.getBoundingClientRect().height - before), `with ${model ?? 'no model'}`).to.be.at.most(2);
          waiting.values = { 'blocks.1.mlp': -0.4 };
          waiting.layer = 1;
          await settled(waiting);
          expect(Math.abs(waiting.getBoundingClientRect().height - before), 'coloured and locked').to.be.at.most(2);
        }
      });
    }
  }

  it('a live run asks for the map, without a prompt', async () => {
    const asked: unknown[] = [];
    const fake = {
      name: 'fake',
      thread: 'page',
      figure: async (...request: unknown[]) => {
        asked.push(request.slice(0, 2));
        return modelTrace({ nLayer: 2 }, { model: 'fake' });
      },
      dispose: async () => undefined,
    } as unknown as LiveModel;
    const { loadModel } = VitrineModelElement;
    VitrineModelElement.loadModel = async () => fake;
    try {
      const model = mount('vitrine-model', { id: 'map-model', name: 'fake' });
      const live = mount('model-map', { model: 'map-model' });
      await settled(live);
      live.scrollIntoView();
      await model.load();
      await until(() => live.matches(':state(live)'), 'the run');
      await settled(live);
      expect(asked).to.deep.equal([['model', {}]]);
      expect(text(live, '.caption')).to.contain('fake: 2 blocks');
    } finally {
      VitrineModelElement.loadModel = loadModel;
    }
  });

  it('shows names of any kind as text', async () => {
    map.data = modelTrace({}, { model: '<img src=x onerror=alert(1)>\u202e' });
    await settled(map);
    expect(map.shadowRoot!.querySelector('img')).to.equal(null);
    expect(text(map, '.caption')).to.contain('<img src=x');
  });
});
