// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import type { HookSite } from '../../hooks/types.js';
import type { Tensor } from '../tensor.js';
import type { Edit } from './edit.js';
import { Broadcast, forEachSelected } from './fill.js';
import { gaussianVector } from './noise.js';
import { resolveSelection, type Pass, type ResolvedSelection } from './selection.js';

/**
 * An edit as a function of the activation: what the compiled interception computes, written down plainly. It runs where an edit cannot be
 * compiled (a direction inside merged axes, a sum that keeps its length), and tests compare the two.
 *
 * @param value - the activation with the hook's axes; not changed
 */
export function applyEdit(edit: Edit, site: HookSite, value: Tensor, pass: Pass): Tensor {
  const resolved = resolveSelection(edit.select, site, pass);
  const result = value.clone();
  const { data, dims } = result;
  if (edit.op === 'set' || edit.op === 'add') {
    const source = new Broadcast(edit.value, site, pass);
    forEachSelected(site, dims, resolved, (offset, indices) => {
      const given = source.at(indices);
      if (given === undefined) checkPrompt(source, pass);
      else data[offset] = edit.op === 'set' ? given : data[offset]! + edit.scale * given;
    });
    if (edit.op === 'add' && edit.keepNorm) {
      const width = dims.at(-1)!;
      forEachVector(site, dims, resolved, (start) => restoreLength(data.subarray(start, start + width), value.data.subarray(start)));
    }
  } else if (edit.op === 'scale') {
    forEachSelected(site, dims, resolved, (offset) => (data[offset] = data[offset]! * edit.factor));
  } else if (edit.op === 'noise') {
    forEachNoise(edit, site, dims, resolved, pass, (offset, noise) => (data[offset] = data[offset]! + noise));
  } else {
    const read = edit.op === 'clamp' ? edit.direction : edit.read;
    const write = edit.op === 'clamp' ? edit.direction : edit.write;
    checkWidth(edit, site, dims.at(-1)!, read.length);
    forEachVector(site, dims, resolved, (start) => {
      let along = 0;
      for (let index = 0; index < read.length; index++) along += data[start + index]! * read[index]!;
      const amount = edit.op === 'clamp' ? Math.max(Math.min(along, edit.high), edit.low) - along : along;
      for (let index = 0; index < write.length; index++) data[start + index] = data[start + index]! + amount * write[index]!;
    });
  }
  return result;
}

/** Gives a vector the length of another, which starts with the same number of values. */
function restoreLength(vector: Float32Array, before: Float32Array): void {
  let [now, then] = [0, 0];
  for (let index = 0; index < vector.length; index++) {
    now += vector[index]! ** 2;
    then += before[index]! ** 2;
  }
  if (now === 0) return;
  const factor = Math.sqrt(then / now);
  for (let index = 0; index < vector.length; index++) vector[index] = vector[index]! * factor;
}

/** Calls `visit` with the first offset of every selected vector along the last axis. */
export function forEachVector(site: HookSite, dims: readonly number[], resolved: ResolvedSelection, visit: (start: number) => void): void {
  forEachSelected(site, dims, { ...resolved, last: [0] }, (offset) => visit(offset));
}

/** Calls `visit` with the noise of every selected place. */
export function forEachNoise(
  edit: Edit & { op: 'noise' },
  site: HookSite,
  dims: readonly number[],
  resolved: ResolvedSelection,
  pass: Pass,
  visit: (offset: number, noise: number) => void,
): void {
  const positionAxis = site.axes.findIndex((name) => name === 'pos' || name === 'query');
  const inner = dims.slice(positionAxis + 1).reduce((product, length) => product * length, 1);
  let key = '';
  let vector = new Float32Array(0);
  forEachSelected(site, dims, resolved, (offset, indices) => {
    const position = pass.past + (positionAxis < 0 ? 0 : indices[positionAxis]!);
    // Axes before the position (heads of a pattern) count as rows of their own.
    const row = positionAxis <= 1 ? indices[0]! : indices[0]! * 1009 + indices[1]!;
    const place = `${row} ${position}`;
    if (place !== key) {
      key = place;
      vector = gaussianVector(edit.seed, site.name, row, position, inner) as Float32Array<ArrayBuffer>;
    }
    visit(offset, edit.sigma * vector[offset % inner]!);
  });
}

/** A value that is too short is an error in the prompt and means "no longer" in the steps after it. */
export function checkPrompt(source: Broadcast, pass: Pass): void {
  if (pass.step === 0) throw source.tooShort(pass);
}

/** @throws VitrineError `invalid-input` for a direction of another length than the activation's last axis */
export function checkWidth(edit: Edit, site: HookSite, width: number, given: number): void {
  if (width === given) return;
  throw new VitrineError(
    'invalid-input',
    `The edit "${edit.op}" of ${site.name} needs a direction of ${width} values (${site.axes.at(-1)}); got ${given}.`,
  );
}
