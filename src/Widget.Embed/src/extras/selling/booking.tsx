/** Books a meeting: first a free time, then who the visitor is. */
import { useEffect, useRef } from 'preact/hooks';
import { Sheet } from '../../app/components/Sheet';
import type { SheetProps } from '../../app/moduleHost';
import { BookingDetails } from './BookingDetails';
import { bookingForm, forgetBooking } from './bookingForm';
import { FreeTimes } from './FreeTimes';
import { addStyles } from './style';
import { sellingWords } from './words';

export function BookingSheet({ panel, close }: SheetProps) {
  addStyles(panel.host.shadow);
  const t = sellingWords.value;
  const form = bookingForm(panel);
  const content = useRef<HTMLDivElement>(null);
  const time = form.time.value;
  useEffect(() => void form.open(), [form]);
  // Another step: its first field, or the chosen day.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) content.current?.querySelector<HTMLElement>('input:checked, input')?.focus();
    isFirst.current = false;
  }, [time === undefined]);

  const book = async (): Promise<void> => {
    if (!(await form.book())) return;
    forgetBooking(panel);
    panel.view.value = 'thread';
    close();
  };
  return (
    <Sheet
      over={panel.view.value}
      heading={panel.host.mode === 'page' ? 'h1' : 'h2'}
      kind="booking"
      label={panel.purpose.value?.label ?? t.bookMeeting}
      close={close}
    >
      <div class="booking-step" ref={content}>
        {time ? (
          <BookingDetails form={form} time={time} book={book} />
        ) : (
          <FreeTimes
            form={form}
            ask={() => panel.openSheet('person', { label: t.askMeeting, message: panel.purpose.value?.message ?? '' })}
          />
        )}
      </div>
    </Sheet>
  );
}
