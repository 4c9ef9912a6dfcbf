/** The video module, which the panel loads when a visitor starts a video call. */
import { effect, signal } from '@preact/signals';
import type { CallHost, DeviceWishes } from '../app/moduleHost';
import type { LiveCall } from '../app/call';
import { addSheets } from '../app/styles/sheets';
import { callStyle } from '../call/style';
import { VideoCall } from './call';
import { Stage } from './components/Stage';
import { videoStyle } from './style';

export function openVideo(panel: CallHost, wishes?: DeviceWishes): LiveCall {
  addSheets(panel.host.shadow, callStyle, videoStyle);
  const hidesThread = signal(narrow.matches);
  const onChange = (): void => {
    hidesThread.value = narrow.matches;
  };
  narrow.addEventListener('change', onChange);
  const call = new VideoCall(
    panel,
    (again, byItself) => {
      stop();
      narrow.removeEventListener('change', onChange);
      panel.callClosed(again ? openVideo(panel, wishes) : undefined, byItself);
    },
    wishes,
  );
  // After the call the visitor continues in the thread.
  const stop = effect(() => {
    if (!call.active.value) hidesThread.value = false;
  });
  return {
    mode: 'video',
    View: () => <Stage key={call} call={call} panel={panel} hidesThread={hidesThread} />,
    active: call.active,
    hidesThread,
    say: (text) => call.say(text),
    handleEvent: (event) => call.handleEvent(event),
    destroy: () => {
      call.destroy();
      stop();
      narrow.removeEventListener('change', onChange);
    },
  };
}

/** Screens on which the panel covers the whole page. */
const narrow = matchMedia('(max-width: 480px)');
