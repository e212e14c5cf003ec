// SPDX-License-Identifier: MIT
import type { Architecture } from '../../hooks/types.js';
import { readBase, readHead } from '../base.js';
import { checkBoolean, checkFinite, checkInteger, checkList, checkObject, checkOneOf, checkOptionalString, checkString } from '../check.js';
import type { TraceBase } from '../types.js';

/** What a map says of a model as a whole. */
export interface ModelFacts extends Architecture {
  /** Longest input in positions; null where neither the tables nor config.json say it. */
  nCtx: number | null;
  /** W_U is W_E turned; null where there are not both. */
  tied: boolean | null;
}

/** A name in one or several blocks: `blocks.{layer}.attn.hook_q`, or one outside of them. */
export interface LayeredName {
  name: string;
  /** The blocks that have it; all of them where it is left out. */
  layers?: number[];
}

/** An activation that can be read. */
export interface ModelHook extends LayeredName {
  axes: string[];
  /** null for batch, pos, query and key, which depend on the input. */
  dims: (number | null)[];
  /** Why it can be read but not replaced. */
  fixed?: string;
}

/** An activation that the model has and that this file does not let one read. */
export interface HiddenHook extends LayeredName {
  because: string;
}

/** A weight that the file holds. */
export interface ModelWeight extends LayeredName {
  axes: string[];
  dims: number[];
  /** Name of the weight whose numbers these are, so that they are counted there. */
  same?: string;
}

/** A model as a map: its sizes, its parts, the activations and weights of each. It has no prompt and no tokens. */
export interface ModelTrace extends TraceBase {
  kind: 'model';
  architecture: ModelFacts;
  hooks: ModelHook[];
  hidden: HiddenHook[];
  weights: ModelWeight[];
  /** Numbers to colour the map with, by part: `blocks.2.attn`, `blocks.2.mlp`, `embed`. */
  values?: Record<string, number>;
  /** Numbers of the heads, [layer][head]. */
  headValues?: number[][];
}

/** As `readTrace`, for the map of a model. @throws VitrineError `invalid-trace` for anything else */
export function readModelTrace(value: unknown): ModelTrace {
  const { fields, kind } = readHead(value, ['model']);
  const architecture = readFacts(fields['architecture']);
  const layered = (entry: ReturnType<typeof checkObject>, at: string): LayeredName => ({
    name: checkString(entry['name'], `${at}.name`),
    ...(entry['layers'] !== undefined && {
      layers: checkList(entry['layers'], `${at}.layers`, (layer, place) => checkInteger(layer, place, 0, architecture.nLayer - 1)),
    }),
  });
  const list = <T>(name: string, read: (entry: ReturnType<typeof checkObject>, at: string) => T): T[] =>
    checkList(fields[name], `trace.${name}`, (entry, at) => read(checkObject(entry, at), at));
  const trace: ModelTrace = {
    ...readBase({ prompt: '', tokens: [], ...fields }),
    kind,
    architecture,
    hooks: list('hooks', (entry, at) => {
      const axes = checkList(entry['axes'], `${at}.axes`, checkString);
      const dims = checkList(entry['dims'], `${at}.dims`, orNull(checkInteger), axes.length);
      const fixed = checkOptionalString(entry['fixed'], `${at}.fixed`);
      return { ...layered(entry, at), axes, dims, ...(fixed !== undefined && { fixed }) };
    }),
    hidden: list('hidden', (entry, at) => ({ ...layered(entry, at), because: checkString(entry['because'], `${at}.because`) })),
    weights: list('weights', (entry, at) => {
      const axes = checkList(entry['axes'], `${at}.axes`, checkString);
      const dims = checkList(entry['dims'], `${at}.dims`, (dim, place) => checkInteger(dim, place), axes.length);
      const same = checkOptionalString(entry['same'], `${at}.same`);
      return { ...layered(entry, at), axes, dims, ...(same !== undefined && { same }) };
    }),
  };
  if (fields['values'] !== undefined) {
    const values = Object.entries(checkObject(fields['values'], 'trace.values'));
    trace.values = Object.fromEntries(values.map(([name, one]) => [name, checkFinite(one, `trace.values["${name}"]`)]));
  }
  if (fields['headValues'] !== undefined) {
    trace.headValues = checkList(
      fields['headValues'],
      'trace.headValues',
      (row, at) => checkList(row, at, checkFinite, architecture.nHead),
      architecture.nLayer,
    );
  }
  return trace;
}

function readFacts(value: unknown): ModelFacts {
  const at = 'trace.architecture';
  const fields = checkObject(value, at);
  const word = <T extends string>(name: string, words: readonly T[]): T => checkOneOf(fields[name], `${at}.${name}`, words);
  const whole = (name: string): number => checkInteger(fields[name], `${at}.${name}`);
  const wholeOrNull = (name: string): number | null => orNull(checkInteger)(fields[name], `${at}.${name}`);
  const flag = (name: string): boolean => checkBoolean(fields[name], `${at}.${name}`);
  return {
    family: word('family', ['decoder', 'encoder', 'vision'] as const),
    nLayer: whole('nLayer'),
    nHead: whole('nHead'),
    nKeyValueHead: whole('nKeyValueHead'),
    dHead: whole('dHead'),
    dModel: whole('dModel'),
    dMlp: wholeOrNull('dMlp'),
    dVocab: wholeOrNull('dVocab'),
    nCtx: wholeOrNull('nCtx'),
    norm: word('norm', ['layer', 'rms', 'none'] as const),
    normPosition: word('normPosition', ['pre', 'post'] as const),
    activation: checkString(fields['activation'], `${at}.activation`),
    gated: flag('gated'),
    parallel: flag('parallel'),
    position: word('position', ['learned', 'rotary', 'relative', 'none'] as const),
    causal: flag('causal'),
    tied: orNull(checkBoolean)(fields['tied'], `${at}.tied`),
  };
}

const orNull =
  <T>(check: (value: unknown, path: string) => T) =>
  (value: unknown, path: string): T | null =>
    value === null ? null : check(value, path);

/** The name in one block: `blocks.{layer}.attn.hook_q` is `blocks.3.attn.hook_q` in block 3. */
export function nameInLayer(name: string, layer: number): string {
  return name.replace('{layer}', String(layer));
}
