/** Free times as the visitor sees them: by day, in their own time zone. */
import { formatter, timeOf } from '../../app/times';

/** A free time, as the API sends it. */
export interface Slot {
  /** With the offset of a time zone, as RFC 3339. */
  start: string;
  end: string;
  rep?: string | null;
  repName?: string | null;
}

export type Time = Slot & { label: string };

export interface Day {
  /** Identifies the day. */
  key: string;
  /** The first time of the day. */
  start: string;
  times: Time[];
}

/** The browser's IANA time zone; UTC if the browser does not tell. */
export function timeZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return zone === 'Etc/Unknown' ? 'UTC' : zone;
}

/** The name of the visitor's time zone, such as "Central European Time". */
export function zoneName(at: string): string {
  return readableZone(zonePart(at, 'longGeneric'), timeZone());
}

/** Browsers write an offset for a zone without a name in the visitor's language. Then it has its city, such as "Buenos Aires". */
export function readableZone(name: string | undefined, zone: string): string {
  return name && !/\p{Nd}|^GMT|^UTC/u.test(name) ? name : (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** 10:00 – 10:30 */
export function timeRange(start: string, end: string): string {
  return formatter({ hour: 'numeric', minute: '2-digit' }).formatRange(new Date(start), new Date(end));
}

/** Thursday, 3 May, with the year if it is not this one */
export function dayName(at: string, now = Date.now()): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? {} : { year: 'numeric' as const };
  return formatter({ weekday: 'long', day: 'numeric', month: 'long', ...year }).format(new Date(at));
}

/** Two people who are free at the same time are one time: the server chooses between them. */
export function byDay(slots: readonly Slot[]): Day[] {
  const times = new Map(slots.map((slot) => [Date.parse(slot.start), slot]));
  const days = new Map<string, Slot[]>();
  for (const [at, slot] of [...times].sort(([a], [b]) => a - b)) {
    const key = new Date(at).toDateString();
    days.set(key, [...(days.get(key) ?? []), slot]);
  }
  return [...days].map(([key, list]) => ({ key, start: list[0]?.start ?? '', times: list.map(withLabel) }));
}

/** 10:30. If clocks go back and a time comes twice that day, also the offset: 1:30 GMT+2. */
function withLabel(slot: Slot, _: number, day: Slot[]): Time {
  const label = timeOf(slot.start);
  const isTwice = day.filter(({ start }) => timeOf(start) === label).length > 1;
  return { ...slot, label: isTwice ? `${label} ${zonePart(slot.start, 'shortOffset') ?? ''}` : label };
}

function zonePart(at: string, timeZoneName: 'longGeneric' | 'shortOffset'): string | undefined {
  const parts = formatter({ timeZoneName }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value;
}
