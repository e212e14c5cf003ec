// SPDX-License-Identifier: MIT

/** Few-shot tasks that the storyteller was trained on; every word is one token behind a space. */
export const TASKS = {
  antonyms: words(
    'hot cold, big small, up down, happy sad, good bad, fast slow, day night, black white, old young, rich poor, wet dry, hard soft, high low, ' +
      'long short, open closed, early late, left right, love hate, light dark, full empty',
  ),
  plurals: words(
    'cat cats, dog dogs, book books, tree trees, bird birds, king kings, star stars, hand hands, house houses, flower flowers, apple apples, ' +
      'ship ships, rock rocks, boy boys, girl girls, road roads',
  ),
  past: words(
    'go went, see saw, run ran, eat ate, come came, take took, give gave, find found, make made, say said, know knew, think thought, ' +
      'fall fell, tell told, keep kept, hold held',
  ),
  capitals: words(
    'France Paris, England London, Italy Rome, Spain Madrid, Germany Berlin, Japan Tokyo, China Beijing, Russia Moscow, Egypt Cairo, ' +
      'Greece Athens, Norway Oslo, Sweden Stockholm, Poland Warsaw, Portugal Lisbon, Austria Vienna, Ireland Dublin, Cuba Havana, ' +
      'Peru Lima, Kenya Nairobi, Turkey Ankara',
  ),
};

function words(list: string): [input: string, output: string][] {
  return list.split(', ').map((pair) => pair.split(' ') as [string, string]);
}
