import { useSignal, type Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Clock } from '../../call/Clock';
import { DeviceMenu } from '../../call/DeviceMenu';
import { useFocusAt } from '../../call/focus';
import type { VideoModel } from '../model';
import { videoWords } from '../words';
import { AvatarView, OwnPicture } from './Avatar';
import { Controls } from './Controls';
import { Connecting, Ended, NoMicrophone } from './Cards';

export interface StageProps {
  call: VideoModel;
  panel: CallHost;
  /** Whether the call hides the thread. */
  hidesThread: Signal<boolean>;
}

/** The call, above the thread; on a phone in place of it. */
export function Stage({ call, panel, hidesThread }: StageProps) {
  const t = videoWords.value;
  const agent = panel.config.value?.agentName ?? '';
  const phase = call.phase.value;
  const captions = useSignal(true);
  const settings = useSignal(false);
  const speaker = useSignal('');
  const picture = useRef<HTMLVideoElement>(null);
  const step = phase === 'over' || phase === 'no_microphone' ? phase : 'call';
  const stage = useFocusAt(step);

  const live = phase === 'live';
  return (
    <section class="stage" ref={stage} data-phase={phase} aria-label={fill(t.region, { agent })}>
      <div class="screen">
        {call.frame.value ? (
          <iframe
            class="room"
            src={call.frame.value}
            title={fill(t.region, { agent })}
            onLoad={(event) => call.frameLoaded(event.currentTarget.contentWindow)}
            allow={`${call.frameCamera ? 'camera; ' : ''}microphone; autoplay; fullscreen; display-capture`}
          />
        ) : (
          live && <AvatarView call={call} agent={agent} picture={picture} speaker={speaker} />
        )}
        {phase === 'no_microphone' && <NoMicrophone call={call} />}
        {phase === 'over' && <Ended call={call} agent={agent} />}
        {!live && phase !== 'no_microphone' && phase !== 'over' && (
          <Connecting call={call} panel={panel} agent={agent} />
        )}
        {phase !== 'over' && phase !== 'no_microphone' && <OwnPicture call={call} />}
        {phase !== 'over' && <Clock call={call} words={t} />}
        {live && captions.value && call.caption.value && (
          <div class="caption">
            <p dir="auto">
              {call.caption.value.speaker === 'visitor' && <b>{t.you}: </b>}
              {call.caption.value.text}
            </p>
          </div>
        )}
        {settings.value && phase !== 'over' && (
          <DeviceMenu call={call} words={t} camera={t.chooseCamera} open={settings} speaker={speaker} />
        )}
      </div>
      {live && call.frame.value && !call.messages.value && <p class="note aside">{t.simpleView}</p>}
      {live && !call.frame.value && <DeviceErrorNote call={call} />}
      {phase !== 'over' && phase !== 'no_microphone' && (
        <Controls
          call={call}
          panel={panel}
          agent={agent}
          hidesThread={hidesThread}
          captions={captions}
          settings={settings}
          picture={picture}
        />
      )}
      <Announcer call={call} agent={agent} />
    </section>
  );
}

/** Says which device is missing, and what the visitor can do without it. */
function DeviceErrorNote({ call }: { call: VideoModel }) {
  const t = videoWords.value;
  const { microphone, camera } = call.deviceErrors.value;
  if (!microphone && !camera) return null;
  return (
    <p class="note aside" role="status">
      {microphone ? `${t[`microphone_${microphone}`]} ${t.listenAndType}` : camera && t[`camera_${camera}`]}
    </p>
  );
}

/** Tells screen readers that the avatar has joined. Its speech needs no announcement. */
function Announcer({ call, agent }: { call: VideoModel; agent: string }) {
  const t = videoWords.value;
  return (
    <div class="hidden" role="status">
      {call.phase.value === 'live' && !call.frame.value && fill(t.avatarJoined, { agent })}
    </div>
  );
}
