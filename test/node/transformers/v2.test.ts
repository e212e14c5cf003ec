// SPDX-License-Identifier: MIT
import { cacheContract } from './cache-contract.js';
import { sessionContract } from './session-contract.js';
import { normalisingContract, tokenizerContract } from './tokenizer-contract.js';

cacheContract(2);
sessionContract(2);
tokenizerContract(2);
normalisingContract(2);
