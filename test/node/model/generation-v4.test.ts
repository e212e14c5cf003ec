// SPDX-License-Identifier: MIT
import * as transformers from '@huggingface/transformers';
import { generationTests } from './generation-majors.js';

generationTests('transformers.js 4', transformers);
