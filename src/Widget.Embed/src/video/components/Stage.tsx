import { useSignal, type Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { DeviceMenu } from '../../call/DeviceMenu';
import { useFocusAt } from '../../call/focus';
import type { CallModel } from '../model';
import { videoWords } from '../words';
import { AvatarView, OwnPicture } from './Avatar';
import { Controls } from './Controls';
import { Ended, OnTheWay, Trouble } from './Cards';

export interface StageProps {
  call: CallModel;
  panel: CallHost;
  /** Whether the call has the panel to itself, without the thread. */
  alone: Signal<boolean>;
}

/** The call, above the thread; on a phone in its place. */
export function Stage({ call, panel, alone }: StageProps) {
  const t = videoWords.value;
  const agent = panel.config.value?.agentName ?? '';
  const phase = call.phase.value;
  const captions = useSignal(true);
  const settings = useSignal(false);
  const speaker = useSignal('');
  const picture = useRef<HTMLVideoElement>(null);
  const step = phase === 'over' || phase === 'trouble' ? phase : 'call';
  const stage = useFocusAt(step);

  const inCall = phase === 'live';
  return (
    <section class="stage" ref={stage} data-phase={phase} aria-label={fill(t.region, { agent })}>
      <div class="screen">
        {call.frame.value ? (
          <iframe
            class="room"
            src={call.frame.value}
            title={fill(t.region, { agent })}
            allow="camera; microphone; autoplay; fullscreen; display-capture"
          />
        ) : (
          inCall && <AvatarView call={call} agent={agent} picture={picture} speaker={speaker} />
        )}
        {phase === 'trouble' && <Trouble call={call} />}
        {phase === 'over' && <Ended call={call} agent={agent} />}
        {!inCall && phase !== 'trouble' && phase !== 'over' && <OnTheWay call={call} agent={agent} />}
        {phase !== 'over' && phase !== 'trouble' && <OwnPicture call={call} />}
        {call.remaining.value !== undefined && phase !== 'over' && <Time call={call} />}
        {inCall && captions.value && call.caption.value && (
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
      {inCall && call.frame.value && <p class="note aside">{t.embedded}</p>}
      {inCall && !call.frame.value && <Troubles call={call} />}
      {phase !== 'over' && phase !== 'trouble' && (
        <Controls
          call={call}
          panel={panel}
          agent={agent}
          alone={alone}
          captions={captions}
          settings={settings}
          picture={picture}
        />
      )}
      <Announcer call={call} agent={agent} />
    </section>
  );
}

function Time({ call }: { call: CallModel }) {
  const t = videoWords.value;
  const [elapsed, left] = [duration(call.elapsed.value), duration(call.remaining.value ?? 0)];
  return (
    <div class="time" role="timer" aria-label={fill(t.time, { elapsed, left })}>
      <span aria-hidden="true">
        {elapsed} · {fill(t.left, { left })}
      </span>
    </div>
  );
}

/** A device that is not to be had, and what can be done without it. */
function Troubles({ call }: { call: CallModel }) {
  const t = videoWords.value;
  const { microphone, camera } = call.troubles.value;
  if (!microphone && !camera) return null;
  return (
    <p class="note aside" role="status">
      {microphone ? `${t[`microphone_${microphone}`]} ${t.listenAndType}` : camera && t[`camera_${camera}`]}
    </p>
  );
}

/** Says to screen readers what is seen: who is there, how long yet. What is said aloud they hear. */
function Announcer({ call, agent }: { call: CallModel; agent: string }) {
  const t = videoWords.value;
  const lastMinute = call.remaining.value !== undefined && call.remaining.value <= 60;
  return (
    <div class="hidden" role="status">
      {call.phase.value === 'live' && (lastMinute ? t.lastMinute : !call.frame.value && fill(t.live, { agent }))}
    </div>
  );
}
