import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
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
  return (
    <div class="card" role="alert">
      <p>
        <strong>{t.troubleTitle}</strong>
      </p>
      <p>{t[`microphone_${microphone}`]}</p>
      {camera && camera !== microphone && <p>{t[`camera_${camera}`]}</p>}
      <p>{t.listenAndType}</p>
      <div class="ways">
        <button type="button" class="way strong" data-first onClick={() => call.goOn()}>
          {t.goOn}
        </button>
        <button type="button" class="way" onClick={() => call.askAgain()}>
          {t.askAgain}
        </button>
        <button type="button" class="way" onClick={() => call.hangUp()}>
          {t.toText}
        </button>
      </div>
    </div>
  );
}

/** How it ended, and how to go on. */
export function Ended({ call, agent }: { call: CallModel; agent: string }) {
  const t = videoWords.value;
  const end = call.end.value;
  if (!end) return null;
  return (
    <div class="card" role="status">
      <p>
        <strong>{end.problem ?? fill(t[`end_${end.reason}`], { agent })}</strong>
      </p>
      {end.seconds > 0 && <p>{fill(t.lasted, { time: duration(end.seconds) })}</p>}
      <div class="ways">
        <button type="button" class="way strong" data-first onClick={() => call.close()}>
          {t.toText}
        </button>
        <button type="button" class="way" onClick={() => call.again()}>
          {t.again}
        </button>
        {failed(end) && call.talk && (
          <button type="button" class="way" onClick={call.talk}>
            {t.talk}
          </button>
        )}
      </div>
    </div>
  );
}

/** It was not the visitor, nor the time: voice alone asks less of everything. */
function failed({ reason }: End): boolean {
  return !['visitor', 'left', 'time_limit', 'developer'].includes(reason);
}
