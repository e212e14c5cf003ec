// SPDX-License-Identifier: MIT
// What several pictures share lies in the bundle, not in files of its own: a picture is one more request, not six.
import '../components/shared/cell-under.js';
import '../components/shared/grid-controller.js';
import '../components/shared/heatmap.js';
import '../components/shared/legend.js';
import '../components/shared/picture.js';
import '../components/shared/pointing.js';
import '../components/shared/positions.js';
import '../components/shared/text-alternative.js';
import '../components/shared/token-display.js';
import '../components/shared/token-view.js';
import '../core/trace/base.js';
import '../core/trace/kinds/attention.js';
import 'lit/directives/guard.js';
