// SPDX-License-Identifier: MIT

/**
 * Lets whatever waits run first: painting, events, messages of a worker. WebAssembly computes without a pause between runs, so that a cancel
 * would be heard only at the end. A timer would wait for 4 ms each time; a message does not.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
