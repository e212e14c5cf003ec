// SPDX-License-Identifier: MIT
import { expect } from 'chai';
import '../../../src/components/define/all.js';
import {
  contrast,
  divergingRamp,
  inkOn,
  luminance,
  publishedRamp,
  rampRgb,
  sequentialRamp,
  type Rgb,
} from '../../../src/components/shared/colour.js';
import { fitCells, maxPool } from '../../../src/components/shared/heatmap.js';
import { attentionTrace, cleanUp, mount, part, settled, until } from './support.js';

const white: Rgb = [255, 255, 255];
const black: Rgb = [18, 18, 18];

/** One pixel in the middle of a cell of the large matrix. */
function cell(view: Element, query: number, key: number, count: number): number[] {
  const canvas = part<HTMLCanvasElement>(view, 'canvas.large');
  const at = (index: number): number => Math.floor(((index + 0.5) / count) * canvas.width);
  return [...canvas.getContext('2d')!.getImageData(at(key), at(query), 1, 1).data];
}

// Head 0 of three tokens: weights 1 | 0, 1 | 0.25, 0.25, 0.5.
const known = attentionTrace({
  tokens: ['a', 'b', 'c'].map((text, id) => ({ id, text })),
  layers: 1,
  heads: 1,
  pattern: Float32Array.from([1, 0, 0, 0, 1, 0, 0.25, 0.25, 0.5]),
});

describe('colour', () => {
  afterEach(cleanUp);

  it('zero is the paper, and lightness never turns back', () => {
    for (const [paper, dark] of [
      [white, false],
      [black, true],
      [[250, 240, 220] as Rgb, false],
    ] as const) {
      const ramp = sequentialRamp(paper, dark);
      expect(rampRgb(ramp, 0)).to.deep.equal([...paper]);
      const lights = Array.from(ramp, (_, index) => luminance(rampRgb(ramp, index)));
      const rising = lights.every((light, index) => index === 0 || (dark ? light >= lights[index - 1]! : light <= lights[index - 1]!));
      expect(rising).to.equal(true);
      expect(contrast(rampRgb(ramp, 255), paper)).to.be.greaterThan(7);
    }
  });

  it('ink reads on every colour of every ramp', () => {
    const own = [sequentialRamp(white, false), sequentialRamp(black, true), divergingRamp(white, false), divergingRamp(black, true)];
    const ramps = [...own, publishedRamp('viridis'), publishedRamp('cividis')];
    let least = Infinity;
    for (const ramp of ramps) {
      for (let index = 0; index < 256; index++) {
        const background = rampRgb(ramp, index);
        least = Math.min(least, contrast(background, inkOn(background) === 'black' ? [0, 0, 0] : white));
      }
    }
    expect(least).to.be.at.least(4.5);
  });

  it('paints known weights in known colours, and masked cells in none of them', async () => {
    const view = mount('attention-view', { data: known });
    await settled(view);
    const ramp = sequentialRamp(white, false);
    expect(cell(view, 0, 0, 3)).to.deep.equal([...rampRgb(ramp, 255), 255]);
    expect(cell(view, 1, 0, 3)).to.deep.equal([255, 255, 255, 255]);
    expect(cell(view, 2, 0, 3)).to.deep.equal([...rampRgb(ramp, 64), 255]);
    expect(cell(view, 2, 2, 3)).to.deep.equal([...rampRgb(ramp, 128), 255]);
    expect(cell(view, 0, 2, 3)[3]).to.be.lessThan(60);
  });

  it('follows a theme switched by class, by color-scheme and back', async () => {
    const view = mount('attention-view', { data: known });
    await settled(view);
    document.body.style.cssText = 'background: rgb(18, 18, 18); color: rgb(230, 230, 230)';
    await until(() => cell(view, 1, 0, 3)[0] === 18, 'dark cells');
    expect(cell(view, 0, 0, 3)).to.deep.equal([...rampRgb(sequentialRamp(black, true), 255), 255]);
    document.body.removeAttribute('style');
    await until(() => cell(view, 1, 0, 3)[0] === 255, 'light cells');
    document.documentElement.style.colorScheme = 'dark';
    await until(() => cell(view, 1, 0, 3)[0]! < 40, 'dark cells by color-scheme');
  });

  it('viridis and cividis have their published colours, and lightness rises', () => {
    // matplotlib 3, at 0, 1/4, 1/2, 3/4 and 1 of 255.
    const colours = { viridis: '440154 3b528b 21918c 5ec962 fde725', cividis: '00224e 414d6b 7d7c78 bcaf6f fee838' };
    for (const [name, expected] of Object.entries(colours)) {
      const ramp = publishedRamp(name);
      const off = expected.split(' ').flatMap((hex, at) => {
        const found = rampRgb(ramp, Math.round((at / 4) * 255));
        return [0, 1, 2].map((channel) => Math.abs(parseInt(hex.slice(2 * channel, 2 * channel + 2), 16) - found[channel]!));
      });
      expect(off.length).to.equal(15);
      console.log(`${name}: largest difference ${Math.max(...off)} of 255, tolerance 4`);
      expect(Math.max(...off)).to.be.at.most(4);
      const lights = Array.from(ramp, (_, index) => luminance(rampRgb(ramp, index)));
      expect(lights.every((light, index) => index === 0 || light >= lights[index - 1]! - 1e-3)).to.equal(true); // whole steps of 255
    }
  });

  it('follows --vitrine-ramp, set while it is drawn, for one figure and for the page, and taken away', async () => {
    const [view, other] = [mount('attention-view', { data: known }), mount('attention-view', { data: known })];
    await settled(view);
    await settled(other);
    const viridis = [...rampRgb(publishedRamp('viridis'), 255), 255];
    const blue = [...rampRgb(sequentialRamp(white, false), 255), 255];
    view.style.setProperty('--vitrine-ramp', 'viridis');
    await until(() => cell(view, 0, 0, 3).join() === viridis.join(), 'viridis');
    expect(cell(other, 0, 0, 3)).to.deep.equal(blue);
    view.style.removeProperty('--vitrine-ramp');
    document.documentElement.style.setProperty('--vitrine-ramp', 'cividis');
    await until(() => cell(other, 0, 0, 3)[0] === 254 && cell(view, 0, 0, 3)[1] === 232, 'cividis');
    document.documentElement.style.setProperty('--vitrine-ramp', 'sunset');
    await until(() => cell(view, 0, 0, 3).join() === blue.join(), 'the blue of the page');
  });

  it('many cells are pooled by their largest, so that nothing strong disappears', () => {
    const values = new Float32Array(64);
    values[7 * 8 + 2] = 0.9;
    const pooled = maxPool({ values, offset: 0, rows: 8, columns: 8, causal: true }, 4);
    expect([pooled.rows, pooled.columns]).to.deep.equal([2, 2]);
    expect(pooled.values[2]).to.equal(Math.fround(0.9));
  });

  it('cells are whole device pixels', () => {
    for (const ratio of [1, 1.5, 2, 3]) {
      for (const count of [1, 15, 128, 700]) {
        const fit = fitCells(count, 255, ratio);
        expect(fit.cell).to.equal(Math.round(fit.cell));
        expect(fit.size).to.be.at.most(255.01);
        expect(fit.pool * Math.ceil(count / fit.pool)).to.be.at.least(count);
      }
    }
  });
});
