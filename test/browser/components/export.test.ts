// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/attention-view.js';
import '../../../src/components/define/colored-tokens.js';
import '../../../src/components/define/next-token.js';
import '../../../src/components/define/patching-grid.js';
import '../../../src/components/define/logit-lens.js';
import { setBundleUrl, type AttentionViewElement } from '../../../src/components/index.js';
import { readTrace } from '../../../src/core/index.js';
import { logProbs } from './next-token-data.js';
import { attentionTrace, cleanUp, expectAccessible, lensTrace, mount, part, settled, text, until, words } from './support.js';

const parse = (svg: string): Document => new DOMParser().parseFromString(svg, 'image/svg+xml');
const texts = (svg: Document): string[] => [...svg.querySelectorAll('text')].map((node) => node.textContent!.trim());

async function pixels(blob: Blob): Promise<{ width: number; height: number; at(x: number, y: number): number[] }> {
  const bitmap = await createImageBitmap(blob);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return { width: bitmap.width, height: bitmap.height, at: (x, y) => [...context.getImageData(x, y, 1, 1).data] };
}

/** Data without a trace, as other tools give them. */
const bare: Record<string, Record<string, unknown>> = {
  'attention-view': {
    tokens: ['a', ' b'],
    attention: [
      [
        [1, 0],
        [0.25, 0.75],
      ],
    ],
  },
  'colored-tokens': {
    tokens: ['a', ' b', ' c'],
    values: [
      [1, 10],
      [-2, 20],
      [3, 30],
    ],
    labels: ['left', 'right'],
    positiveBounds: [5, 60],
    negativeBounds: [-5, 0],
  },
  'next-token': logProbs,
  'patching-grid': {
    grid: {
      values: [
        [1, null],
        [-2, 3],
      ],
      rowLabels: ['up', 'down'],
      title: 'change',
    },
  },
};
const columns: Record<string, string> = {
  'attention-view': 'layer,head,query,query_token,key,key_token,weight',
  'colored-tokens': 'position,id,token,left,right',
  'next-token': 'step,position,rank,id,token,logit,probability,chosen',
  'patching-grid': 'row,column,value',
};

/** What a part of a figure says, or undefined where it has none. */
function shown(figure: HTMLElement, selector: string): string | undefined {
  return figure.shadowRoot!.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim();
}

describe('saving a figure', () => {
  let view: AttentionViewElement;
  beforeEach(async () => {
    view = mount('attention-view', { data: attentionTrace(), layer: 1, head: 2, query: 3, key: 1 });
    await settled(view);
  });
  afterEach(() => {
    setBundleUrl(undefined);
    cleanUp();
  });

  it('the menu passes axe, open too, and its failure is said', async () => {
    part<HTMLDetailsElement>(view, '.save').open = true;
    await settled(view);
    await expectAccessible(view);
    const button = [...view.shadowRoot!.querySelectorAll<HTMLButtonElement>('.save button')].at(-1)!;
    button.click();
    await until(() => view.shadowRoot!.querySelector('.save .error') !== null, 'the error');
    expect(text(view, '.save .error')).to.contain('setBundleUrl(');
    await expectAccessible(view);
  });

  it('actions="none" offers nothing', async () => {
    view.actions = 'none';
    await settled(view);
    expect(view.shadowRoot!.querySelector('.save')).to.equal(null);
  });

  it('SVG holds tokens and caption as text, cells as pictures, and no controls', async () => {
    const svg = parse(await view.toSVG());
    expect(svg.querySelector('parsererror')).to.equal(null);
    const found = texts(svg).join(' ');
    for (const word of words) expect(found).to.contain(word.trim());
    expect(found).to.contain('attends');
    expect(found).not.to.contain('Save');
    expect(svg.querySelectorAll('image').length).to.equal(2); // the large head and one of all four thumbnails
    const turned = [...svg.querySelectorAll('text')].filter((node) => node.getAttribute('transform')?.startsWith('rotate(-60'));
    expect(turned.length).to.equal(words.length);
    expect(svg.querySelector('title')!.textContent).to.equal('attention-view');
  });

  it('SVG stays well-formed with tokens that look like markup or are no characters', async () => {
    const nasty = ['<b>', '&nbsp;', '"', ']]>', '\u0000', '\ufffe', ' עברית', '\n'].map((token, id) => ({ id, text: token }));
    const figure = mount('logit-lens', { data: lensTrace({ tokens: nasty }) });
    await settled(figure);
    const svg = parse(await figure.toSVG());
    expect(svg.querySelector('parsererror')).to.equal(null);
    expect(texts(svg).join(' ')).to.contain('<b>');
  });

  it('PNG has the asked scale and the colours that are on the page', async () => {
    const canvas = part<HTMLCanvasElement>(view, 'canvas.large');
    const picture = await pixels(await view.toBlob({ scale: 1, background: 'rgb(255, 255, 255)' }));
    const twice = await pixels(await view.toBlob({ scale: 2 }));
    expect(twice.width).to.equal(picture.width * 2);
    // The first cell of the large matrix is 1: the strongest colour.
    const figure = part(view, '.figure').getBoundingClientRect();
    const box = canvas.getBoundingClientRect();
    const inside = canvas.getContext('2d')!.getImageData(5, 5, 1, 1).data;
    const at = [Math.round(box.left - figure.left + 12 + 5), Math.round(box.top - figure.top + 5)] as const;
    const found = Array.from({ length: 40 }, (_, down) => picture.at(at[0], at[1] + down)).some((colour) =>
      colour.every((channel, index) => Math.abs(channel - inside[index]!) <= 2),
    );
    expect(found).to.equal(true);
    // So is that of a thumbnail.
    const small = view.shadowRoot!.querySelectorAll('.thumbnail')[3]!.getBoundingClientRect();
    const [x, y] = [Math.round(small.left - figure.left + 12 + 3), Math.round(small.top - figure.top + 12 + 3)];
    picture.at(x, y).forEach((channel, index) => expect(channel).to.be.closeTo(inside[index]!, 2));
    const clear = await pixels(await view.toBlob({ scale: 1, background: 'transparent' }));
    expect(clear.at(1, 1)[3]).to.equal(0);
    expect(picture.at(1, 1)).to.deep.equal([255, 255, 255, 255]);
  });

  it('JSON is a trace that the element takes again', async () => {
    const json = JSON.parse(JSON.stringify(view.toJSON())) as unknown;
    expect(readTrace(json).kind).to.equal('attention');
    const again = mount('attention-view', { data: json, layer: 1, head: 2 });
    await settled(again);
    expect(again.toJSON()).to.deep.equal(json);
  });

  it('a table holds every weight of the shown head, as CSV', async () => {
    const lines = (await view.toCSV()).split('\r\n');
    expect(lines[0]).to.equal('layer,head,query,query_token,key,key_token,weight');
    expect(lines.length).to.equal(1 + (words.length * (words.length + 1)) / 2 + 1);
    expect(lines[1]).to.equal('1,2,0,When,0,When,1');
    expect(await view.toCSV({ table: 'weights' })).to.equal(lines.join('\r\n'));
    view.heads = [0, 3];
    await settled(view);
    const heads = (await view.toCSV())
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[1]);
    expect([...new Set(heads)]).to.deep.equal(['0', '3']);
    expect(await view.toCSV({ heads: [[0, 1]] }))
      .to.contain('\r\n0,1,0,When,0,When,1\r\n')
      .and.not.to.contain('\r\n1,');
    const refused = await view.toCSV({ table: 'scores' }).catch((error: Error) => error.message);
    expect(refused).to.contain("this trace's tables (weights)");
  });

  it('the menu hands a table to the reader, marked as UTF-8 for spreadsheets', async () => {
    const files: Blob[] = [];
    const names: string[] = [];
    const [made, press] = [URL.createObjectURL.bind(URL), HTMLAnchorElement.prototype.click];
    URL.createObjectURL = (blob) => (files.push(blob as Blob), made(blob));
    HTMLAnchorElement.prototype.click = function () {
      names.push(this.download);
    };
    try {
      const button = [...view.shadowRoot!.querySelectorAll<HTMLButtonElement>('.save button')].find(
        (one) => one.textContent === 'Table (CSV)',
      )!;
      button.click();
      await until(() => files.length > 0, 'the file');
    } finally {
      URL.createObjectURL = made;
      HTMLAnchorElement.prototype.click = press;
    }
    expect(names).to.deep.equal(['attention-view.csv']);
    expect(files[0]!.type).to.equal('text/csv');
    expect([...new Uint8Array(await files[0]!.arrayBuffer())].slice(0, 3)).to.deep.equal([0xef, 0xbb, 0xbf]);
    expect((await files[0]!.text()).replace(/^\ufeff/, '')).to.equal(await view.toCSV());
  });

  for (const [tag, properties] of Object.entries(bare)) {
    it(`arrays of another tool in <${tag}> are saved as a trace that the element takes again`, async () => {
      const figure = mount(tag as 'colored-tokens', properties);
      await settled(figure);
      const json = JSON.parse(JSON.stringify(figure.toJSON())) as unknown;
      expect(() => readTrace(json)).not.to.throw();
      const again = mount(tag as 'colored-tokens', { data: json });
      await settled(again);
      const drawn = (own: typeof figure): (string | undefined)[] => ['.caption', '.legend', 'svg', '.bars'].map((at) => shown(own, at));
      expect(drawn(again)).to.deep.equal(drawn(figure));
      expect(again.toJSON()).to.deep.equal(json);
      expect((await figure.toCSV()).split('\r\n')[0]).to.equal(columns[tag]);
    });
  }

  it('the state comes back as it was: layer, head and what was locked', async () => {
    const state = JSON.parse(JSON.stringify(view.getState())) as Record<string, unknown>;
    expect(state).to.include({ layer: 1, head: 2, query: 3, key: 1 });
    const again = mount('attention-view', { data: attentionTrace() });
    again.setState({ ...state, nonsense: 1 });
    await settled(again);
    expect(again.selection.state).to.include({ query: 3, key: 1, locked: true });
    expect(text(again, '.caption')).to.equal(text(view, '.caption'));
  });

  it('a page carries bundle, data and state, safely inside its scripts', async () => {
    const script = URL.createObjectURL(
      new Blob(['const a = "</script>"; //<!--\n//# sourceMappingURL=x.map'], { type: 'text/javascript' }),
    );
    const tokens = words.map((word, id) => ({ id, text: id === 1 ? '</script><!--' : word }));
    view.data = attentionTrace({ tokens });
    view.label = 'Heads & "tails"';
    view.style.setProperty('--vitrine-ramp', 'cividis');
    await until(() => view.theme.current.ramp === 'cividis', 'the ramp');
    await settled(view);
    const saved = new DOMParser().parseFromString(await view.toHTML({ script }), 'text/html');
    const element = saved.querySelector('attention-view')!;
    expect(element.getAttribute('layer')).to.equal('1');
    expect(saved.querySelector('style')!.textContent).to.contain('--vitrine-ramp: cividis;');
    expect(element.getAttribute('label')).to.equal('Heads & "tails"');
    const data = JSON.parse(element.querySelector('script')!.textContent!) as { tokens: { text: string }[] };
    expect(data.tokens[1]!.text).to.equal('</script><!--');
    const code = saved.querySelector('script[type=module]')!.textContent!;
    expect(code).to.contain('const a =').and.not.to.contain('sourceMappingURL');
    expect(saved.querySelectorAll('script').length).to.equal(2);
    expect(element.querySelector('img')!.alt).to.equal('Heads & "tails"');
  });

  it('before anything is drawn there is nothing to save, and the error says what to wait for', async () => {
    const empty = mount('attention-view');
    expect(empty.toJSON()).to.equal(undefined);
    const refused = await empty.toSVG().then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(refused).to.contain('Wait for its load event');
  });
});
