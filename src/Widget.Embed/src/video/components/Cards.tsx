import { duration } from '../../app/duration';
import { Portrait } from '../../app/components/Portrait';
import { fill } from '../../app/i18n';
import type { CallHost } from '../../app/moduleHost';
import { Action, Card } from '../../call/Card';
import type { VideoEnd, VideoModel } from '../model';
import { videoWords } from '../words';

/** Shown until the avatar has joined. */
export function Connecting({ call, panel, agent }: { call: VideoModel; panel: CallHost; agent: string }) {
  const t = videoWords.value;
  const lines: Partial<Record<string, string[]>> = {
    asking: [t.asking],
    creating: [t.creating],
    queued: [fill(t.queued, { n: call.position.value ?? 1 }), t.queuedHint],
    waiting: [fill(t.waiting, { agent }), ...(call.slow.value ? [t.slow] : [])],
  };
  return (
    <div class="card" role="status">
      <span class="face">
        <Portrait config={panel.config.value} size={72} />
      </span>
      {(lines[call.phase.value] ?? []).map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

/** Says why there is no microphone, and how to continue. */
export function NoMicrophone({ call }: { call: VideoModel }) {
  const t = videoWords.value;
  const { microphone = 'unknown', camera } = call.deviceErrors.value;
  const lines = [
    t[`microphone_${microphone}`],
    camera && camera !== microphone && t[`camera_${camera}`],
    t.listenAndType,
  ];
  return (
    <Card role="alert" title={t.noMicrophone} lines={lines}>
      <Action first label={t.joinWithoutMicrophone} onPress={() => call.joinWithoutMicrophone()} />
      <Action label={t.tryAgain} onPress={() => call.retryDevices()} />
      <Action label={t.continueInText} onPress={() => call.hangUp()} />
    </Card>
  );
}

/** Says how the call ended, and how to continue. */
export function Ended({ call, agent }: { call: VideoModel; agent: string }) {
  const t = videoWords.value;
  const end = call.end.value;
  if (!end) return null;
  const lasted = end.seconds > 0 && fill(t.callLasted, { time: duration(end.seconds) });
  return (
    <Card
      role="status"
      title={end.noRetry ? t.noCalls : (end.message ?? fill(t[`end_${end.reason}`], { agent }))}
      lines={[lasted]}
    >
      <Action first label={t.continueInText} onPress={() => call.close()} />
      {!end.noRetry && <Action label={t.callAgain} onPress={() => call.callAgain()} />}
      {failed(end) && call.talk && <Action label={t.talkWithoutVideo} onPress={call.talk} />}
    </Card>
  );
}

/** After a failure a voice call may still work: it needs less of the network and the devices. */
function failed({ reason }: VideoEnd): boolean {
  return !['visitor', 'left', 'time_limit', 'developer', 'person'].includes(reason);
}
