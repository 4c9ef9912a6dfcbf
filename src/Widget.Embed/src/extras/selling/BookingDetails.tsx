import { useRef } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { fill, isolate } from '../../app/i18n';
import { Field, focusError } from '../Field';
import { extraWords } from '../words';
import type { BookingForm } from './bookingForm';
import { calendar } from './icons';
import { dayName, timeRange, zoneName, type Time } from './slots';
import { sellingWords } from './words';

interface Props {
  form: BookingForm;
  time: Time;
  book: () => Promise<void>;
}

/** The chosen time, and the visitor's details. */
export function BookingDetails({ form, time, book }: Props) {
  const t = sellingWords.value;
  const { email, other } = form.problem.value;
  const element = useRef<HTMLFormElement>(null);
  const sending = form.sending.value;
  return (
    <>
      <div class="chosen-time">
        <span class="badge-icon">
          <Icon name="calendar" path={calendar} />
        </span>
        <p>
          <b>{dayName(time.start)}</b>
          <br />
          {timeRange(time.start, time.end)} <span class="note">{zoneName(time.start)}</span>
          {form.repName.value && (
            <>
              <br />
              {fill(t.with, { name: isolate(form.repName.value) })}
            </>
          )}
        </p>
        <button type="button" class="link" onClick={() => form.choose(undefined)}>
          {t.otherTime}
        </button>
      </div>
      <form
        ref={element}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void book().then(() => focusError(element.current));
        }}
      >
        <Field
          label={fill(extraWords.value.optional, { label: extraWords.value.name })}
          value={form.name.value}
          maxLength={200}
          autocomplete="name"
          onInput={(value) => (form.name.value = value)}
        />
        <Field
          label={extraWords.value.email}
          type="email"
          value={form.email.value}
          required
          maxLength={254}
          autocomplete="email"
          error={email}
          onInput={(value) => (form.email.value = value)}
        />
        <Field
          label={t.note}
          value={form.note.value}
          lines={3}
          maxLength={2000}
          autocomplete="off"
          onInput={(value) => (form.note.value = value)}
        />
        <p class="note">{form.consent}</p>
        {other && (
          <p class="note error" role="alert">
            {other}
          </p>
        )}
        <div class="foot">
          <button type="submit" class="primary" disabled={sending}>
            {sending ? t.booking : t.book}
          </button>
        </div>
      </form>
    </>
  );
}
