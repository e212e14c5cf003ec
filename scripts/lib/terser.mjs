// SPDX-License-Identifier: MIT

/** How code is made small, for the bundles and for what npm run size measures. Comments that begin with ! (licences) stay. */
export const terserOptions = {
  module: true,
  compress: { ecma: 2020, passes: 2, unsafe_arrows: true, pure_getters: true },
  format: { comments: /^!/ },
};
