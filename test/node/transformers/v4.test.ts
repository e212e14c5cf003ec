// SPDX-License-Identifier: MIT
import { cacheContract } from './cache-contract.js';
import { sessionContract } from './session-contract.js';

cacheContract(4);
sessionContract(4);
