// SPDX-License-Identifier: MIT
// What draws a head as a matrix comes with the elements: the figure that most articles begin with waits for no second file.
import * as picture from '../components/attention-view/picture.js';
import * as matrix from '../components/attention-view/matrix/matrix-view.js';
import { pictures, viewModules } from '../components/attention-view/views.js';

viewModules.matrix.provide(matrix);
pictures.get('matrix')!.provide(picture);
