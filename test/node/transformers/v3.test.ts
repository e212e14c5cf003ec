// SPDX-License-Identifier: MIT
import { cacheContract } from './cache-contract.js';
import { sessionContract } from './session-contract.js';
import { normalisingContract, tokenizerContract } from './tokenizer-contract.js';

cacheContract(3);
sessionContract(3);
tokenizerContract(3);
normalisingContract(3);
