// SPDX-License-Identifier: MIT
import { VitrineError } from '../../errors.js';
import { selectNames } from '../../hooks/names.js';
import type { HookSite } from '../../hooks/types.js';
import { typeName } from '../../runtime/element-types.js';
import type { Backend, RuntimeTensor } from '../../runtime/types.js';
import type { TensorFunction } from '../../stages/chain.js';
import type { InterceptKind } from '../../stages/intercept.js';
import type { StagedGraph } from '../../stages/staged-graph.js';
import { compileSteps, feedsOfStep, isCompilable, type CompiledStep, type TensorPlace } from './compile.js';
import type { Edit } from './edit.js';
import { runActions, type HookFunction, type TensorAction } from './hook-function.js';
import { checkSelection, type Pass } from './selection.js';
import { sumTerm } from './sum-term.js';

/** Hook functions by name or pattern; several functions on one hook run in order. */
export type HookFunctions = Readonly<Record<string, HookFunction | readonly HookFunction[]>>;

/** What a pass through the chain is to do besides running. */
export interface PassChanges {
  intercepts: ReadonlyMap<string, readonly InterceptKind[]>;
  feeds: ReadonlyMap<string, RuntimeTensor>;
  functions: ReadonlyMap<string, TensorFunction>;
}

/**
 * The edits and functions of a run, sorted by the tensors that they change. At one tensor, edits come first, in their order, then
 * functions in theirs; at different tensors the model's own order decides, whatever order they were given in.
 */
export class EditPlan {
  readonly #graph: StagedGraph;
  readonly #steps = new Map<string, CompiledStep[]>();
  readonly #actions = new Map<string, TensorAction[]>();
  readonly #places = new Map<string, TensorPlace>();
  readonly #entries = new Map<string, TensorAction[]>();

  /** @throws VitrineError `unknown-hook`, `not-editable`, `invalid-option` */
  constructor(graph: StagedGraph, edits: readonly Edit[] = [], hooks: HookFunctions = {}) {
    this.#graph = graph;
    const byTensor = new Map<string, { edit: Edit; site: HookSite }[]>();
    for (const edit of edits) {
      for (const site of this.#sites(edit.hook, edit)) {
        checkSelection(edit.select, site);
        const known = byTensor.get(site.tensor);
        if (known) known.push({ edit, site });
        else byTensor.set(site.tensor, [{ edit, site }]);
      }
    }
    for (const [tensor, entries] of byTensor) {
      if (entries.every(({ edit, site }) => isCompilable(edit, site))) this.#steps.set(tensor, compileSteps(entries));
      else this.#actions.set(tensor, entries);
      this.#places.set(tensor, this.#place(tensor));
      this.#entries.set(tensor, [...entries]);
    }
    for (const [name, functions] of Object.entries(hooks)) {
      for (const site of this.#sites(name)) {
        const actions = this.#actions.get(site.tensor) ?? [];
        for (const run of typeof functions === 'function' ? [functions] : functions) actions.push({ site, run });
        this.#actions.set(site.tensor, actions);
        this.#entries.set(site.tensor, [...(this.#entries.get(site.tensor) ?? []).filter((entry) => !actions.includes(entry)), ...actions]);
      }
    }
  }

  /** Names of the hooks that are changed, by tensor. */
  get tensors(): ReadonlyMap<string, string> {
    return new Map([...this.#entries].map(([tensor, entries]) => [tensor, entries[0]!.site.name]));
  }

  /** What the plan makes of a tensor that is at hand, outside the chain; the same tensor where it does nothing there. */
  async applyAt(tensor: string, raw: RuntimeTensor, pass: Pass, backend: Backend): Promise<RuntimeTensor> {
    const entries = this.#entries.get(tensor);
    return entries ? runActions(entries, raw, pass, backend) : raw;
  }

  get isEmpty(): boolean {
    return this.#steps.size === 0 && this.#actions.size === 0;
  }

  /** The changes of one pass. */
  changes(pass: Pass, backend: Backend): PassChanges {
    const intercepts = new Map<string, readonly InterceptKind[]>();
    const feeds = new Map<string, RuntimeTensor>();
    for (const [tensor, steps] of this.#steps) {
      intercepts.set(
        tensor,
        steps.map((step) => step.kind),
      );
      const place = this.#places.get(tensor)!;
      steps.forEach((step, number) => {
        for (const { name, type, data, dims } of feedsOfStep(step, number, place, pass)) feeds.set(name, backend.tensor(type, data, dims));
      });
    }
    const functions = new Map<string, TensorFunction>();
    for (const [tensor, actions] of this.#actions) functions.set(tensor, (raw) => runActions(actions, raw, pass, backend));
    return { intercepts, feeds, functions };
  }

  #sites(hook: string, edit?: Edit): HookSite[] {
    const { sites } = this.#graph.table;
    return selectNames(this.#graph.table, hook).map((name) => {
      const site = sites.get(name)!;
      if (site.editable && this.#graph.partition.stageOf(site.tensor) !== undefined) return site;
      const instead = edit && sumTerm(edit, site, this.#graph.table);
      if (instead) return instead;
      const because = site.notEditableBecause ?? 'its tensor is an input or a constant of the graph';
      throw new VitrineError('not-editable', `${name} can be read but not changed: ${because}.`);
    });
  }

  #place(tensor: string): TensorPlace {
    const slices = [...this.#graph.table.sites.values()].filter((site) => site.tensor === tensor && site.slice);
    return {
      tensor,
      type: typeName(this.#graph.elementTypes.get(tensor) ?? 1),
      fullWidth: slices.length > 0 ? Math.max(...slices.map((site) => site.slice!.end)) : undefined,
    };
  }
}
