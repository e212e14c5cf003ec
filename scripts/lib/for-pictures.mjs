// SPDX-License-Identifier: MIT

/**
 * What several pictures share, as paths in dist/ or packages. It lies whole in the bundle, although the elements themselves need none of
 * it: a picture is one more request, not six.
 */
const shared = [
  'components/shared/answers.js',
  'components/shared/cell-under.js',
  'components/shared/grid-controller.js',
  'components/shared/heatmap.js',
  'components/shared/legend.js',
  'components/shared/number-under.js',
  'components/shared/picture.js',
  'components/shared/pointing.js',
  'components/shared/positions.js',
  'components/shared/text-alternative.js',
  'components/shared/token-display.js',
  'components/shared/token-view.js',
  'core/trace/base.js',
  'core/trace/kinds/attention.js',
  'lit/directives/guard.js',
].map((path) => (path.startsWith('lit/') ? path : `../${path}`));

const isEntry = (id) => id.endsWith('/dist/cdn/index.js');

/** Rollup plugin for the bundle of all elements: adds what pictures share to its entry, and keeps it there whole. */
export function forPictures() {
  const kept = new Set();
  return {
    name: 'for-pictures',
    async resolveId(source, importer) {
      if (!importer || !isEntry(importer) || !shared.includes(source)) return null;
      const { id } = await this.resolve(source, importer, { skipSelf: true });
      kept.add(id);
      return { id, moduleSideEffects: 'no-treeshake' };
    },
    transform(code, id) {
      if (isEntry(id)) return { code: `${code}\n${shared.map((path) => `import '${path}';`).join('\n')}\n`, map: null };
      return kept.has(id) ? { code, map: null, moduleSideEffects: 'no-treeshake' } : null;
    },
  };
}
