// SPDX-License-Identifier: MIT
import type { FigureContext, FigureKinds } from '../core/index.js';
import type { Conversation } from './conversation.js';

/** Has the worker compute a figure; parts come as they are ready. */
export async function askFigure<Kind extends keyof FigureKinds>(
  conversation: Conversation,
  kind: Kind,
  options: FigureKinds[Kind]['options'],
  { signal, onProgress, onPart }: FigureContext<FigureKinds[Kind]['part']> = {},
): Promise<FigureKinds[Kind]['result']> {
  const answer = await conversation.ask('figure', [kind, options], {
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    ...(onPart && { onStep: (part) => onPart(part as FigureKinds[Kind]['part']) }),
  });
  return answer as FigureKinds[Kind]['result'];
}
