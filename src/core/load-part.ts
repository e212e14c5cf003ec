// SPDX-License-Identifier: MIT
import { reasonOf, VitrineError } from './errors.js';

/**
 * A part of this library that is a file of its own and comes when it is needed.
 *
 * @param what - as a message names it: "what opens a model"
 * @throws VitrineError `network` where the file cannot be had
 */
export async function loadPart<Part>(what: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (error) {
    throw new VitrineError(
      'network',
      `The part of Vitrine that holds ${what} could not be loaded (${reasonOf(error)}). ` +
        'Check the connection, and that all files of this version lie beside each other; then load the page again.',
      { cause: error },
    );
  }
}
