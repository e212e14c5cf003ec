// SPDX-License-Identifier: MIT

/** Things of the same name in several layers: `blocks.L.attn.hook_q` for layers 0, 1, 2... `site` is that of the first. */
export interface Kind<T> {
  /** With L in place of the layer's number; a name without a layer is itself. */
  name: string;
  layers: number[];
  site: T;
}

/**
 * Groups by the name without its layer, in the order of first appearance.
 *
 * @param same - whether two of one name may share a group
 */
export function groupByKind<T>(list: readonly T[], nameOf: (item: T) => string, same: (a: T, b: T) => boolean): Kind<T>[] {
  const groups: Kind<T>[] = [];
  for (const site of list) {
    const [, before, layer, after] = /^(.*?\bblocks\.|(?:en|de)coder\.)(\d+)(\..*)$/.exec(nameOf(site)) ?? [];
    const name = layer === undefined ? nameOf(site) : `${before}L${after}`;
    const group = groups.find((kind) => kind.name === name && same(kind.site, site));
    if (group) {
      if (layer !== undefined) group.layers.push(Number(layer));
    } else {
      groups.push({ name, layers: layer === undefined ? [] : [Number(layer)], site });
    }
  }
  return groups;
}

/** The name, with the layers where they are not all: "blocks.L.hook_resid_mid (L = 0, 3-5)". */
export function layerRange(name: string, layers: readonly number[], nLayer: number): string {
  if (layers.length === 0 || layers.length === nLayer) return name;
  const parts: string[] = [];
  for (let first = 0; first < layers.length;) {
    let last = first;
    while (layers[last + 1] === layers[last]! + 1) last += 1;
    parts.push(first === last ? String(layers[first]) : `${layers[first]}-${layers[last]}`);
    first = last + 1;
  }
  return `${name} (L = ${parts.join(', ')})`;
}
