import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Availability } from '../src/app/events';
import { setLocale } from '../src/app/i18n';
import { availabilityText, dayOf } from '../src/app/times';

const now = new Date(2026, 4, 1, 12).getTime();
const at = (day: number, hour: number): string => new Date(2026, 4, day, hour).toISOString();
const hours: Availability = { open: false, opensAt: null, timeZone: 'Europe/Berlin', replyMinutes: null, hours: [] };

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-US'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  return setLocale('en');
});

describe('the availability of people', () => {
  it('says how soon they answer while they are there', () => {
    expect(availabilityText({ ...hours, open: true }, now)).toBe('Our team is available now');
    expect(availabilityText({ ...hours, open: true, replyMinutes: 10 }, now)).toContain('10 minutes');
    expect(availabilityText({ ...hours, open: true, replyMinutes: 60 * 5 }, now)).toContain('5 hours');
    expect(availabilityText({ ...hours, open: true, replyMinutes: 60 * 72 }, now)).toContain('3 days');
  });

  it("says when they are back, in the visitor's time zone", () => {
    const text = (opensAt: string): string => availabilityText({ ...hours, opensAt }, now).replace(/\s/g, ' ');
    expect(text(at(1, 15))).toBe('Our team is back today at 3:00 PM, your time');
    expect(text(at(2, 9))).toBe('Our team is back tomorrow at 9:00 AM, your time');
    expect(text(at(4, 9))).toBe('Our team is back Monday at 9:00 AM, your time');
    expect(text(at(20, 9))).toBe('Our team is back Wednesday, May 20 at 9:00 AM, your time');
    expect(availabilityText(hours, now)).toBe('Our team replies by e-mail');
  });

  it('says that they are there once the hours have begun', () => {
    expect(availabilityText({ ...hours, opensAt: at(1, 11) }, now)).toBe('Our team is available now');
  });

  it("speaks the visitor's language", async () => {
    await setLocale('de');
    expect(availabilityText({ ...hours, opensAt: at(4, 9) }, now)).toBe(
      'Unser Team ist wieder da: Montag, 9:00 Uhr (Ihre Zeit)',
    );
  });
});

describe('a day', () => {
  it('is today, yesterday or a date', () => {
    expect(dayOf(at(1, 1), now)).toBe('Today');
    expect(dayOf(new Date(2026, 3, 30, 23).toISOString(), now)).toBe('Yesterday');
    expect(dayOf(new Date(2026, 3, 20).toISOString(), now)).toBe('Mon, Apr 20');
    expect(dayOf(new Date(2025, 3, 20).toISOString(), now)).toBe('Sun, Apr 20, 2025');
  });

  it("is written as in the visitor's region, if that has the panel's language", () => {
    vi.stubGlobal('navigator', { languages: ['de-DE', 'en-GB'] });
    expect(dayOf(new Date(2026, 3, 20).toISOString(), now)).toMatch(/^Mon,? 20 Apr$/);
  });
});
