/** The dictation module, which the panel loads when a visitor clicks the microphone. */
import { computed } from '@preact/signals';
import type { DictationHost } from '../app/moduleHost';
import type { Dictation } from '../app/speech';
import { addSheets } from '../app/styles/sheets';
import { Bar } from './Bar';
import { DictationSession } from './session';
import { dictationStyle } from './style';

export function openDictation(panel: DictationHost): Dictation {
  addSheets(panel.host.shadow, dictationStyle);
  const session = new DictationSession(panel);
  const cancel = (): void => session.cancel();
  const subscriptions = [
    computed(() => panel.draft.value).subscribe((draft) => session.edited(draft)),
    // Sending, closing the panel or a call ends the dictation.
    computed(() => panel.conversation.value.items.filter((item) => item.kind === 'visitor').length).subscribe(cancel),
    computed(() => panel.open.value && !panel.call.value).subscribe((isVisible) => {
      if (!isVisible) cancel();
    }),
  ];
  window.addEventListener('pagehide', cancel);
  return {
    View: () => <Bar session={session} />,
    active: computed(() => session.phase.value !== 'idle'),
    hearing: computed(() => session.phase.value === 'hearing'),
    toggle() {
      // The microphone would pick up the voice.
      panel.speech.cancel();
      void session.toggle();
    },
    cancel,
    destroy() {
      cancel();
      for (const unsubscribe of subscriptions) unsubscribe();
      window.removeEventListener('pagehide', cancel);
    },
  };
}
