// SPDX-License-Identifier: MIT
import { cacheContract } from './cache-contract.js';
import { sessionContract } from './session-contract.js';

cacheContract(3);
sessionContract(3);
