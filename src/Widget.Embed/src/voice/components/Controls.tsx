import type { Signal } from '@preact/signals';
import { fill } from '../../app/i18n';
import { Control, HangUp } from '../../call/Control';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';

interface Props {
  call: VoiceModel;
  agent: string;
  settings: Signal<boolean>;
}

/** The call's buttons. */
export function Controls({ call, agent, settings }: Props) {
  const t = voiceWords.value;
  const { microphone } = call.on.value;
  const live = call.phase.value === 'live';
  return (
    <div class="controls" role="group" aria-label={fill(t.region, { agent })}>
      {call.phase.value !== 'asking' && (
        <>
          {!call.pushToTalk.value && (
            <Control
              name={microphone ? 'voice' : 'muted'}
              label={microphone ? t.mute : t.unmute}
              off={!microphone}
              onPress={() => call.toggleMute()}
            />
          )}
          {call.canChoosePushToTalk.value && (
            <Control
              name="turns"
              label={call.pushToTalk.value ? t.talkHandsFree : t.pushToTalk}
              off={call.pushToTalk.value}
              onPress={() => call.togglePushToTalk()}
            />
          )}
          <Control
            name="hand"
            label={fill(t.interrupt, { agent })}
            disabled={!live || call.turn.value === 'listening' || call.turn.value === 'hearing'}
            onPress={() => call.interrupt()}
          />
          <Control
            name="settings"
            label={t.settings}
            expanded={settings.value}
            onPress={() => (settings.value = !settings.value)}
          />
        </>
      )}
      <HangUp label={t.hangUp} onPress={() => call.hangUp()} />
    </div>
  );
}
