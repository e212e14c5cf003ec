// SPDX-License-Identifier: MIT
import { useState } from 'react';
import { Selection, type RunEvent, type SelectionChangeEvent } from 'vitrine/components';
import 'vitrine/define/attention-view.js';
import 'vitrine/define/logit-lens.js';
import 'vitrine/define/model-map.js';
import 'vitrine/define/vitrine-model.js';
import map from './model-map.json';

export function App() {
  return (
    <main>
      <h1>Vitrine in React</h1>
      <Recorded />
      <Live />
    </main>
  );
}

/** Two figures of recorded data that follow each other, and a button that drives both. */
function Recorded() {
  const [selection] = useState(() => new Selection());
  const [said, setSaid] = useState('Choose a head in the map.');

  function follow({ selection: { layer, head, locked } }: SelectionChangeEvent) {
    if (layer !== undefined && head !== undefined) setSaid(`${locked ? 'Chosen' : 'Pointing at'}: head ${layer}.${head}`);
  }

  return (
    <>
      <p>
        <button onClick={() => selection.lock({ layer: 2, head: 5 })}>Show head 2.5</button> <span id="said">{said}</span>
      </p>
      <model-map data={map} selection={selection} onvitrine-selection-change={follow} />
      <attention-view src="attention.json" selection={selection} maxValue={0.8} />
    </>
  );
}

/** A figure that the reader runs: the model is loaded at a press. */
function Live() {
  const [tookMs, setTookMs] = useState<number>();

  return (
    <>
      <vitrine-model id="storyteller" name="vitrine/storyteller" vendor="vitrine/vendor/" />
      <logit-lens
        model="storyteller"
        prompt="<|endoftext|>The capital of France is"
        editable
        onvitrine-run={({ durationMs }: RunEvent) => setTookMs(durationMs)}
      />
      {tookMs !== undefined && <p id="ran">The run took {tookMs.toFixed(0)} ms.</p>}
    </>
  );
}
