/** A meeting as a file for calendars: iCalendar, RFC 5545. */
export interface CalendarEntry {
  uid: string;
  start: string;
  end: string;
  title: string;
  url?: string | undefined;
  /** When the file is made, in milliseconds. */
  now: number;
}

export function calendarFile({ uid, start, end, title, url, now }: CalendarEntry): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Widget//Meetings//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(start)}`,
    `DTEND:${utc(end)}`,
    `SUMMARY:${escape(title)}`,
    ...(url ? [`DESCRIPTION:${escape(url)}`, `URL:${url}`] : []),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
    .map(fold)
    .join('\r\n');
}

/** 20260503T084200Z */
function utc(at: string | number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** RFC 5545, section 3.3.11. */
function escape(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** Lines have at most 75 bytes of UTF-8; RFC 5545, section 3.1. */
function fold(line: string): string {
  let [folded, length] = ['', 0];
  for (const character of line) {
    const bytes = new TextEncoder().encode(character).length;
    if (length + bytes > 75) [folded, length] = [`${folded}\r\n `, 1];
    folded += character;
    length += bytes;
  }
  return folded;
}
