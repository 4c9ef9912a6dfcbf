/** A meeting that the visitor has booked, as the conversation's log knows it: also after a reload, and in other tabs. */
import { useId } from 'preact/hooks';
import { Icon } from '../../app/components/Icon';
import { fill, isolate } from '../../app/i18n';
import { safeUrl } from '../../app/markdown/links';
import type { MeetingProps, PanelHost } from '../../app/moduleHost';
import type { MeetingItem } from '../../app/conversation';
import { calendarFile } from './ics';
import { calendar } from './icons';
import { dayName, timeRange, zoneName } from './slots';
import { addStyles } from './style';
import { sellingWords } from './words';

export function MeetingCard({ panel, item }: MeetingProps) {
  addStyles(panel.host.shadow);
  const t = sellingWords.value;
  const id = useId();
  const { start, end, repName, state } = item;
  const url = manageUrl(panel, item);
  return (
    <section class={`meeting ${state}`} aria-labelledby={id}>
      <span class="badge-icon">
        <Icon name="calendar" path={calendar} />
      </span>
      <div>
        <p role="status" id={id}>
          <b>{t[`meeting_${state}`]}</b>
        </p>
        <p class="when">
          <time dateTime={start}>
            {dayName(start)}
            <br />
            {timeRange(start, end)}
          </time>{' '}
          <span class="note">{zoneName(start)}</span>
        </p>
        {repName && <p>{fill(t.with, { name: isolate(repName) })}</p>}
        <div class="buttons">
          {state !== 'cancelled' ? (
            <>
              <button type="button" class="offer" onClick={() => save(panel, item, url)}>
                <Icon name="save" />
                {t.addToCalendar}
              </button>
              {url && (
                <a class="link" href={url} target="_blank" rel="noopener noreferrer">
                  {t.changeOrCancel}
                </a>
              )}
            </>
          ) : (
            panel.config.value?.meetings?.enabled && (
              <button type="button" class="link" onClick={() => panel.openSheet('booking')}>
                {t.bookAnother}
              </button>
            )
          )}
        </div>
      </div>
    </section>
  );
}

/** The address may be one of our API's paths. */
function manageUrl(panel: PanelHost, { manageUrl: address }: MeetingItem): string | undefined {
  return address ? (safeUrl(address) ?? safeUrl(panel.host.api + address)) : undefined;
}

/** Downloads the meeting for the visitor's calendar. */
function save(panel: PanelHost, { meetingId, start, end, repName }: MeetingItem, url: string | undefined): void {
  const title = fill(sellingWords.value.meetingTitle, {
    tenant: panel.config.value?.tenantName ?? '',
    name: repName,
  });
  // The UID of the invitation by e-mail: calendars show both as one entry.
  const uid = `${meetingId.replaceAll('-', '')}@meetings.widget`;
  const text = calendarFile({ uid, start, end, title, url, now: Date.now() });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/calendar;charset=utf-8' }));
  link.download = `meeting-${start.slice(0, 10)}.ics`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
