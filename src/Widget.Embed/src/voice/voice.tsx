/** The voice module, which the panel loads when a visitor starts a voice call. */
import { signal } from '@preact/signals';
import type { LiveCall } from '../app/call';
import type { CallHost, DeviceWishes } from '../app/moduleHost';
import { addSheets } from '../app/styles/sheets';
import { callStyle } from '../call/style';
import { VoiceCall } from './call';
import { Stage } from './components/Stage';
import { voiceStyle } from './style';

export function openVoice(panel: CallHost, wishes?: DeviceWishes): LiveCall {
  addSheets(panel.host.shadow, callStyle, voiceStyle);
  const call = new VoiceCall(
    panel,
    (again, byItself) => panel.callClosed(again ? openVoice(panel, wishes) : undefined, byItself),
    wishes,
  );
  return {
    mode: 'voice',
    View: () => <Stage key={call} call={call} panel={panel} />,
    active: call.active,
    // The thread stays visible, because it shows the sources of what is said.
    hidesThread: signal(false),
    say: (text) => call.say(text),
    handleEvent: (event) => call.handleEvent(event),
    handleUpdate: (update) => call.handleUpdate(update),
    destroy: () => call.destroy(),
  };
}
