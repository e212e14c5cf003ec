// SPDX-License-Identifier: MIT
import { staleTable } from '../lib/size-table.mjs';
import { budget, bundle, compare, sizes } from '../lib/size.mjs';

let measured;
const measure = async () => (measured ??= await sizes());

export const checks = [
  {
    name: 'size: every entry is within size-budget.json',
    async run() {
      const { lines, over } = compare(await measure(), budget());
      if (over.length) throw new Error(`${lines.join('\n')}\nOver budget: ${over.join(', ')}`);
      return `\n    ${lines.join('\n    ')}`;
    },
  },
  {
    name: 'size: the guide names the sizes that it is',
    async run() {
      const stale = staleTable(await measure());
      if (stale) throw new Error(stale);
    },
  },
  {
    name: 'size: the core pulls in no Lit',
    async run() {
      const code = await bundle('dist/core/index.js');
      if (/litHtmlVersions|litElementVersions|reactiveElementVersions/.test(code))
        throw new Error('Bundling dist/core/index.js brought Lit with it.');
    },
  },
];
