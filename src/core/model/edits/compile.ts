// SPDX-License-Identifier: MIT
import { fromHookLayout, parseLayout } from '../../hooks/layout.js';
import type { HookSite } from '../../hooks/types.js';
import { floatToHalf } from '../../runtime/float16.js';
import type { NumericArray } from '../../runtime/element-types.js';
import { interceptInput, type InterceptKind } from '../../stages/intercept.js';
import { checkPrompt, checkWidth, forEachNoise, forEachVector } from './apply.js';
import type { Edit } from './edit.js';
import { Broadcast, forEachSelected, hookDims } from './fill.js';
import { resolveSelection, type Pass } from './selection.js';

/** One interception: neighbouring edits of the same kind on one tensor, in order. */
export interface CompiledStep {
  kind: InterceptKind;
  edits: { edit: Edit; site: HookSite }[];
}

/** A value for one input of an interception. */
export interface InterceptFeed {
  name: string;
  type: string;
  data: NumericArray;
  dims: number[];
}

const KINDS: Record<Edit['op'], InterceptKind> = {
  set: 'where',
  add: 'add',
  noise: 'add',
  scale: 'scale',
  'rank-one': 'rank-one',
  clamp: 'clamp',
};

/** Whether an edit can be a part of the graph: no length has to be kept, and directions need the hook's last axis to be the tensor's, alone and whole. */
export function isCompilable(edit: Edit, site: HookSite): boolean {
  const kind = KINDS[edit.op];
  if (edit.op === 'add' && edit.keepNorm) return false;
  if (kind !== 'rank-one' && kind !== 'clamp') return true;
  const groups = parseLayout(site.layout);
  return !site.slice && groups.at(-1)!.length === 1 && groups.at(-1)![0] === site.letters.at(-1);
}

/** The interceptions of one tensor, with neighbours of the same kind merged. */
export function compileSteps(edits: readonly { edit: Edit; site: HookSite }[]): CompiledStep[] {
  const steps: CompiledStep[] = [];
  for (const entry of edits) {
    const kind = KINDS[entry.edit.op];
    const last = steps.at(-1);
    const mergeable = kind === 'where' || kind === 'add' || kind === 'scale';
    if (last?.kind === kind && mergeable) last.edits.push(entry);
    else steps.push({ kind, edits: [entry] });
  }
  return steps;
}

/** Where a tensor's values lie: its dims follow from the layout and the lengths of the hook's axes. */
export interface TensorPlace {
  tensor: string;
  /** 'float32' or 'float16'. */
  type: string;
  /** Width of the tensor's last dimension where hooks are slices of it. */
  fullWidth: number | undefined;
}

/** The inputs of the `step`-th interception of a tensor in one pass. */
export function feedsOfStep(step: CompiledStep, number: number, place: TensorPlace, pass: Pass): InterceptFeed[] {
  const feed = (field: string, data: Float32Array, dims: number[]): InterceptFeed => ({
    name: interceptInput(place.tensor, number, field),
    type: place.type,
    data: place.type === 'float16' ? floatToHalf(data) : data,
    dims,
  });
  if (step.kind === 'where') return whereFeeds(step, number, place, pass, feed);
  if (step.kind === 'add') return [feed('delta', ...sums(step, place, pass))];
  if (step.kind === 'scale') return [feed('factor', ...factors(step, place, pass))];
  return directionFeeds(step, place, pass, feed);
}

type MakeFeed = (field: string, data: Float32Array, dims: number[]) => InterceptFeed;

function whereFeeds(step: CompiledStep, number: number, place: TensorPlace, pass: Pass, feed: MakeFeed): InterceptFeed[] {
  const dims = tensorDims(step.edits[0]!.site, place, pass);
  let mask = new Uint8Array(size(dims));
  let values = new Float32Array(size(dims));
  for (const { edit, site } of step.edits) {
    if (edit.op !== 'set') continue;
    const own = hookDims(site, pass);
    const ownMask = new Uint8Array(size(own));
    const ownValues = new Float32Array(size(own));
    const source = new Broadcast(edit.value, site, pass);
    forEachSelected(site, own, resolveSelection(edit.select, site, pass), (offset, indices) => {
      const value = source.at(indices);
      if (value === undefined) return checkPrompt(source, pass);
      ownMask[offset] = 1;
      ownValues[offset] = value;
    });
    const laidMask = fromHookLayout(ownMask, dims, site, { axisLengths: lengths(pass), base: new Uint8Array(size(dims)) });
    const laidValues = fromHookLayout(ownValues, dims, site, { axisLengths: lengths(pass), base: new Float32Array(size(dims)) });
    if (step.edits.length === 1) [mask, values] = [laidMask, laidValues] as [typeof mask, typeof values];
    else {
      laidMask.forEach((chosen, index) => {
        if (!chosen) return;
        mask[index] = 1;
        values[index] = laidValues[index]!;
      });
    }
  }
  return [{ name: interceptInput(place.tensor, number, 'mask'), type: 'bool', data: mask, dims }, feed('value', values, dims)];
}

function sums(step: CompiledStep, place: TensorPlace, pass: Pass): [Float32Array, number[]] {
  const dims = tensorDims(step.edits[0]!.site, place, pass);
  const total = new Float32Array(size(dims));
  for (const { edit, site } of step.edits) {
    const own = hookDims(site, pass);
    const delta = new Float32Array(size(own));
    const resolved = resolveSelection(edit.select, site, pass);
    if (edit.op === 'add') {
      const source = new Broadcast(edit.value, site, pass);
      forEachSelected(site, own, resolved, (offset, indices) => {
        const value = source.at(indices);
        if (value === undefined) checkPrompt(source, pass);
        else delta[offset] = edit.scale * value;
      });
    } else if (edit.op === 'noise') forEachNoise(edit, site, own, resolved, pass, (offset, noise) => (delta[offset] = noise));
    const laid = fromHookLayout(delta, dims, site, { axisLengths: lengths(pass), base: new Float32Array(size(dims)) });
    for (let index = 0; index < total.length; index++) total[index] = total[index]! + laid[index]!;
  }
  return [total, dims];
}

function factors(step: CompiledStep, place: TensorPlace, pass: Pass): [Float32Array, number[]] {
  const dims = tensorDims(step.edits[0]!.site, place, pass);
  const total = new Float32Array(size(dims)).fill(1);
  for (const { edit, site } of step.edits) {
    if (edit.op !== 'scale') continue;
    const own = hookDims(site, pass);
    const factor = new Float32Array(size(own)).fill(1);
    forEachSelected(site, own, resolveSelection(edit.select, site, pass), (offset) => (factor[offset] = edit.factor));
    const laid = fromHookLayout(factor, dims, site, { axisLengths: lengths(pass), base: new Float32Array(size(dims)).fill(1) });
    for (let index = 0; index < total.length; index++) total[index] = total[index]! * laid[index]!;
  }
  return [total, dims];
}

function directionFeeds(step: CompiledStep, place: TensorPlace, pass: Pass, feed: MakeFeed): InterceptFeed[] {
  const { edit, site } = step.edits[0]!;
  if (edit.op !== 'rank-one' && edit.op !== 'clamp') return [];
  const [read, write] = edit.op === 'clamp' ? [edit.direction, edit.direction] : [edit.read, edit.write];
  const own = hookDims(site, pass);
  checkWidth(edit, site, own.at(-1)!, read.length);
  // One gate per vector: the activation's shape with a last axis of length one.
  const gateSite: HookSite = { ...site, dims: [...site.dims.slice(0, -1), 1] };
  const gateDims = [...own.slice(0, -1), 1];
  const gate = new Float32Array(size(gateDims));
  forEachVector(gateSite, gateDims, resolveSelection(edit.select, site, pass), (offset) => (gate[offset] = 1));
  const dims = [...tensorDims(site, place, pass).slice(0, -1), 1];
  const laid = fromHookLayout(gate, dims, gateSite, { axisLengths: lengths(pass) });
  const feeds = [feed('read', read, [read.length, 1]), feed('write', write, [1, write.length]), feed('gate', laid, dims)];
  if (edit.op !== 'clamp') return feeds;
  // Half precision has no room for the largest floats; its own largest is 65504.
  const bounded = (value: number): Float32Array => Float32Array.of(Math.max(-65504, Math.min(65504, value)));
  return [...feeds, feed('low', bounded(edit.low), []), feed('high', bounded(edit.high), [])];
}

/** Dims of the graph tensor that holds a hook, in one pass. */
export function tensorDims(site: HookSite, place: TensorPlace, pass: Pass): number[] {
  const own = hookDims(site, pass);
  const dims = parseLayout(site.layout).map((group) => group.reduce((product, letter) => product * own[site.letters.indexOf(letter)]!, 1));
  if (site.slice && place.fullWidth !== undefined) dims[dims.length - 1] = place.fullWidth;
  return dims;
}

function lengths(pass: Pass): Record<string, number> {
  return { b: pass.batch, s: pass.count, q: pass.count, k: pass.past + pass.count };
}

function size(dims: readonly number[]): number {
  return dims.reduce((product, length) => product * length, 1);
}
