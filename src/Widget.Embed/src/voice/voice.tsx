/** The voice module: what the panel fetches when a visitor chooses to talk. */
import { signal } from '@preact/signals';
import type { LiveCall } from '../app/call';
import type { Store } from '../app/store';
import { wear } from '../call/style';
import { VoiceCall } from './call';
import { Stage } from './components/Stage';
import { voiceStyle } from './style';

export function openVoice(store: Store): LiveCall {
  wear(store.host.shadow, voiceStyle);
  const call = new VoiceCall(store, (again) => {
    store.call.value = again ? openVoice(store) : undefined;
    // What was pressed is gone, and writing is what comes next.
    if (!again) store.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus();
  });
  return {
    mode: 'voice',
    View: () => <Stage key={call} call={call} store={store} />,
    active: call.active,
    // The sources of what is said come into the thread, so it stays.
    alone: signal(false),
    say: (text) => call.say(text),
    heard: (event) => call.heard(event),
    live: (update) => call.live(update),
    destroy: () => call.destroy(),
  };
}
