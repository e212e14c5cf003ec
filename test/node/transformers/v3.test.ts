// SPDX-License-Identifier: MIT
import { sessionContract } from './session-contract.js';

sessionContract(3);
