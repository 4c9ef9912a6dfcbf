import { duration } from '../app/duration';
import { fill } from '../app/i18n';
import type { CallModel } from './model';

interface Props {
  call: CallModel;
  words: { timeLabel: string; timeLeft: string; lastMinute: string };
}

/** Shows elapsed and remaining time. Highlights the last minute and announces it once to screen readers. */
export function Clock({ call, words: t }: Props) {
  const remaining = call.remaining.value;
  if (remaining === undefined) return null;
  const [elapsed, left] = [duration(call.elapsed.value), duration(remaining)];
  const last = remaining <= 60;
  return (
    <div class={`clock ${last ? 'last' : ''}`} role="timer" aria-label={fill(t.timeLabel, { elapsed, left })}>
      <span aria-hidden="true">{elapsed}</span>
      <span aria-hidden="true">{fill(t.timeLeft, { left })}</span>
      <span class="hidden" role="status">
        {last && t.lastMinute}
      </span>
    </div>
  );
}
