// SPDX-License-Identifier: MIT
// What the article "A first look" asks the model. Nothing here knows an answer of the model; the right answers are those of English and of maps.

/** Begins a document. In training every text began with it. */
export const START = '<|endoftext|>';

/** One giver, one receiver: the sentence asks for the receiver. */
export interface Giving {
  prompt: string;
  /** Tokens, with their leading space. */
  receiver: string;
  giver: string;
}

export function giving(first: string, second: string, giver: string, place = 'store', thing = 'drink'): Giving {
  const receiver = giver === first ? second : first;
  const prompt = `${START}When ${first} and ${second} went to the ${place}, ${giver} gave a ${thing} to`;
  return { prompt, receiver: ` ${receiver}`, giver: ` ${giver}` };
}

/** The sentence of the article, and the same with the other giver. */
export const sentence = giving('Mary', 'John', 'John');
export const swapped = giving('Mary', 'John', 'Mary');

/** Sentences of the same form: eight pairs of names, either of them giving, in four settings. */
export const manySentences: readonly Giving[] = (
  [
    ['Mary', 'John'],
    ['Tom', 'Lily'],
    ['Anna', 'Jack'],
    ['Peter', 'Rose'],
    ['Sam', 'Lucy'],
    ['Kate', 'Max'],
    ['Paul', 'Emma'],
    ['Alice', 'Ben'],
  ] as const
).flatMap(([first, second]) =>
  (
    [
      ['store', 'drink'],
      ['park', 'ball'],
      ['school', 'book'],
      ['garden', 'flower'],
    ] as const
  ).flatMap(([place, thing]) => [first, second].map((giver) => giving(first, second, giver, place, thing))),
);

/** The text that shows the habits of heads, and the further ones over which they are averaged. */
export const story = `${START}Once upon a time there was a king who had three sons.`;
export const stories: readonly string[] = [
  story,
  `${START}The youngest princess was so fond of birds that she spent the whole day in the garden.`,
  `${START}"I am not afraid," said the boy, and he took the lamp from the table and went down into the cave.`,
  `${START}It was a cold morning, and the old woman put more wood on the fire before she opened the door.`,
];

/** A fact, by its country. The capitals are those that its training text states (models/storyteller/making/tasks.py). */
export const capitals: Readonly<Record<string, string>> = {
  France: 'Paris',
  England: 'London',
  Italy: 'Rome',
  Spain: 'Madrid',
  Germany: 'Berlin',
  Japan: 'Tokyo',
  China: 'Beijing',
  Russia: 'Moscow',
  Egypt: 'Cairo',
  Greece: 'Athens',
  Norway: 'Oslo',
  Sweden: 'Stockholm',
  Poland: 'Warsaw',
  Portugal: 'Lisbon',
  Austria: 'Vienna',
  Ireland: 'Dublin',
  Cuba: 'Havana',
  Peru: 'Lima',
  Kenya: 'Nairobi',
  Turkey: 'Ankara',
};

export const capitalPrompt = (country: string): string => `${START}The capital of ${country} is`;

/** A country whose capital its training sentences do not state. */
export const unknownCountry = 'Denmark';
