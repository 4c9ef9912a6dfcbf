import { duration } from '../../app/duration';
import { fill } from '../../app/i18n';
import type { Call } from '../call';
import type { Over as OverState } from '../over';
import { meetWords, type MeetWords } from '../words';

/** Says why there is no call, or no longer, and what can be done. */
export function Over({ call }: { call: Call }) {
  const t = meetWords.value;
  const over = call.over.value;
  if (!over) return null;
  const started = call.startedAt.value;
  // The page itself has the invitation, so joining again is loading it again.
  const again = (over.kind === 'closed' && (over.reason === 'left' || over.reason === 'replaced')) || isTemporary(over);
  const isProblem = over.kind !== 'closed';
  return (
    <main class="page">
      <div class={`card narrow ${isProblem ? 'problem' : ''}`} role={isProblem ? 'alert' : 'status'}>
        <h1>{title(over, t)}</h1>
        {/* Only for these codes does the server's message add something to the title. */}
        {over.kind === 'refused' && over.message && (over.code === 'not-available' || over.code === 'unknown') && (
          <p>{over.message}</p>
        )}
        {started !== undefined && <p>{fill(t.lasted, { time: duration((call.endedAt.value - started) / 1000) })}</p>}
        {again ? (
          <button type="button" class="primary" onClick={() => location.reload()}>
            {isTemporary(over) ? t.tryAgain : t.rejoin}
          </button>
        ) : (
          <p class="quiet">{t.thanks}</p>
        )}
      </div>
    </main>
  );
}

function isTemporary(over: OverState): boolean {
  return (
    over.kind === 'offline' ||
    (over.kind === 'refused' && ['call-full', 'not-available', 'unknown'].includes(over.code))
  );
}

function title(over: OverState, t: MeetWords): string {
  if (over.kind === 'offline') return t.offline;
  return over.kind === 'closed' ? t[`over_${over.reason}`] : t[`refused_${over.code}`];
}
