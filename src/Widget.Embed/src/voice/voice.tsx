/** The voice module: what the panel fetches when a visitor chooses to talk. */
import { signal } from '@preact/signals';
import type { LiveCall } from '../app/call';
import type { CallHost } from '../app/moduleHost';
import { wear } from '../app/styles/sheets';
import { callStyle } from '../call/style';
import { VoiceCall } from './call';
import { Stage } from './components/Stage';
import { voiceStyle } from './style';

export function openVoice(panel: CallHost): LiveCall {
  wear(panel.host.shadow, callStyle, voiceStyle);
  const call = new VoiceCall(panel, (again) => panel.callOver(again ? openVoice(panel) : undefined));
  return {
    mode: 'voice',
    View: () => <Stage key={call} call={call} panel={panel} />,
    active: call.active,
    // The sources of what is said come into the thread, so it stays.
    alone: signal(false),
    say: (text) => call.say(text),
    heard: (event) => call.heard(event),
    live: (update) => call.live(update),
    destroy: () => call.destroy(),
  };
}
