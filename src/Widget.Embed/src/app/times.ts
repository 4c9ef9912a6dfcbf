/** Dates and times in the visitor's language and time zone. */
import { fill, locale, words } from './i18n';
import type { Availability } from './events';

export function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(localeTag(), options);
}

function format(at: string | number, options: Intl.DateTimeFormatOptions): string {
  return formatter(options).format(new Date(at));
}

/** The panel's language, with the visitor's region: the order of a date and the clock differ between regions. */
function localeTag(): string {
  const isOurs = (tag: string): boolean => tag.split('-')[0]?.toLowerCase() === locale.value;
  return navigator.languages.find(isOurs) ?? locale.value;
}

/** The year, unless it is this one. */
function yearOf(at: string, now: number): Intl.DateTimeFormatOptions {
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' };
}

/** 10:42 */
export function timeOf(at: string): string {
  return format(at, { hour: 'numeric', minute: '2-digit' });
}

/** Thursday, 3 May 2026 at 10:42 */
export function fullTime(at: string): string {
  return format(at, { dateStyle: 'full', timeStyle: 'short' });
}

/** Today, yesterday, or a date. */
export function dayOf(at: string, now = Date.now()): string {
  const days = daysFrom(now, at);
  if (days === 0 || days === -1) return sentence(relativeDay(days));
  return format(at, { weekday: 'short', day: 'numeric', month: 'short', ...yearOf(at, now) });
}

/** Whether it is within office hours. The server's answer may be older than their beginning. */
export function isOpen({ open, opensAt }: Availability, now = Date.now()): boolean {
  return open || (!!opensAt && Date.parse(opensAt) <= now);
}

/** When people answer: now and how soon, or from when. */
export function availabilityText(availability: Availability, now = Date.now()): string {
  const t = words.value;
  const { opensAt, replyMinutes } = availability;
  if (isOpen(availability, now))
    return replyMinutes === null ? t.teamHere : fill(t.teamReplies, { time: span(replyMinutes) });
  return opensAt ? fill(t.teamBack, { day: nextDay(opensAt, now), time: timeOf(opensAt) }) : t.teamAway;
}

/** Today, tomorrow, a weekday within a week, or a date. */
function nextDay(at: string, now: number): string {
  const days = daysFrom(now, at);
  if (days <= 1) return relativeDay(days);
  return format(
    at,
    days < 7 ? { weekday: 'long' } : { weekday: 'long', day: 'numeric', month: 'long', ...yearOf(at, now) },
  );
}

function span(minutes: number): string {
  const [value, unit] =
    minutes < 90 ? [minutes, 'minute'] : minutes < 2880 ? [minutes / 60, 'hour'] : [minutes / 1440, 'day'];
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(value));
}

function relativeDay(days: number): string {
  return new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }).format(days, 'day');
}

/** With a capital letter, as at the start of a sentence. */
function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale.value) + text.slice(1);
}

/** Calendar days between two moments in the visitor's time zone. */
function daysFrom(now: number, at: string): number {
  const midnight = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);
  return Math.round((midnight(new Date(at)) - midnight(new Date(now))) / 86_400_000);
}
