import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import { bookingForm, forgetBooking, type BookingForm } from '../src/extras/selling/bookingForm';
import { calendarFile } from '../src/extras/selling/ics';
import { byDay, readableZone, timeRange, zoneName, type Slot } from '../src/extras/selling/slots';
import { after, fakePanel, refuse, type FakePanel } from './selling.fakes';

const slot = (start: string, rep?: string): Slot => ({
  start,
  end: new Date(Date.parse(start) + 1_800_000).toISOString(),
  ...(rep && { rep, repName: rep.toUpperCase() }),
});
const [nine, ten, next] = [
  slot('2026-05-04T09:00:00+02:00', 'anna'),
  slot('2026-05-04T10:00:00+02:00', 'anna'),
  slot('2026-05-06T09:00:00+02:00', 'ben'),
] as const;
const space = (text: string): string => text.replace(/\s/g, ' ');

beforeEach(() => void vi.stubGlobal('location', { href: 'https://shop.example/prices' }));

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-US'] });
  vi.stubEnv('TZ', 'Europe/Berlin');
  vi.useFakeTimers({ now: new Date('2026-05-01T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

async function open(...slots: Slot[]): Promise<{ panel: FakePanel; form: BookingForm }> {
  const panel = fakePanel(after({ kind: 'answer', recognized: { email: 'jane@example.com' } }));
  panel.answers = [() => ({ slots })];
  const form = bookingForm(panel);
  await form.open();
  return { panel, form };
}

async function choose(form: BookingForm, at = 0): Promise<boolean> {
  form.choose(form.day.value?.times[at]);
  return form.book();
}

describe('free times', () => {
  it("are grouped by the visitor's own days, in order", () => {
    const late = slot('2026-05-03T23:30:00Z', 'anna');
    const days = byDay([next, ten, nine, late]);
    expect(days.map(({ times }) => times.map(({ label }) => space(label)))).toEqual([
      ['1:30 AM', '9:00 AM', '10:00 AM'],
      ['9:00 AM'],
    ]);
    vi.stubEnv('TZ', 'America/New_York');
    expect(byDay([nine, late]).map(({ key }) => key)).toEqual(['Sun May 03 2026', 'Mon May 04 2026']);
  });

  it('are one time if several people are free, whom the server chooses between', async () => {
    const ben = { ...nine, start: '2026-05-04T07:00:00Z', rep: 'ben', repName: 'BEN' };
    expect(byDay([nine, ben, ten]).map(({ times }) => times.length)).toEqual([2]);
    const { panel, form } = await open(nine, ben, ten);
    expect(form.repName.value).toBeUndefined();
    expect((await open(nine, ten)).form.repName.value).toBe('ANNA');
    await choose(form);
    expect(panel.posted[0]?.body).not.toHaveProperty('rep');
  });

  it('can be told apart on the day on which clocks go back', () => {
    const [day] = byDay([slot('2026-10-25T00:30:00Z'), slot('2026-10-25T01:30:00Z'), slot('2026-10-25T02:30:00Z')]);
    expect(day?.times.map(({ label }) => space(label))).toEqual(['2:30 AM GMT+2', '2:30 AM GMT+1', '3:30 AM']);
  });

  it("name the visitor's time zone", () => {
    expect(zoneName(nine.start)).toBe('Central European Time');
    expect(space(timeRange(nine.start, nine.end))).toMatch(/^9:00 – 9:30 AM$/);
    expect(readableZone('GMT+00:00', 'UTC')).toBe('UTC');
    expect(readableZone('GMT-03:00', 'America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  });
});

describe('booking', () => {
  it('asks for two weeks at a time, in the time zone of the visitor', async () => {
    const { panel, form } = await open(nine);
    panel.answers = [() => ({ slots: [slot('2026-05-18T09:00:00Z')] })];
    await form.more();
    const [first, second] = panel.got.map((path) => new URL(path, 'https://x').searchParams);
    expect(Object.fromEntries(first ?? [])).toEqual({
      from: '2026-05-01T12:00:00.000Z',
      to: '2026-05-15T12:00:00.000Z',
      timeZone: 'Europe/Berlin',
    });
    expect(second?.get('from')).toBe(first?.get('to'));
    expect([form.days.value.length, form.day.value?.key]).toEqual([2, 'Mon May 18 2026']);
  });

  it('knows the address that the visitor has written', async () => {
    expect((await open(nine)).form.email.value).toBe('jane@example.com');
  });

  it('books the chosen time and shows the meeting at once', async () => {
    const { panel, form } = await open(nine, ten);
    form.name.value = ' Jane ';
    panel.answers = [() => ({ id: 'm1', start: ten.start, end: ten.end, repName: 'Anna', manageUrl: '/m/1' })];
    expect(await choose(form, 1)).toBe(true);
    expect(panel.posted[0]?.path).toBe('/api/widget/meetings');
    expect(panel.posted[0]?.body).toMatchObject({
      conversationId: 'c',
      slotStart: ten.start,
      name: 'Jane',
      email: 'jane@example.com',
      consent: form.consent,
      locale: 'en',
      timeZone: 'Europe/Berlin',
    });
    expect(panel.booked).toMatchObject([{ meetingId: 'm1', timeZone: 'Europe/Berlin', manageUrl: '/m/1' }]);
  });

  it('shows the next free times if somebody else was faster, and keeps what was typed', async () => {
    const { panel, form } = await open(nine, ten);
    form.note.value = 'Forty bikes';
    panel.answers = [refuse(new ApiError(409, 'Taken.', null, { slots: [next] } as object))];
    expect(await choose(form)).toBe(false);
    expect([form.taken.value, form.time.value, form.sending.value]).toEqual([true, undefined, false]);
    expect(form.days.value.flatMap(({ times }) => times.map(({ start }) => start))).toEqual([next.start]);
    expect([form.note.value, form.email.value]).toEqual(['Forty bikes', 'jane@example.com']);

    panel.answers = [() => ({ id: 'm1', start: next.start, end: next.end, repName: 'Ben' })];
    expect(await choose(form)).toBe(true);
    expect(form.taken.value).toBe(false);
    const [lost, won] = panel.posted.map(({ body }) => body.idempotencyKey);
    expect(lost).not.toBe(won);
  });

  it('looks for other times itself if the server names none', async () => {
    const { panel, form } = await open(nine);
    panel.answers = [refuse(new ApiError(409, 'Taken.')), () => ({ slots: [next] })];
    await choose(form);
    await vi.waitUntil(() => form.state.value === 'ready');
    expect([form.taken.value, form.days.value.length, panel.got.length]).toEqual([true, 1, 2]);
  });

  it('repeats the same booking after a failure, and never books without an address', async () => {
    const { panel, form } = await open(nine);
    form.email.value = '';
    expect(await choose(form)).toBe(false);
    expect([panel.posted.length, form.problem.value.email]).toEqual([
      0,
      'Enter your e-mail address so that we can send you the invitation.',
    ]);
    form.email.value = 'jane@example.com';
    panel.answers = [
      refuse(new TypeError('No network.')),
      refuse(new ApiError(400, '', null, { errors: { email: [] } })),
    ];
    await form.book();
    expect([form.problem.value.other, form.time.value?.start]).toEqual([
      "That couldn't be booked. Please try again.",
      nine.start,
    ]);
    await form.book();
    expect(form.problem.value).toEqual({ email: 'Enter an e-mail address like name@example.com.' });
    const [first, second] = panel.posted.map(({ body }) => body.idempotencyKey);
    expect(first).toBe(second);
  });

  it('says when no times could be loaded, and tries again', async () => {
    const { panel, form } = await open();
    expect([form.state.value, form.days.value, form.searched.value]).toEqual(['ready', [], 1]);
    panel.answers = [refuse(new ApiError(503, 'Later.')), () => ({ slots: [nine] })];
    await form.more();
    expect(form.state.value).toBe('failed');
    await form.more();
    expect([form.state.value, form.days.value.length]).toEqual(['ready', 1]);
  });

  it('keeps what was typed until the meeting is booked or another conversation is open', async () => {
    const { panel, form } = await open(nine);
    form.note.value = 'Forty bikes';
    expect(bookingForm(panel)).toBe(form);
    forgetBooking(panel);
    expect(bookingForm(panel).note.value).toBe('');
    bookingForm(panel).note.value = 'Fifty';
    (panel as { conversationId: string }).conversationId = 'd';
    expect(bookingForm(panel).note.value).toBe('');
  });
});

describe('the file for calendars', () => {
  const file = (title: string, url?: string): string =>
    calendarFile({ uid: 'm1', start: nine.start, end: nine.end, title, url, now: Date.parse('2026-05-01T12:00:00Z') });

  it('has the meeting in universal time', () => {
    expect(file('Meeting', 'https://chat.example/m/1').split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Widget//Meetings//EN',
      'METHOD:PUBLISH',
      'BEGIN:VEVENT',
      'UID:m1',
      'DTSTAMP:20260501T120000Z',
      'DTSTART:20260504T070000Z',
      'DTEND:20260504T073000Z',
      'SUMMARY:Meeting',
      'DESCRIPTION:https://chat.example/m/1',
      'URL:https://chat.example/m/1',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('escapes text and folds lines at 75 bytes without breaking a character', () => {
    const title = `Bikes; boats, and a back\\slash\n${'اجتماع 🚲 '.repeat(12)}`;
    const lines = file(title).split('\r\n');
    for (const line of lines) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    const unfolded = file(title).replaceAll('\r\n ', '');
    expect(unfolded).toContain(`SUMMARY:Bikes\\; boats\\, and a back\\\\slash\\n${'اجتماع 🚲 '.repeat(12)}\r\n`);
  });
});
