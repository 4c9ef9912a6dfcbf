/** The dictation module: what the panel fetches when a visitor presses the microphone. */
import { computed } from '@preact/signals';
import type { DictationHost } from '../app/moduleHost';
import type { Dictation } from '../app/speech';
import { addSheets } from '../app/styles/sheets';
import { Bar } from './Bar';
import { Session } from './session';
import { dictationStyle } from './style';

export function openDictation(panel: DictationHost): Dictation {
  addSheets(panel.host.shadow, dictationStyle);
  const session = new Session(panel);
  const cancel = (): void => session.cancel();
  const stops = [
    computed(() => panel.draft.value).subscribe((draft) => session.edited(draft)),
    // Who sends, closes the panel or is called has nothing more to dictate.
    computed(() => panel.conversation.value.items.filter((item) => item.kind === 'visitor').length).subscribe(cancel),
    computed(() => panel.open.value && !panel.call.value).subscribe((here) => {
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
      panel.speech.cancel();
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
