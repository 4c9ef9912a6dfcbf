import { useSignal } from '@preact/signals';
import { Portrait } from '../../app/components/Portrait';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Clock } from '../../call/Clock';
import { DeviceMenu } from '../../call/DeviceMenu';
import { useFocusAt } from '../../call/focus';
import { Sound } from '../../call/Sound';
import type { VoiceModel } from '../model';
import { voiceWords } from '../words';
import { Ended, NoMicrophone } from './Cards';
import { Controls } from './Controls';
import { Level } from './Level';
import { Talk } from './Talk';

/** The call, above the thread. The thread stays visible, because it shows the sources of what is said. */
export function Stage({ call, panel }: { call: VoiceModel; panel: CallHost }) {
  const t = voiceWords.value;
  const agent = panel.config.value?.agentName ?? '';
  const phase = call.phase.value;
  const settings = useSignal(false);
  const speaker = useSignal('');
  const step = phase === 'over' || phase === 'no_microphone' ? phase : 'call';
  const stage = useFocusAt(step);
  const deviceError = call.deviceErrors.value.microphone;

  const turn = phase === 'live' ? call.turn.value : undefined;
  return (
    <section class="stage voice" ref={stage} data-phase={phase} data-turn={turn} aria-label={fill(t.region, { agent })}>
      <div class="screen">
        {phase === 'no_microphone' && <NoMicrophone call={call} panel={panel} />}
        {phase === 'over' && <Ended call={call} agent={agent} />}
        {step === 'call' && (
          <>
            <div class="speakers">
              <Level call={call} speaker="assistant" face={<Portrait config={panel.config.value} size={56} />} />
              <div class="turn-status">
                <p role="status">{statusOf(call, agent)}</p>
                {call.slow.value && <p role="status">{t.slow}</p>}
                {call.phase.value !== 'asking' && <Level call={call} speaker="visitor" />}
              </div>
              <Clock call={call} words={t} />
            </div>
            <CaptionLines call={call} />
            {/* Present from the visitor's click on, because browsers allow sound only in response to one. */}
            <Sound sound={call.sound.value} speaker={speaker} label={t.turnSoundOn} wake={() => call.wake()} />
          </>
        )}
        {settings.value && step === 'call' && <DeviceMenu call={call} words={t} open={settings} speaker={speaker} />}
      </div>
      {step === 'call' && deviceError && (
        <p class="note aside" role="alert">
          {t[`microphone_${deviceError}`]} {t.listenAndType}
        </p>
      )}
      {step === 'call' && call.pushToTalk.value && <Talk call={call} />}
      {step === 'call' && <Controls call={call} agent={agent} settings={settings} />}
    </section>
  );
}

function statusOf(call: VoiceModel, agent: string): string {
  const t = voiceWords.value;
  const phase = call.phase.value;
  if (phase !== 'live')
    return fill(t[phase === 'asking' || phase === 'reconnecting' ? phase : 'connecting'], { agent });
  const turn = call.turn.value;
  if (turn === 'listening' && call.pushToTalk.value && !call.held.value) return t.holdButtonHint;
  if (turn === 'listening' && call.deviceErrors.value.microphone) return fill(t.cannotHear, { agent });
  if (turn === 'listening' && !call.on.value.microphone) return t.youAreMuted;
  return fill(t[turn], { agent });
}

function CaptionLines({ call }: { call: VoiceModel }) {
  const lines = call.captions.value;
  if (lines.length === 0) return null;
  return (
    <div class="captions">
      {lines.map(({ speaker, item, text }) => (
        <p key={item} class={speaker}>
          {speaker === 'visitor' && <b>{voiceWords.value.you}: </b>}
          <bdi>{text}</bdi>
        </p>
      ))}
    </div>
  );
}
