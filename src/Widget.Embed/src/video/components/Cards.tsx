import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import { Card, Way } from '../../call/Card';
import type { CallModel, End } from '../model';
import { videoWords } from '../words';

/** Until the avatar is there. */
export function OnTheWay({ call, agent }: { call: CallModel; agent: string }) {
  const t = videoWords.value;
  const lines: Partial<Record<string, string[]>> = {
    asking: [t.asking],
    creating: [t.creating],
    queued: [fill(t.queued, { n: call.position.value ?? 1 }), t.queuedText],
    waiting: [fill(t.waiting, { agent }), ...(call.slow.value ? [t.slow] : [])],
  };
  return (
    <div class="card" role="status">
      <span class="face" aria-hidden="true">
        {agent.slice(0, 1).toUpperCase()}
      </span>
      {(lines[call.phase.value] ?? []).map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

/** There is no microphone: why, what can be done about it, and how to go on without. */
export function Trouble({ call }: { call: CallModel }) {
  const t = videoWords.value;
  const { microphone = 'unknown', camera } = call.troubles.value;
  const lines = [
    t[`microphone_${microphone}`],
    camera && camera !== microphone && t[`camera_${camera}`],
    t.listenAndType,
  ];
  return (
    <Card role="alert" title={t.troubleTitle} lines={lines}>
      <Way first label={t.goOn} onPress={() => call.goOn()} />
      <Way label={t.askAgain} onPress={() => call.askAgain()} />
      <Way label={t.toText} onPress={() => call.hangUp()} />
    </Card>
  );
}

/** How it ended, and how to go on. */
export function Ended({ call, agent }: { call: CallModel; agent: string }) {
  const t = videoWords.value;
  const end = call.end.value;
  if (!end) return null;
  const lasted = end.seconds > 0 && fill(t.lasted, { time: duration(end.seconds) });
  return (
    <Card role="status" title={end.problem ?? fill(t[`end_${end.reason}`], { agent })} lines={[lasted]}>
      <Way first label={t.toText} onPress={() => call.close()} />
      <Way label={t.again} onPress={() => call.again()} />
      {failed(end) && call.talk && <Way label={t.talk} onPress={call.talk} />}
    </Card>
  );
}

/** It was not the visitor, nor the time: voice alone asks less of everything. */
function failed({ reason }: End): boolean {
  return !['visitor', 'left', 'time_limit', 'developer'].includes(reason);
}
