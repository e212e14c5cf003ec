// SPDX-License-Identifier: MIT
// The picture of a sweep and what a reader does in it: loaded when there is something to draw.
import type { CSSResult } from 'lit';
import { legendStyles } from '../../shared/legend.js';
import { tokenStyles } from '../../shared/token-view.js';
import { pictureStyles } from './styles.js';

export { SweepReader } from './reader.js';

export const styles: readonly CSSResult[] = [tokenStyles, legendStyles, pictureStyles];
