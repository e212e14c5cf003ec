// SPDX-License-Identifier: MIT

/** The class of src/components/x/x.ts is registered as <x> by src/components/define/x.ts. */
const tagNames = {
  name: 'tag-names',
  packageLinkPhase({ customElementsManifest }) {
    for (const { path, declarations = [], exports = [] } of customElementsManifest.modules) {
      const tag = /^src\/components\/([^/]+)\/\1\.ts$/.exec(path)?.[1];
      const element = tag && declarations.find(({ kind, superclass }) => kind === 'class' && superclass);
      if (!element) continue;
      Object.assign(element, { tagName: tag, customElement: true });
      const declaration = { name: element.name, module: `src/components/define/${tag}.ts` };
      exports.push({ kind: 'custom-element-definition', name: tag, declaration });
    }
  },
};

/** The manifest is read beside dist/, so it names the built modules. */
const builtPaths = {
  name: 'built-paths',
  packageLinkPhase({ customElementsManifest }) {
    const built = (path) => path?.replace(/^\/?src\//, 'dist/').replace(/\.ts$/, '.js');
    const rename = (node) => {
      if (!node || typeof node !== 'object') return;
      for (const [key, value] of Object.entries(node)) {
        if ((key === 'path' || key === 'module') && typeof value === 'string') node[key] = built(value);
        else rename(value);
      }
    };
    rename(customElementsManifest);
  },
};

/**
 * What concerns a page's author: the elements and what they inherit, without private members, and without the helpers around them. Of
 * events with a class of their own the analyzer sees no name, so @fires is what counts.
 */
const publicOnly = {
  name: 'public-only',
  packageLinkPhase({ customElementsManifest }) {
    const hidden = ({ name, privacy }) => name.startsWith('#') || privacy === 'private' || privacy === 'protected';
    for (const module of customElementsManifest.modules) {
      module.declarations = (module.declarations ?? []).filter(({ kind, customElement }) => kind === 'class' && customElement);
      for (const declaration of module.declarations) {
        declaration.members = declaration.members?.filter((member) => !hidden(member));
        declaration.events = declaration.events?.filter(
          ({ description, type }) => description || /^(Custom)?Event$/.test(type?.text ?? ''),
        );
      }
    }
    customElementsManifest.modules = customElementsManifest.modules
      .filter(({ declarations, path }) => declarations.length > 0 || path.startsWith('src/components/define/'))
      .sort((a, b) => (a.path < b.path ? -1 : 1)); // files are found in any order
  },
};

export default {
  globs: ['src/components/**/*.ts'],
  exclude: ['src/components/**/*.test.ts'],
  litelement: true,
  quiet: true,
  plugins: [tagNames, publicOnly, builtPaths],
};
