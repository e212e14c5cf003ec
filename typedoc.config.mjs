// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { OptionDefaults } from 'typedoc';

/** Tags of the elements' comments: the manifest, and the pages made from it, show them. */
const elementTags = ['@attr', '@slot', '@csspart', '@cssprop', '@cssstate', '@fires'];

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'Vitrine',
  entryPoints: ['src/core/index.ts', 'src/components/index.ts', 'src/worker/index.ts'].filter((file) => existsSync(file)),
  tsconfig: 'tsconfig.build.json',
  out: 'docs/reference',
  readme: existsSync('README.md') ? 'README.md' : 'none',
  projectDocuments: existsSync('docs/guides') ? ['docs/guides/*.md', 'docs/guides/*/*.md'] : [],
  blockTags: [...OptionDefaults.blockTags, ...elementTags],
  excludeTags: [...OptionDefaults.excludeTags, ...elementTags],
  excludeExternals: true, // what elements inherit from Lit is Lit's to document
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  disableSources: true,
  hideGenerator: true,
  treatWarningsAsErrors: true,
  validation: { notExported: false, invalidLink: true, rewrittenLink: true },
};
