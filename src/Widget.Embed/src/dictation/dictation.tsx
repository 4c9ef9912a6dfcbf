/** The dictation module: what the panel fetches when a visitor presses the microphone. */
import { computed } from '@preact/signals';
import type { Dictation } from '../app/speech';
import type { Store } from '../app/store';
import { Bar } from './Bar';
import { Session } from './session';
import { wear } from './style';

export function openDictation(store: Store): Dictation {
  wear(store.host.shadow);
  const session = new Session(store);
  const cancel = (): void => session.cancel();
  const stops = [
    computed(() => store.draft.value).subscribe((draft) => session.edited(draft)),
    // Who sends, closes the panel or is called has nothing more to dictate.
    computed(() => store.conversation.value.items.filter((item) => item.kind === 'visitor').length).subscribe(cancel),
    computed(() => store.open.value && !store.call.value).subscribe((here) => {
      if (!here) cancel();
    }),
  ];
  window.addEventListener('pagehide', cancel);
  return {
    View: () => <Bar session={session} />,
    active: computed(() => session.phase.value !== 'idle'),
    hearing: computed(() => session.phase.value === 'hearing'),
    toggle() {
      // The microphone would hear it.
      store.speech.cancel();
      void session.toggle();
    },
    cancel,
    destroy() {
      cancel();
      for (const stop of stops) stop();
      window.removeEventListener('pagehide', cancel);
    },
  };
}
