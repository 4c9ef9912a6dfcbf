import { useState } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { fill, words } from '../../app/i18n';
import { formatter } from '../../app/times';
import type { BookingForm } from './bookingForm';
import { calendar } from './icons';
import { dayName, zoneName, type Day } from './slots';
import { sellingWords } from './words';

/** Times of a day that are shown at first. */
const atFirst = 18;

interface Props {
  form: BookingForm;
  /** Opens the form for a person. */
  ask: () => void;
}

/** The days with free times, and the times of the chosen day. */
export function FreeTimes({ form, ask }: Props) {
  const t = sellingWords.value;
  const state = form.state.value;
  const [days, day] = [form.days.value, form.day.value];
  const isEmpty = state === 'ready' && days.length === 0;
  const until = new Date(form.until.value).toISOString();
  return (
    <>
      {form.taken.value && (
        <p class="taken" role="alert">
          {t.taken}
        </p>
      )}
      {day && (
        <>
          <p class="note">{fill(t.timeZone, { zone: zoneName(day.start) })}</p>
          <Days form={form} days={days} chosen={day} />
          <Times key={day.key} form={form} day={day} />
        </>
      )}
      {state === 'loading' && !day && <Placeholder />}
      {(isEmpty || state === 'failed') && (
        <span class="badge-icon">
          <Icon name="calendar" path={calendar} />
        </span>
      )}
      <p role="status" class={isEmpty || state === 'failed' ? '' : 'note'}>
        {state === 'loading' && t.lookingForTimes}
        {state === 'failed' && t.timesFailed}
        {isEmpty && (form.searched.value > 1 ? fill(t.noLaterTimes, { day: dayName(until) }) : t.noTimes)}
      </p>
      <div class="buttons">
        {state === 'failed' && (
          <button type="button" class="primary" onClick={() => void form.more()}>
            {words.value.retry}
          </button>
        )}
        {(isEmpty || state === 'failed') && (
          <button type="button" class={isEmpty ? 'primary' : 'link'} onClick={ask}>
            {t.askMeeting}
          </button>
        )}
        {state === 'ready' && (
          <button type="button" class="link" onClick={() => void form.more()}>
            {form.until.value ? t.laterDays : t.moreTimes}
          </button>
        )}
      </div>
    </>
  );
}

function Days({ form, days, chosen }: { form: BookingForm; days: Day[]; chosen: Day }) {
  const formats = {
    weekday: formatter({ weekday: 'short' }),
    day: formatter({ day: 'numeric' }),
    month: formatter({ month: 'short' }),
  };
  return (
    <fieldset class="days">
      <legend class="hidden">{sellingWords.value.day}</legend>
      {days.map(({ key, start }) => {
        const at = new Date(start);
        return (
          <label key={key}>
            <input
              type="radio"
              name="meeting-day"
              aria-label={dayName(start)}
              checked={key === chosen.key}
              onChange={({ currentTarget }) => {
                form.chosenDay.value = key;
                currentTarget.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
              }}
            />
            <span>{formats.weekday.format(at)}</span>
            <b>{formats.day.format(at)}</b>
            <span>{formats.month.format(at)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

function Times({ form, day }: { form: BookingForm; day: Day }) {
  const t = sellingWords.value;
  const [all, setAll] = useState(false);
  const times = all ? day.times : day.times.slice(0, atFirst);
  const label = fill(t.timesOn, { day: dayName(day.start) });
  return (
    <section class="times" aria-label={label}>
      <h3>{dayName(day.start)}</h3>
      <ul>
        {times.map((time) => (
          <li key={time.start}>
            <button type="button" onClick={() => form.choose(time)}>
              {time.label}
            </button>
          </li>
        ))}
      </ul>
      {times.length < day.times.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {t.moreTimes}
        </button>
      )}
    </section>
  );
}

/** Where days and times will be. */
function Placeholder() {
  return (
    <div class="placeholder" aria-hidden="true">
      <div class="days">
        {[1, 2, 3, 4, 5].map((n) => (
          <i key={n} />
        ))}
      </div>
      <div class="times">
        {[1, 2, 3, 4, 5, 6].map((n) => (
          <i key={n} />
        ))}
      </div>
    </div>
  );
}
