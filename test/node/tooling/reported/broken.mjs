// SPDX-License-Identifier: MIT
// Run by lib.test.mjs: a test file that does not load.
throw new Error('on purpose');
