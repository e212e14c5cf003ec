// SPDX-License-Identifier: MIT
import { posix } from 'node:path';

/** Folders of src/core from the ground up. A folder may import those of lower rank, itself, and the files directly in src/core. */
const ranks = { onnx: 1, hooks: 2, runtime: 2, transformers: 3, stages: 3, model: 4, techniques: 5, trace: 5, figures: 6, tables: 6 };

/** Packages that one place alone may import. */
const owners = [
  { packages: /^onnxruntime-/, folder: 'src/core/runtime/' },
  { packages: /^(@huggingface|@xenova)\/|^transformers-v3$/, folder: 'src/core/transformers/' },
  { packages: /^(lit|@lit|@lit-labs)(\/|$)/, folder: 'src/components/' },
];

/** What the other areas may import of the core: all of it, one folder by its index, and what belongs to no folder. */
const isDoor = (to) => /^src\/core\/((\w+\/)?index|load-part|version)\.js$/.test(to);

/** The module of the elements that is loaded when a reader asks for a live model: it may reach the worker. */
const live = { from: 'src/components/shared/live-engine.ts', to: 'src/worker/live.js' };

/** Figures draw recorded data without the rest of the core: one module imports just what that takes. */
const gateway = {
  from: 'src/components/shared/core.ts',
  to: ['src/core/environment.js', 'src/core/errors.js', 'src/core/techniques/heads/masks.js'],
};

/**
 * Why the module at `from` (path from the repository's root) may not import `specifier`; undefined where it may.
 *
 * @param {string} from
 * @param {string} specifier as written
 * @returns {string | undefined}
 */
export function violation(from, specifier) {
  if (/^\.\.?\/(?!.*\.\w+$)/.test(specifier)) return `${specifier} needs its extension: ${specifier}.js.`;
  if (!from.startsWith('src/')) return undefined;
  if (!specifier.startsWith('.')) return packageViolation(from, specifier);
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  const [, fromArea = ''] = from.split('/');
  const [, toArea = ''] = to.split('/');
  if (!to.startsWith('src/')) return `${specifier} leaves src/.`;
  if (fromArea === toArea) return fromArea === 'core' ? coreViolation(from, to) : undefined;
  if (from === gateway.from && gateway.to.includes(to)) return undefined;
  if (from === live.from && to === live.to) return undefined;
  if (toArea === 'core') return isDoor(to) ? undefined : `${fromArea} imports the core through its folders' index.js only.`;
  if (fromArea === 'cdn') return undefined;
  return `${fromArea} may not import ${toArea}.`;
}

function packageViolation(from, specifier) {
  if (specifier.startsWith('node:') && !from.startsWith('src/cli/')) {
    return `${specifier} does not exist in a page. Load it with await import() behind a test for Node.`;
  }
  const owner = owners.find(({ packages }) => packages.test(specifier));
  return owner && !from.startsWith(owner.folder) ? `only ${owner.folder} may import ${specifier}.` : undefined;
}

function coreViolation(from, to) {
  const folder = (path) => (path.split('/').length > 3 ? path.split('/')[2] : '');
  const [fromFolder, toFolder] = [folder(from), folder(to)];
  if (fromFolder === toFolder || from === 'src/core/index.ts') return undefined;
  if (to === 'src/core/index.js') return 'inside the core, import the module itself, not the index.';
  if (toFolder === '' || ranks[fromFolder] > ranks[toFolder]) return undefined;
  return `inside the core imports go downwards only (${Object.keys(ranks).reverse().join(', ')}): ${fromFolder || 'a file of src/core'} may not import ${toFolder}.`;
}

/** ESLint rule: the import rule of the architecture. */
export const layers = {
  meta: { type: 'problem', schema: [], docs: { description: 'imports follow the layers of the architecture' } },
  create(context) {
    const from = posix.normalize(context.filename.replaceAll('\\', '/').slice(context.cwd.length + 1));
    const check = (node, dynamic) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || (dynamic && specifier.startsWith('node:'))) return;
      const message = violation(from, specifier);
      if (message) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: (node) => check(node),
      ExportNamedDeclaration: (node) => check(node),
      ExportAllDeclaration: (node) => check(node),
      ImportExpression: (node) => check(node, true),
    };
  },
};
