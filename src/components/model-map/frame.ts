// SPDX-License-Identifier: MIT
// What of the drawing's size follows from the width alone: known before there is a model.

/** Heights of the steps that are the same in every model. */
export const heights = { stop: 20, norm: 18, embed: 44, unembed: 44 } as const;
export const sidingPadding = 13;
export const mlpHeight = 20;
export const gap = 2;

/** Columns of words beside the drawing; those that have no room are left out. */
export interface Columns {
  labelX: number;
  hookX?: number;
  shapeX?: number;
  /** Right edge of the parameters; without it they stand under the label. */
  parametersX?: number;
}

export function frameOf(width: number) {
  const streamX = width < 440 ? 56 : 72;
  const partsX = streamX + 30;
  const columns = columnsOf(width, partsX);
  const partsWidth = columns.labelX - partsX - (width < 440 ? 10 : 20);
  return { streamX, partsX, partsWidth, columns, header: columns.parametersX === undefined ? 0 : 22 };
}

function columnsOf(width: number, partsX: number): Columns {
  if (width < 440) return { labelX: width - 66 };
  if (width < 640) return { labelX: Math.round(Math.max(partsX + 130, width - 240)), parametersX: width - 1 };
  if (width < 900) return { labelX: width - 410, shapeX: width - 245, parametersX: width - 1 };
  return { labelX: partsX + 330, hookX: partsX + 490, shapeX: partsX + 660, parametersX: width - 1 };
}

/** Between groups of heads that share keys and values. */
export const groupGap = 4;

/** Cells as large as fit: in as few rows as keep them at 9 pixels, in four where no row does, in more where they would be specks. */
export function headRows(count: number, size: number, room: number): { perRow: number; cell: number; rows: number; rowHeight: number } {
  const grouped = size > 1;
  const unit = grouped ? size : 1;
  const largest = room > 280 ? 22 : 16;
  const choice = (rows: number): { perRow: number; cell: number } => {
    const perRow = Math.ceil(Math.ceil(count / rows) / unit) * unit;
    const between = grouped ? (perRow / unit - 1) * groupGap : 0;
    return { perRow, cell: Math.floor(Math.min(largest, (room - between) / perRow - gap)) };
  };
  const tried = [1, 2, 3, 4].map(choice);
  const four = tried.at(-1)!;
  const { perRow, cell: fit } = tried.find(({ cell }) => cell >= 9) ?? (four.cell >= 5 ? four : choice(8));
  const cell = Math.max(2, fit);
  return { perRow, cell, rows: Math.ceil(count / perRow), rowHeight: cell + (grouped ? 5 : 0) + gap };
}

/** Height of a block that is drawn in full, with 8 heads; blocks that are not drawn in full take as much together. */
export function blockHeight(width: number): number {
  const { rows, rowHeight } = headRows(8, 1, frameOf(width).partsWidth);
  return 2 * heights.stop + rows * rowHeight - gap + mlpHeight + 4 * sidingPadding;
}

/** Height of the map before anything is known of the model: one of four blocks with 8 heads, or a taller one. */
export function reservedHeight(width: number): number {
  return frameOf(width).header + 4 * blockHeight(width) + heights.stop + heights.norm + heights.embed + heights.unembed;
}

/** Columns of the list under the map, and how many lines it has at least; on narrow figures it has neither. */
export function detailOf(width: number): { columns: number; lines: number } | undefined {
  return width < 640 ? undefined : width < 900 ? { columns: 2, lines: 4 } : { columns: 3, lines: 3 };
}
