// SPDX-License-Identifier: MIT
// Files of steering vectors, with what reads and writes them. This module is loaded when a reader saves or loads one, never before.
import { SteeringVector, traceOfVector, vectorOfTrace } from '../../core/index.js';
import type { SteeringTrace, SteeringVectorTrace } from '../shared/core.js';

export type VectorForm = 'json' | 'safetensors' | 'gguf';

/**
 * The vector at the layers that are steered, as a file: added with coefficient s, it does what the figure shows at strength s.
 *
 * @throws VitrineError `invalid-option` for a form that cannot hold it
 */
export function vectorFile({ vector, layers, provenance }: SteeringTrace, form: VectorForm): Blob {
  const whole = vectorOfTrace(vector, provenance.model);
  const { place, method, model, directions } = whole;
  const chosen = new SteeringVector({
    place,
    ...(method && { method }),
    ...(model !== undefined && { model }),
    directions: new Map([...directions].filter(([layer]) => layers.includes(layer))),
  });
  if (form === 'json') return new Blob([JSON.stringify(chosen)], { type: 'application/json' });
  const bytes = form === 'gguf' ? chosen.toGguf(provenance.model) : chosen.toSafetensors();
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
}

/** @throws VitrineError `invalid-input` for a file that is no vector; SyntaxError for one that is not JSON */
export async function vectorFromFile(file: File): Promise<SteeringVectorTrace> {
  if (file.name.endsWith('.json')) return traceOfVector(SteeringVector.fromJSON(JSON.parse(await file.text())));
  const bytes = new Uint8Array(await file.arrayBuffer());
  return traceOfVector(file.name.endsWith('.gguf') ? SteeringVector.fromGguf(bytes) : SteeringVector.fromSafetensors(bytes));
}
