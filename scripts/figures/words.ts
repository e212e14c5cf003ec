// SPDX-License-Identifier: MIT
// The facts of the article in words. Every claim that other weights could turn round is chosen here from the numbers.
import { formatBytes, formatCount, formatPercent } from '../../src/components/shared/format.js';
import type { Facts, Guess, HeadFact, LensFacts, LensRow, NameSeen, Role } from './measure.js';
import { capitalPrompt, capitals, sentence, START, story, unknownCountry } from './prompts.js';

/** What stands in an element with `data-fact`: its content (HTML), its attributes, or both. */
export interface Words {
  html?: string;
  attributes?: Record<string, string>;
}

/** The file that the facts were measured on. */
export interface WeightsFile {
  bytes: number;
  sha256: string;
}

/** Every `data-fact` of the page. */
export function wordsOf(facts: Facts, file: WeightsFile): Record<string, Words> {
  const { model, names, habits, capital } = facts;
  const plain: Record<string, string> = {
    'model.layers': number(model.layers),
    'model.heads': number(model.heads),
    'model.all-heads': number(model.layers * model.heads),
    'model.parameters': `${(model.parameters / 1e6).toFixed(2)} million`,
    'model.vocabulary': formatCount(model.vocabulary),
    'model.size': formatBytes(file.bytes),
    'model.sha256': file.sha256.slice(0, 12),
    'names.answer': namesAnswer(names),
    'names.sentences': number(names.many.sentences),
    'names.right': number(names.many.right),
    'names.head.weight': weight(names.head.weight),
    'names.head.place': `${token(names.head.text)}, ${place(names.head.role)}`,
    'names.head.general': headInGeneral(names),
    'names.head.swapped': headSwapped(names.head, names.swapped),
    'names.again': again(names.again),
    'names.without': withoutHead(names),
    'names.without.most': withoutMost(names),
    'names.lens': namesLens(names.lens, names.receiver.text),
    'habits.texts': number(habits.texts),
    'habits.previous.weight': weight(habits.previous.weight),
    'habits.first.weight': weight(habits.first.weight),
    'habits.verdict': habitsVerdict(habits.previous.weight, habits.first.weight),
    'habits.repeat': repeat(habits.repeat),
    'capital.start': lensStart(capital.lens),
    'capital.growth': growth(capital.lens),
    'capital.known': `${capital.right === capital.countries ? 'all ' : `${number(capital.right)} of `}${number(capital.countries)}`,
    'capital.without-start': withoutStart(capital),
    'capital.unknown-country': unknownCountry,
    'capital.unknown': unknown(capital.unknown),
    'lens.noise': noise(capital.lens),
  };
  const { head } = names;
  return {
    ...Object.fromEntries(Object.entries(plain).map(([name, html]) => [name, { html }])),
    'names.head': headLink(head, -1),
    'names.again.head': headLink(names.again, names.again.query),
    'names.without.head': headLink(names.without.most, -1),
    'habits.previous.head': headLink(habits.previous),
    'habits.first.head': headLink(habits.first),
    'figure.names': {
      attributes: { prompt: escape(sentence.prompt), layer: String(head.layer), head: String(head.head), query: '-1' },
      html: namesFallback(names),
    },
    'figure.habits': {
      attributes: { prompt: escape(story), layer: String(habits.first.layer), head: String(habits.first.head) },
      html: `<p>${escape(story.slice(START.length))}</p>`,
    },
    'figure.capital': {
      attributes: { prompt: escape(capitalPrompt('France')), row: capital.lens.settled },
      html: lensFallback(capital.lens),
    },
    'figure.names-lens': { attributes: { prompt: escape(sentence.prompt), row: names.lens.settled }, html: lensFallback(names.lens) },
  };
}

/** "head 2.5", in a link that shows the head in its figure. */
function headLink({ layer, head }: HeadFact, query?: number): Words {
  const place = { 'data-layer': String(layer), 'data-head': String(head) };
  return { html: `head ${layer}.${head}`, attributes: query === undefined ? place : { ...place, 'data-query': String(query) } };
}

// --- the sentence of Mary and John

function namesAnswer({ top, receiver, giver }: Facts['names']): string {
  const [first] = top as [Facts['names']['giver']];
  if (first.text === receiver.text) {
    return `The model does too: ${chance(receiver)}, against ${percent(giver.probability)} for ${token(giver.text)}.`;
  }
  const said = first.text === giver.text ? `The model repeats ${token(giver.text)}` : `The model says ${token(first.text)}`;
  return `${said}, with ${percent(first.probability)}, and is wrong: ${token(receiver.text)} gets ${percent(receiver.probability)}.`;
}

const places: Record<Role, string> = {
  receiver: 'the name of the one who is to receive',
  giver: 'the first mention of the giver',
  'giver again': 'the second mention of the giver',
};
const place = (role: Role): string => places[role];

function headInGeneral({ many }: Facts['names']): string {
  const often = many.samePlace / many.sentences;
  const lead = often > 0.9 ? 'That is a rule:' : often > 0.6 ? 'That is often so:' : 'That is a matter of this sentence:';
  return `${lead} in ${number(many.samePlace)} of the ${number(many.sentences)} sentences the name it looks at most stands in that place, which gets ${weight(many.weight)} on average.`;
}

function headSwapped(head: NameSeen, swapped: NameSeen): string {
  const looks = `it looks at ${token(swapped.text)}, with ${weight(swapped.weight)}`;
  if (swapped.role === head.role) return `${looks}: what it follows is the part that a name plays, not the name.`;
  if (swapped.text === head.text) return `${looks} again: what it follows is the name, not the part that it plays.`;
  return `${looks}: the rule that it follows is another one, and two sentences do not show which.`;
}

function again(head: HeadFact): string {
  const amount = `${weight(head.weight)} on average`;
  if (head.weight >= 0.6) return `${amount}: it has found the repetition.`;
  if (head.weight >= 0.25) return `${amount}, which is a clear trace of it.`;
  return `only ${amount}: no single head does this work.`;
}

/** What the output's token loses without the head that looks at a name. */
function withoutHead({ top, without }: Facts['names']): string {
  const [before] = top as [Guess];
  const rest = without.head.probability / before.probability;
  const share = `${percent(without.head.probability)} instead of ${percent(before.probability)}`;
  if (rest > 1.02) return `${token(before.text)} has ${share}: the head was in its way.`;
  if (rest > 0.8) return `${token(before.text)} has ${share}: the answer hardly depends on it.`;
  if (rest > 0.4) return `${token(before.text)} has ${share}: the answer depends on it in part.`;
  return `${token(before.text)} has ${share}: the answer depends on it.`;
}

function withoutMost({ without: { most, head }, head: named, top }: Facts['names']): string {
  const [before] = top as [Guess];
  if (most.after.probability >= head.probability) return `is that very head.`;
  const together = most.mentions > 1 ? ', all mentions taken together' : '';
  const alike = most.text === named.text && Math.abs(most.weight - named.weight) < 0.15;
  const close = alike ? ': the patterns alone do not tell which of the two matters.' : '.';
  const then = most.top.text === before.text ? 'though it still comes first' : `and ${token(most.top.text)} comes first`;
  return `is another one; without it ${token(before.text)} has ${percent(most.after.probability)}, ${then}. In its last row ${weight(most.weight)} goes to ${token(most.text)}${together}${close}`;
}

// --- habits

function habitsVerdict(previous: number, first: number): string {
  const [one, two] = [strength(previous), strength(first)];
  if (one === two)
    return `${{ habit: 'Both are habits indeed', half: 'Both are half a habit', leaning: 'These are leanings rather than habits' }[one]}.`;
  const said = { habit: 'a habit indeed', half: 'half a habit', leaning: 'a leaning rather than a habit' };
  return `The one is ${said[one]}, the other ${said[two]}.`;
}

function strength(amount: number): 'habit' | 'half' | 'leaning' {
  return amount >= 0.7 ? 'habit' : amount >= 0.4 ? 'half' : 'leaning';
}

function repeat({ layer, head, weight: amount, lossOnce, lossAgain }: Facts['habits']['repeat']): string {
  const name = `head ${layer}.${head}`;
  const cost = `the second time costs the model ${nats(lossAgain)} nats per token, the first ${nats(lossOnce)}`;
  const gain = lossOnce - lossAgain;
  if (amount >= 0.4 && gain >= 1) return `Here ${name} does so, with ${weight(amount)} on the right place, and it pays: ${cost}.`;
  if (amount < 0.15 && gain < 0.5)
    return `No head of this model does so. The nearest, ${name}, puts ${weight(amount)} on the right place, and ${cost}.`;
  return `Here ${name} leans that way, with ${weight(amount)} on the right place: ${cost}.`;
}

// --- the lens

/** "before layer 2", "after the attention of layer 2", "at the output". */
function pointInWords(label: string): string {
  const [, layer, part] = /^(\d+)_(pre|mid)$/.exec(label) ?? [];
  if (layer === undefined) return 'at the output';
  return part === 'pre' ? `before layer ${layer}` : `after the attention of layer ${layer}`;
}

function lensStart({ rows, target }: LensFacts): string {
  const { top, target: followed } = rows[0]!;
  const prompt = ' is';
  const reason =
    top.text === prompt
      ? `the very token it stands on, for the matrix that reads tokens in is also the one that writes them out, and no layer has yet added anything`
      : 'which is not yet about the sentence';
  return `${token(top.text)}, with ${percent(top.probability)}: ${reason}. ${token(target)} stands at rank ${formatCount(followed.rank)}`;
}

/** How the followed token comes to the front, or does not. */
function growth(lens: LensFacts): string {
  const { rows, target, settled } = lens;
  const output = rows.at(-1)!;
  const at = rows.findIndex((row) => row.label === settled);
  if (output.top.text !== target) {
    const rank = formatCount(output.target.rank);
    return `${token(output.top.text)} takes the lead ${pointInWords(settled)}, with ${percent(rows[at]!.top.probability)}, and keeps it to the output. ${token(target)} ends at rank ${rank}, with ${percent(output.target.probability)}: the model does not know.`;
  }
  if (at === rows.length - 1) {
    return `${token(target)} takes the lead only at the output, with ${percent(output.top.probability)}: the last step decides.`;
  }
  const later = rows.slice(at + 1).map((row) => percent(row.top.probability));
  return `${token(target)} takes the lead ${pointInWords(settled)}, with ${percent(rows[at]!.top.probability)}, and keeps it: ${list(later)} at the output.`;
}

function namesLens(lens: LensFacts, receiver: string): string {
  const { rows, settled } = lens;
  const output = rows.at(-1)!;
  const at = rows.findIndex((row) => row.label === settled);
  const before = rows[at - 1];
  const earlier = before ? `Just before, ${token(before.top.text)} led. ` : '';
  const lead = `${token(output.top.text)} takes the lead ${pointInWords(settled)}, with ${percent(rows[at]!.top.probability)}.`;
  if (output.top.text === receiver) {
    const end = at < rows.length - 1 ? `At the output it has ${percent(output.top.probability)}.` : '';
    return `${lead} ${earlier}${end}`.trim();
  }
  const best = rows.reduce((one, two) => (two.target.probability > one.target.probability ? two : one));
  const where = `with ${percent(best.target.probability)}, ${pointInWords(best.label)}`;
  if (best.target.rank === 1) return `${lead} ${earlier}${token(receiver)} had led, ${where}, and lost the lead.`;
  return `${lead} ${earlier}${token(receiver)} comes no nearer than rank ${formatCount(best.target.rank)}, ${where}.`;
}

function withoutStart({ top, withoutStart: bare }: Facts['capital']): string {
  const before = top[0]!;
  const share = percent(bare.target.probability);
  if (bare.top.text === bare.target.text) return `${token(bare.top.text)} stays first, with ${share}`;
  const led = before.text === bare.target.text ? 'falls to' : 'has';
  return `${token(bare.target.text)} ${led} ${share}, and ${token(bare.top.text)} comes first with ${percent(bare.top.probability)}`;
}

function unknown({ text, probability }: Facts['capital']['unknown']): string {
  const another = Object.values(capitals).includes(text.trim()) ? ', the capital of another country' : '';
  return `${token(text)} (${percent(probability)})${another}`;
}

/** The least certain leader before the answer stands: an example of what not to read into early rows. */
function noise({ rows, settled }: LensFacts): string {
  const early = rows.slice(
    1,
    rows.findIndex((row) => row.label === settled),
  );
  if (early.length === 0) return '';
  const least = early.reduce((one, two) => (two.top.probability < one.top.probability ? two : one));
  return `That ${token(least.top.text)} leads ${pointInWords(least.label)} in Figure 3, with ${percent(least.top.probability)}, is more likely a fault of the lens than a thought of the model.`;
}

// --- what stands in the figures' places where there is no script

function namesFallback({ head }: Facts['names']): string {
  return `<p>From the last token, head ${head.layer}.${head.head} attends ${weight(head.weight)} to ${token(head.text)} (position ${head.key}).</p>`;
}

function lensFallback({ rows, target }: LensFacts): string {
  const line = ({ label, top, target: followed }: LensRow): string =>
    `<tr><th scope="row">${label}</th><td>${token(top.text)} ${percent(top.probability)}</td><td>${percent(followed.probability)}, rank ${formatCount(followed.rank)}</td></tr>`;
  const head = `<tr><th scope="col">layer</th><th scope="col">likeliest next token</th><th scope="col">${token(target)}</th></tr>`;
  return `<table><thead>${head}</thead><tbody>${[...rows].reverse().map(line).join('')}</tbody></table>`;
}

// --- small words

function chance({ text, probability }: { text: string; probability: number }): string {
  return `${token(text)} with ${percent(probability)}`;
}

/** A token as text to be read: without its leading space, blanks by name. */
function token(text: string): string {
  const shown = text.trim() === '' ? (text.includes('\n') ? 'a new line' : 'a space') : text.trim();
  if (text === START) return 'the start token';
  return text.trim() === '' ? shown : `<i>${escape(shown)}</i>`;
}

/** As the figures write it: two digits, "<0.01%", ">99%". */
function percent(probability: number): string {
  return escape(formatPercent(probability));
}

function weight(value: number): string {
  return value > 0 && value < 0.005 ? 'less than 0.01' : value.toFixed(2);
}

function nats(value: number): string {
  return value.toFixed(1);
}

const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

function number(value: number): string {
  return words[value] ?? formatCount(value);
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')}, and ${items.at(-1)!}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
