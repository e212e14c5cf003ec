// SPDX-License-Identifier: MIT

/** Version of this package, as in package.json; recorded figures carry it. */
export const version = '0.1.0';
