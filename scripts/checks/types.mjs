// SPDX-License-Identifier: MIT
// The types of the package in an app of somebody else: strict, and with the declarations themselves checked.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, node, root } from '../lib/exec.mjs';
import { elements } from '../lib/manifest.mjs';
import { newApp } from '../lib/pack.mjs';
import { properties, reactClaims, svelteClaims } from '../lib/type-claims.mjs';

const list = elements(JSON.parse(readFileSync(join(root, 'custom-elements.json'), 'utf8')));
const claims = { 'react.tsx': reactClaims(list), 'svelte.ts': svelteClaims(list) };
/** What is compiled by each way to find modules. */
const programs = [
  { module: 'esnext', moduleResolution: 'bundler', files: ['entries.ts', ...Object.keys(claims)] },
  { module: 'node16', moduleResolution: 'node16', files: ['entries.ts'] },
];
/** Of the compiler's own library, no declarations are checked; of everything else, all. */
const strict = { target: 'es2022', jsx: 'react-jsx', types: [], strict: true, skipDefaultLibCheck: true, noEmit: true };

let made;

/** One project for these checks. */
function app() {
  made ??= newApp(['@types/react', 'svelte']);
  return made;
}

let faultsFound;

/** What the compiler says, one string a fault. */
function compiled() {
  faultsFound ??= compile({ 'entries.ts': entries(), ...claims });
  return faultsFound;
}

async function compile(texts) {
  const cwd = await app();
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(cwd, name), text);
  const runs = programs.map(async ({ files, ...how }) => {
    const project = join(cwd, `tsconfig.${how.module}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions: { ...strict, ...how }, files }));
    const args = ['-p', project, '--pretty', 'false'];
    const { output } = await node(join(root, 'node_modules/typescript/bin/tsc'), args, { quiet: true, cwd });
    const faults = output.split(/\n(?! |$)/); // what is indented belongs to the line above
    return faults.filter(Boolean).map((fault) => `moduleResolution ${how.moduleResolution}: ${fault.trimEnd()}`);
  });
  return (await Promise.all(runs)).flat();
}

/** @throws Error with what the compiler says of these files */
async function expectSilence(meant) {
  const faults = (await compiled()).filter((fault) => meant(/^moduleResolution \w+: (.*?)\(/.exec(fault)?.[1]));
  if (faults.length) throw new Error(faults.join('\n'));
}

/** Every entry that has types. */
function entryNames() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([, target]) => target.types && !target.types.includes('*'));
  return [
    ...entries.map(([name]) => name.replace('.', 'vitrine')),
    'vitrine/define/all.js',
    ...list.map(({ tagName }) => `vitrine/components/${tagName}.js`),
  ];
}

function entries() {
  return entryNames()
    .map((name, index) => `import type * as entry${index} from '${name}';\nexport type { entry${index} };`)
    .join('\n');
}

export const checks = [
  {
    name: 'types: every entry of the package holds in a strict app that checks declarations too (no skipLibCheck)',
    async run() {
      await expectSilence((file) => file !== 'react.tsx' && file !== 'svelte.ts');
      return `${entryNames().length} entries`;
    },
  },
  {
    name: 'types: React takes the properties and events of custom-elements.json, and refuses others',
    run: () => expectSilence((file) => file === 'react.tsx'),
  },
  {
    name: 'types: Svelte takes the properties and events of custom-elements.json',
    run: () => expectSilence((file) => file === 'svelte.ts'),
  },
  {
    name: 'types: custom-elements.json names the properties and attributes that the classes have',
    async run() {
      const said = list.map((element) => ({
        name: element.name,
        properties: properties(element).map(({ name }) => name),
        attributes: element.attributes.map(({ name }) => name),
      }));
      const code = `
        import * as classes from 'vitrine/components';
        const differ = (what, a, b) => {
          const missing = a.filter((one) => !b.includes(one));
          if (missing.length) console.log(what + ': ' + missing.join(', '));
        };
        const settable = (object, name) =>
          object !== null && (Object.getOwnPropertyDescriptor(object, name)?.set !== undefined || settable(Object.getPrototypeOf(object), name));
        for (const { name, properties, attributes } of ${JSON.stringify(said)}) {
          const observed = classes[name].observedAttributes;
          const own = [...classes[name].elementProperties].filter(([, { state }]) => !state).map(([property]) => property);
          const accessors = properties.filter((property) => settable(classes[name].prototype, property));
          differ(name + ' has, the manifest lacks the properties', own, properties);
          differ(name + ' lacks, the manifest has the properties', properties, [...own, ...accessors]);
          differ(name + ' has, the manifest lacks the attributes', observed, attributes);
          differ(name + ' lacks, the manifest has the attributes', attributes, observed);
        }`;
      const { status, output } = await exec(process.execPath, ['--input-type=module', '-e', code], { cwd: await app(), quiet: true });
      if (status !== 0 || output) throw new Error(output);
    },
  },
];
