// SPDX-License-Identifier: MIT
import * as transformers from 'transformers-v3';
import { generationTests } from './generation-majors.js';

generationTests('transformers.js 3', transformers);
