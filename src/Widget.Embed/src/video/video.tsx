/** The video module: what the panel fetches when a visitor chooses to be called. */
import { effect, signal } from '@preact/signals';
import type { Store } from '../app/store';
import type { LiveCall } from '../app/call';
import { wear } from '../call/style';
import { Call } from './call';
import { Stage } from './components/Stage';
import { videoStyle } from './style';

export function openVideo(store: Store): LiveCall {
  wear(store.host.shadow, videoStyle);
  const alone = signal(narrow.matches);
  const narrowed = (): void => {
    alone.value = narrow.matches;
  };
  narrow.addEventListener('change', narrowed);
  const call = new Call(store, (again) => {
    stop();
    narrow.removeEventListener('change', narrowed);
    store.call.value = again ? openVideo(store) : undefined;
    // What was pressed is gone, and writing is what comes next.
    if (!again) store.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus();
  });
  // After a call there is the thread to go on with.
  const stop = effect(() => {
    if (!call.active.value) alone.value = false;
  });
  return {
    mode: 'video',
    View: () => <Stage key={call} call={call} store={store} alone={alone} />,
    active: call.active,
    alone,
    say: (text) => call.say(text),
    heard: (event) => call.heard(event),
    destroy: () => {
      call.destroy();
      stop();
      narrow.removeEventListener('change', narrowed);
    },
  };
}

/** Where the panel is all there is to see. */
const narrow = matchMedia('(max-width: 480px)');
