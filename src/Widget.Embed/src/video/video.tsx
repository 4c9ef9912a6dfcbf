/** The video module: what the panel fetches when a visitor chooses to be called. */
import { effect, signal } from '@preact/signals';
import type { CallHost } from '../app/moduleHost';
import type { LiveCall } from '../app/call';
import { wear } from '../app/styles/sheets';
import { callStyle } from '../call/style';
import { Call } from './call';
import { Stage } from './components/Stage';
import { videoStyle } from './style';

export function openVideo(panel: CallHost): LiveCall {
  wear(panel.host.shadow, callStyle, videoStyle);
  const alone = signal(narrow.matches);
  const narrowed = (): void => {
    alone.value = narrow.matches;
  };
  narrow.addEventListener('change', narrowed);
  const call = new Call(panel, (again) => {
    stop();
    narrow.removeEventListener('change', narrowed);
    panel.callOver(again ? openVideo(panel) : undefined);
  });
  // After a call there is the thread to go on with.
  const stop = effect(() => {
    if (!call.active.value) alone.value = false;
  });
  return {
    mode: 'video',
    View: () => <Stage key={call} call={call} panel={panel} alone={alone} />,
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
