// SPDX-License-Identifier: MIT
import * as transformers from '@xenova/transformers';
import { generationTests } from './generation-majors.js';

generationTests('transformers.js 2', transformers);
