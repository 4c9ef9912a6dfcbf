/** Voice calls for the playground: every phase, with fixed loudness and no server. */
import { signal } from '@preact/signals';
import type { LiveCall } from './app/call';
import type { VoicePhase } from './app/events';
import type { Store } from './app/store';
import { addSheets } from './app/styles/sheets';
import { callStyle } from './call/style';
import type { DeviceError } from './media/deviceError';
import type { Caption } from './voice/captions';
import { Stage } from './voice/components/Stage';
import type { VoiceCallPhase, VoiceEnd, VoiceModel } from './voice/model';
import { voiceStyle } from './voice/style';

export interface VoiceState {
  phase: VoiceCallPhase;
  turn?: VoicePhase;
  slow?: boolean;
  deviceError?: DeviceError;
  captions?: Caption[];
  muted?: boolean;
  pushToTalk?: boolean;
  held?: boolean;
  remaining?: number;
  end?: VoiceEnd;
}

export function fakeVoiceCall(store: Store, state: VoiceState): LiveCall {
  addSheets(store.host.shadow, callStyle, voiceStyle);
  const noop = (): void => undefined;
  const on = signal({ microphone: !state.muted && !state.deviceError });
  const pushToTalk = signal(state.pushToTalk ?? false);
  const held = signal(state.held ?? false);
  const turn = state.turn ?? 'listening';
  const loud = { visitor: turn === 'hearing' ? 0.7 : 0.1, assistant: turn === 'speaking' ? 0.8 : 0 };
  const call: VoiceModel = {
    phase: signal(state.phase),
    slow: signal(state.slow ?? false),
    deviceErrors: signal(state.deviceError ? { microphone: state.deviceError } : {}),
    turn: signal(turn),
    captions: signal(state.captions ?? []),
    sound: signal(undefined),
    on,
    pushToTalk,
    canChoosePushToTalk: signal(true),
    held,
    elapsed: signal(900 - (state.remaining ?? 780)),
    remaining: signal(state.phase === 'live' ? (state.remaining ?? 780) : undefined),
    end: signal(state.end),
    level: (speaker) => loud[speaker],
    wake: noop,
    retryDevices: noop,
    toggleMute: () => {
      on.value = { microphone: !on.value.microphone };
    },
    togglePushToTalk: () => {
      pushToTalk.value = !pushToTalk.value;
    },
    holdTalkButton: (pressed) => {
      held.value = pressed;
    },
    choose: () => Promise.resolve(),
    deviceId: () => undefined,
    interrupt: noop,
    hangUp: noop,
    callAgain: noop,
    close: noop,
  };
  return {
    mode: 'voice',
    View: () => <Stage call={call} panel={store} />,
    active: signal(state.phase !== 'over'),
    hidesThread: signal(false),
    say: () => false,
    handleEvent: noop,
    destroy: noop,
  };
}
