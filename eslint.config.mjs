// SPDX-License-Identifier: MIT
import { configs as lit } from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import { configs as wc } from 'eslint-plugin-wc';
import tseslint from 'typescript-eslint';
import { layers } from './scripts/lint/layers.mjs';

const noUnsafeHtml = {
  patterns: [
    {
      group: ['lit/directives/unsafe-*', 'lit-html/directives/unsafe-*'],
      message: 'Tokens are text: bind them, never build markup from them.',
    },
  ],
};
const domGlobals = [
  'window',
  'document',
  'HTMLElement',
  'Element',
  'customElements',
  'localStorage',
  'sessionStorage',
  'requestAnimationFrame',
  'alert',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'docs/reference/', '.cache/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess asks for an index already checked to be said so
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off', // describe() and it() return promises in node:test
      '@typescript-eslint/no-unused-expressions': 'off', // chai
    },
  },
  {
    files: ['**/*.{ts,mjs}'],
    plugins: { vitrine: { rules: { layers } } },
    rules: {
      'no-restricted-imports': ['error', noUnsafeHtml],
      'vitrine/layers': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  // environment.ts reads one <meta> where there is a document: the place where a page says what is loaded from where.
  {
    files: ['src/core/**/*.ts'],
    ignores: ['src/core/environment.ts'],
    rules: { 'no-restricted-globals': ['error', ...domGlobals.map((name) => ({ name, message: 'The core has no DOM.' }))] },
  },
  {
    files: ['src/components/**/*.ts'],
    extends: [lit['flat/recommended'], wc['flat/best-practice']],
    plugins: { 'lit-a11y': litA11y },
    rules: { ...litA11y.configs.recommended.rules },
  },
);
