// SPDX-License-Identifier: MIT
import { sendKeys } from '@web/test-runner-commands';
import { expect } from 'chai';
import '../../../src/components/define/steering-lab.js';
import type { SteeringLabElement, StrengthChangeEvent } from '../../../src/components/index.js';
import { encodeArray } from '../../../src/core/trace/arrays.js';
import { steeringTrace } from './steering-lab-data.js';
import { slide, slider, wordAt, wordsOf } from './steering-lab-support.js';
import { cleanUp, expectAccessible, mount, part, script, settled, text, until } from './support.js';

function pointAt(lab: Element, side: string, index: number, type = 'pointermove', pointerType = 'mouse'): void {
  const { left, top, width, height } = wordAt(lab, side, index).getBoundingClientRect();
  const where = { clientX: left + width / 2, clientY: top + height / 2 };
  wordAt(lab, side, index).dispatchEvent(new PointerEvent(type, { ...where, pointerType, bubbles: true, composed: true }));
}

describe('<steering-lab>', () => {
  let lab: SteeringLabElement;
  const grid = (): HTMLElement => part(lab, '[role=grid]');
  const active = (): HTMLElement => part(lab, `#${grid().getAttribute('aria-activedescendant')}`);

  beforeEach(async () => {
    lab = mount('steering-lab', { data: steeringTrace(), less: 'sadder', more: 'happier' });
    await settled(lab);
  });
  afterEach(cleanUp);

  describe('accessibility', () => {
    it('passes axe when idle, focused, locked, open, narrow, editable, failed and empty', async () => {
      await expectAccessible(lab);
      grid().focus();
      await sendKeys({ press: 'ArrowRight' });
      await settled(lab);
      await expectAccessible(lab);
      await sendKeys({ press: 'Enter' });
      await settled(lab);
      await expectAccessible(lab);
      const open = mount('steering-lab', { data: steeringTrace(), open: true, editable: true }, { width: 280 });
      await settled(open);
      await expectAccessible(open);
      const failed = mount('steering-lab', { data: { kind: 'steering' } });
      await settled(failed);
      await expectAccessible(failed);
      await expectAccessible(mount('steering-lab'));
    });

    it('is one tab stop for the texts, then the slider, the vector and the text', async () => {
      (document.activeElement as HTMLElement).blur();
      const stops: string[] = [];
      for (let press = 0; press < 4; press++) {
        await sendKeys({ press: 'Tab' });
        const focus = lab.shadowRoot!.activeElement!;
        stops.push(focus.getAttribute('role') ?? focus.localName);
      }
      expect(stops).to.deep.equal(['grid', 'input', 'summary', 'summary']);
    });

    it('names the slider and its value', () => {
      expect(slider(lab).getAttribute('aria-label')).to.equal('Strength of the vector');
      expect(slider(lab).getAttribute('aria-valuetext')).to.equal('+4');
    });

    it('has all texts as a table, and what each dot of the vector says', () => {
      const rows = [...lab.shadowRoot!.querySelectorAll('table.in-words tbody tr')].map((row) =>
        row.textContent!.replace(/\s+/g, ' ').trim(),
      );
      expect(rows).to.deep.equal([
        'Without the vector Rose was very sad, for',
        '−4 Rose was very sad, alas',
        '+4 Rose was very happy, for joy',
        '"Mary was very happy" along the vector at layer 0: 1.00, 1: 3.00, 2: 5.00',
        '"John was very glad" along the vector at layer 0: 2.00, 1: 4.00, 2: 6.00',
        '"Mary was very sad" along the vector at layer 0: −1.00, 1: −3.00, 2: −5.00',
        '"John was very sorry" along the vector at layer 0: 0.00, 1: −4.00, 2: −8.00',
      ]);
    });
  });

  describe('recorded', () => {
    it('shows both texts at the strength of the author, the begin-of-text token left out', () => {
      const heads = [...lab.shadowRoot!.querySelectorAll('.side .head')].map((head) => head.textContent);
      expect(heads).to.deep.equal(['Without the vector', 'With the vector, strength +4']);
      expect(text(lab, '.prompt-text')).to.equal('Rose was very');
      expect(wordsOf(lab, 'base')).to.deep.equal(['sad', ',', 'for']);
      expect(wordsOf(lab, 'steered')).to.deep.equal(['happy', ',', 'for', 'joy']);
      expect(part(lab, '.side:last-child .words').textContent).to.equal('Rose was very happy, for joy');
    });

    it('marks where the texts part, and says it', async () => {
      const mark = (): string | undefined => part(lab, '.side:last-child').querySelector('.parting')?.nextElementSibling?.id;
      expect(mark()).to.equal('steered-0');
      expect(text(lab, '.caption')).to.equal(
        'With the vector at layer 2, strength +4, the texts part at new token 1: "happy" (50%) in place of "sad" (24%).',
      );
      lab.strength = -4;
      await settled(lab);
      expect(mark()).to.equal('steered-2');
      expect(wordAt(lab, 'steered', 0).classList.contains('own')).to.equal(false);
      lab.strength = 0;
      await settled(lab);
      expect(wordsOf(lab, 'steered')).to.deep.equal(wordsOf(lab, 'base'));
      expect(mark()).to.equal(undefined);
      expect(text(lab, '.caption')).to.equal('At strength 0 nothing is added, so both texts are the same.');
    });

    it('colours a line under every token by what the vector does to it: blue raises, orange lowers', () => {
      const channels = (side: string, index: number): number[] =>
        getComputedStyle(wordAt(lab, side, index))
          .borderBlockEndColor.match(/\d+/g)!
          .map(Number);
      const [red, , blue] = channels('steered', 0); // 0.5 where it was 0.005: as strong as can be
      expect(blue! - red!).to.be.above(80);
      const [redBase, , blueBase] = channels('base', 0); // 0.0024 where it was 0.24
      expect(redBase! - blueBase!).to.be.above(60);
      const same = channels('steered', 1);
      expect(Math.max(...same) - Math.min(...same)).to.be.below(6);
    });

    it('takes the nearest recorded strength, and the weaker of two', async () => {
      for (const [asked, shown] of [
        [3, '+4'],
        [2, '0'],
        [-3, '−4'],
        [100, '+4'],
      ] as const) {
        lab.strength = asked;
        await settled(lab);
        expect(text(lab, '.mark.chosen'), String(asked)).to.equal(shown);
      }
    });

    it('labels the slider with the recorded strengths and the words of the author', () => {
      expect([...lab.shadowRoot!.querySelectorAll('.mark')].map((mark) => mark.textContent)).to.deep.equal(['−4', '0', '+4']);
      expect(text(lab, '.ends')).to.equal('sadderhappier');
    });

    it('reads its data from a child script', async () => {
      const late = mount('steering-lab', {}, { inner: [script(steeringTrace())] });
      await settled(late);
      expect(wordsOf(late, 'base')).to.deep.equal(['sad', ',', 'for']);
    });

    it('says which field of its data is wrong', async () => {
      const bad = steeringTrace();
      bad.steered[0]!.unsteered = [0.5];
      lab.data = bad;
      await settled(lab);
      expect(text(lab, '[role=alert]')).to.contain('trace.steered[0].unsteered: expected a list of 3, got a list of 1.');
    });
  });

  describe('the slider', () => {
    it('snaps to recorded strengths and tells the page', async () => {
      const told: number[] = [];
      lab.addEventListener('vitrine-strength-change', (event: StrengthChangeEvent) => told.push(event.strength));
      slide(lab, -2.5);
      await settled(lab);
      expect([lab.strength, slider(lab).valueAsNumber, told]).to.deep.equal([-4, -4, [-4]]);
      expect(wordsOf(lab, 'steered')).to.deep.equal(['sad', ',', 'alas']);
      lab.strength = 4;
      await settled(lab);
      expect(told, 'a script needs not be told').to.deep.equal([-4]);
    });

    it('goes from one recorded strength to the next by keys', async () => {
      slider(lab).focus();
      const reached: number[] = [];
      for (const press of ['ArrowLeft', 'ArrowDown', 'ArrowLeft', 'End', 'Home', 'ArrowRight', 'PageUp']) {
        await sendKeys({ press });
        await settled(lab);
        reached.push(lab.strength);
      }
      expect(reached).to.deep.equal([0, -4, -4, 4, -4, 0, 4]);
    });

    it('moves nothing below it', async () => {
      const top = (): number => part(lab, '.foot').getBoundingClientRect().top - lab.getBoundingClientRect().top;
      const before = top();
      for (const strength of [-4, 0, 4]) {
        lab.strength = strength;
        await settled(lab);
        expect(top()).to.equal(before);
      }
    });
  });

  describe('pointing', () => {
    it('hover says both probabilities, and leaves no trace when it leaves', async () => {
      pointAt(lab, 'steered', 0);
      await settled(lab);
      expect(text(lab, '.tooltip')).to.equal('"happy": 50% with the vector, 0.50% without it after the same text');
      expect(wordAt(lab, 'steered', 0).classList.contains('here')).to.equal(true);
      pointAt(lab, 'base', 0);
      await settled(lab);
      expect(text(lab, '.tooltip')).to.equal('"sad": 24% without the vector, 0.24% with it after the same text');
      grid().dispatchEvent(new PointerEvent('pointerleave'));
      await settled(lab);
      expect(lab.shadowRoot!.querySelector('.here')).to.equal(null);
      expect(part(lab, '.tooltip').matches(':popover-open')).to.equal(false);
    });

    it('a click locks, the same click lets go; a first touch only points', async () => {
      pointAt(lab, 'steered', 3, 'click');
      await settled(lab);
      expect(text(lab, '.caption')).to.equal('"joy": 25% with the vector, 25% without it after the same text. (locked)');
      pointAt(lab, 'steered', 3, 'click');
      await settled(lab);
      expect(text(lab, '.caption')).not.to.contain('locked');
      for (const locked of [false, true]) {
        pointAt(lab, 'base', 1, 'pointerdown', 'touch');
        pointAt(lab, 'base', 1, 'click', 'touch');
        await settled(lab);
        expect(text(lab, '.caption').includes('(locked)')).to.equal(locked);
      }
    });

    it('arrows go through the tokens of both texts, Enter locks, Escape lets go', async () => {
      grid().focus();
      await settled(lab);
      expect(active().getAttribute('aria-label')).to.equal('"sad": 24% without the vector, 0.24% with it after the same text');
      await sendKeys({ press: 'ArrowDown' });
      await sendKeys({ press: 'End' });
      await settled(lab);
      expect(active().id).to.equal('steered-3');
      await sendKeys({ press: 'ArrowUp' });
      await settled(lab);
      expect(active().id).to.equal('base-2');
      await sendKeys({ press: 'Enter' });
      await settled(lab);
      expect(document.querySelector('[data-vitrine-status]')!.textContent).to.contain('Locked: "for"');
      await sendKeys({ press: 'Escape' });
      await settled(lab);
      expect(text(lab, '.caption')).not.to.contain('locked');
    });
  });

  describe('the vector', () => {
    const cells = (): string[][] =>
      [...lab.shadowRoot!.querySelectorAll('.layers tbody tr')].map((row) =>
        [...row.querySelectorAll('th, td:not(.along)')].map((cell) => cell.textContent!.trim()),
      );

    it('has length, separation and held-out pairs of every layer', () => {
      // d′ of layer 0: means 1.5 and -0.5, both variances 0.5.
      expect(cells()).to.deep.equal([
        ['0', '5.00', '2.8', '2 of 2'],
        ['1', '2.00', '9.9', '1 of 2'],
        ['2', '1.00', '7.6', '2 of 2'],
      ]);
      expect(text(lab, '.found:last-of-type')).to.equal(
        'At layer 2 the means of the two sides lie 7.6 standard deviations apart (d′). ' +
          'A vector found without them puts 2 of 2 held-out pairs in the right order.',
      );
    });

    it('draws a dot for every prompt, which says where it lies', async () => {
      lab.open = true;
      await settled(lab);
      const plot = lab.shadowRoot!.querySelectorAll('.plot')[2]!;
      expect(plot.getAttribute('aria-label')).to.equal('Layer 2: prompts with the trait from 5.00 to 6.00, without it from −8.00 to −5.00');
      const dots = [...plot.querySelectorAll('circle')];
      const places = dots.map((dot) => Number.parseFloat(dot.getAttribute('cx')!));
      [5, 6, -5, -8].forEach((value, index) => expect(places[index]).to.be.closeTo(4 + 92 * ((value + 8) / 14), 1e-6));
      dots[3]!.dispatchEvent(new PointerEvent('pointermove', { clientX: 20, clientY: 20, bubbles: true }));
      expect(text(lab, '.tooltip')).to.equal('layer 2: "John was very sorry" lies at −8.00 along the vector');
    });

    it('says that the prompts of a file are not known', async () => {
      lab.data = steeringTrace({ positive: [], negative: [] });
      await settled(lab);
      expect(text(lab, '.found')).to.equal('From a file; the prompts that it was found from are not known.');
      expect(cells()[1]).to.deep.equal(['1', '2.00']);
    });

    it('is saved at the layers that are steered', async () => {
      const saved: { name: string; href: string }[] = [];
      const { click } = HTMLAnchorElement.prototype;
      HTMLAnchorElement.prototype.click = function () {
        saved.push({ name: this.download, href: this.href });
      };
      try {
        for (const button of lab.shadowRoot!.querySelectorAll<HTMLButtonElement>('.files button')) button.click();
        await until(() => saved.length === 3, 'three files', 20_000);
      } finally {
        HTMLAnchorElement.prototype.click = click;
      }
      expect(saved.map(({ name }) => name).sort()).to.deep.equal([
        'steering-lab-vector.gguf',
        'steering-lab-vector.json',
        'steering-lab-vector.safetensors',
      ]);
      const { href } = saved.find(({ name }) => name.endsWith('.json'))!;
      const json = (await (await fetch(href)).json()) as { directions: object; method: string };
      expect([Object.keys(json.directions), json.method]).to.deep.equal([['2'], 'mean-difference']);
    });
  });

  describe('what it is given', () => {
    it('keeps its defaults for bad attributes and says so', async () => {
      const said: string[] = [];
      const { warn } = console;
      console.warn = (sentence: string) => said.push(sentence);
      try {
        const bad = mount('steering-lab', { data: steeringTrace(), editable: true });
        bad.setAttribute('strength', 'much');
        bad.setAttribute('layers', '1,two');
        bad.setAttribute('method', 'umap');
        await settled(bad);
        expect([bad.strength, bad.layers]).to.deep.equal([4, undefined]);
      } finally {
        console.warn = warn;
      }
      expect(said.join('\n')).to.match(/<steering-lab strength="much">: expected a number\./);
      expect(said.join('\n')).to.match(/<steering-lab layers>: expected whole numbers/);
      expect(said.join('\n')).to.match(/<steering-lab method="umap">: allowed are "mean-difference", /);
    });

    it('shows tokens of every kind as text, and keeps to 280 px', async () => {
      const pieces = ['\n\n', '\t', ' <b>', '&nbsp;', '\u200b', ' مرحبا', '👩‍🚀', 'a'.repeat(80)];
      const nasty = [
        ...pieces.map((piece, id) => ({ id, text: piece, probability: 0.5 })),
        { id: 9, text: '\ufffd', bytes: [0xe2, 0x80], probability: 0.1 },
      ];
      const narrow = mount(
        'steering-lab',
        { data: steeringTrace({ written: nasty, strengths: [] }), open: true, editable: true },
        { width: 280 },
      );
      await settled(narrow);
      expect(wordsOf(narrow, 'base').slice(2, 4)).to.deep.equal(['<b>', '&nbsp;']);
      expect(narrow.shadowRoot!.querySelector('.words b')).to.equal(null);
      expect(part(narrow, '.figure').scrollWidth).to.be.at.most(280);
      await expectAccessible(narrow);
    });

    it('is saved with both texts in the drawing, and its state comes back', async () => {
      const drawing = await lab.toSVG();
      for (const piece of ['happy', 'sad', 'joy', 'With the vector, strength +4']) expect(drawing).to.contain(piece);
      expect(drawing).not.to.contain('sadder');
      lab.open = true;
      slide(lab, -4);
      await settled(lab);
      expect(await lab.toSVG()).to.contain('<circle');
      const again = mount('steering-lab', { data: lab.toJSON() });
      again.setState(lab.getState());
      await settled(again);
      expect([again.strength, again.open, again.less]).to.deep.equal([-4, true, 'sadder']);
      expect(wordsOf(again, 'steered')).to.deep.equal(['sad', ',', 'alas']);
    });

    for (const more of [{}, { open: true }, { editable: true, provenance: true, less: 'sadder', more: 'happier' }]) {
      it(`keeps its height when the data come, with ${Object.keys(more).join() || 'nothing more'}`, async () => {
        for (const width of [280, 343, 704, 1100]) {
          const late = mount('steering-lab', { prompt: 'Rose was very', maxNewTokens: 12, ...more }, { width });
          await settled(late);
          const before = late.getBoundingClientRect().height;
          const data = steeringTrace();
          // A model of four layers: as many rows as the place has.
          data.vector = { ...data.vector, layers: [0, 1, 2, 3] };
          data.vector.directions = encodeArray(new Float32Array(16).fill(1), [4, 4]);
          delete data.vector.pairs;
          late.data = data;
          await settled(late);
          expect(late.getBoundingClientRect().height, String(width)).to.be.closeTo(before, 1);
        }
      });
    }
  });
});
