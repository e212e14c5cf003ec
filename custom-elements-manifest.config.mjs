// SPDX-License-Identifier: MIT

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

/** Private and inherited members of the base class do not concern a page's author. */
const publicOnly = {
  name: 'public-only',
  packageLinkPhase({ customElementsManifest }) {
    for (const { declarations = [] } of customElementsManifest.modules) {
      for (const declaration of declarations) {
        declaration.members = declaration.members?.filter(
          ({ name, privacy }) => !name.startsWith('#') && privacy !== 'private' && privacy !== 'protected',
        );
      }
    }
  },
};

export default {
  globs: ['src/components/**/*.ts'],
  exclude: ['src/components/**/*.test.ts'],
  litelement: true,
  quiet: true,
  plugins: [publicOnly, builtPaths],
};
