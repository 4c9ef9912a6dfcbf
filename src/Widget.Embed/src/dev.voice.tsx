/** Voice calls for the playground: every phase, with fixed loudness and no server. */
import { signal } from '@preact/signals';
import type { LiveCall } from './app/call';
import type { VoicePhase } from './app/events';
import type { Store } from './app/store';
import { addSheets } from './app/styles/sheets';
import { callStyle } from './call/style';
import type { Trouble } from './media/trouble';
import type { Caption } from './voice/captions';
import { Stage } from './voice/components/Stage';
import type { VoiceCallPhase, VoiceEnd, VoiceModel } from './voice/model';
import { voiceStyle } from './voice/style';

export interface PlayedVoice {
  phase: VoiceCallPhase;
  turn?: VoicePhase;
  slow?: boolean;
  trouble?: Trouble;
  captions?: Caption[];
  muted?: boolean;
  pushToTalk?: boolean;
  held?: boolean;
  remaining?: number;
  end?: VoiceEnd;
}

export function playVoice(store: Store, played: PlayedVoice): LiveCall {
  addSheets(store.host.shadow, callStyle, voiceStyle);
  const nothing = (): void => undefined;
  const on = signal({ microphone: !played.muted && !played.trouble });
  const pushToTalk = signal(played.pushToTalk ?? false);
  const held = signal(played.held ?? false);
  const turn = played.turn ?? 'listening';
  const loud = { visitor: turn === 'hearing' ? 0.7 : 0.1, assistant: turn === 'speaking' ? 0.8 : 0 };
  const call: VoiceModel = {
    phase: signal(played.phase),
    slow: signal(played.slow ?? false),
    troubles: signal(played.trouble ? { microphone: played.trouble } : {}),
    turn: signal(turn),
    captions: signal(played.captions ?? []),
    sound: signal(undefined),
    on,
    pushToTalk,
    canChoosePushToTalk: signal(true),
    held,
    elapsed: signal(900 - (played.remaining ?? 780)),
    remaining: signal(played.phase === 'live' ? (played.remaining ?? 780) : undefined),
    end: signal(played.end),
    level: (speaker) => loud[speaker],
    wake: nothing,
    askAgain: nothing,
    toggleMute: () => {
      on.value = { microphone: !on.value.microphone };
    },
    togglePushToTalk: () => {
      pushToTalk.value = !pushToTalk.value;
    },
    hold: (pressed) => {
      held.value = pressed;
    },
    choose: () => Promise.resolve(),
    deviceId: () => undefined,
    interrupt: nothing,
    hangUp: nothing,
    again: nothing,
    close: nothing,
  };
  return {
    mode: 'voice',
    View: () => <Stage call={call} panel={store} />,
    active: signal(played.phase !== 'over'),
    alone: signal(false),
    say: () => false,
    handleEvent: nothing,
    destroy: nothing,
  };
}
