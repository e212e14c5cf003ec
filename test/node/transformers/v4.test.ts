// SPDX-License-Identifier: MIT
import { cacheContract } from './cache-contract.js';
import { sessionContract } from './session-contract.js';
import { normalisingContract, tokenizerContract } from './tokenizer-contract.js';

cacheContract(4);
sessionContract(4);
tokenizerContract(4);
normalisingContract(4);
