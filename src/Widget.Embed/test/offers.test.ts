import { describe, expect, it } from 'vitest';
import { addMeeting, addMessage, applyEvent, type AssistantItem, type Conversation } from '../src/app/conversation';
import { contactQuestion, offersBelow } from '../src/app/offers';
import { choices } from '../src/extras/selling/choices';
import { knownVisitor } from '../src/extras/known';
import { after } from './selling.fakes';

const jane = 'jane@example.com';
const booked = {
  kind: 'meeting_booked',
  meetingId: 'a',
  start: '2026-05-04T09:00:00+02:00',
  end: '2026-05-04T09:30:00+02:00',
  timeZone: 'Europe/Berlin',
  repName: 'Anna',
  manageUrl: 'https://chat.example/m/a',
} as const;

/** What is offered below each answer. */
function rows(conversation: Conversation): string[][] {
  return conversation.items
    .filter((item): item is AssistantItem => item.kind === 'assistant')
    .map((answer) => offersBelow(conversation, answer));
}

describe('the offers', () => {
  it('are below the latest answer only', () => {
    const it = after({ kind: 'answer', offers: ['pricing'] }, { kind: 'answer', offers: ['booking', 'person'] });
    expect(rows(it)).toEqual([[], ['booking', 'person']]);
  });

  it('go when the visitor asks the next question', () => {
    const it = after({ kind: 'answer', offers: ['pricing'] });
    expect(rows(it)).toEqual([['pricing']]);
    expect(rows(addMessage(it, 'c', 'And then?'))).toEqual([[]]);
  });

  it('have a person once, however the server says so', () => {
    expect(rows(after({ kind: 'answer', offersPerson: true }))).toEqual([['person']]);
    expect(rows(after({ kind: 'answer', offersPerson: true, offers: ['person', 'person'] }))).toEqual([['person']]);
    expect(rows(after({ kind: 'answer', offers: null, recognized: null }))).toEqual([[]]);
  });

  it('leave out the contact while the visitor is asked whether to keep one, and once it is decided', () => {
    expect(rows(after({ kind: 'answer', offers: ['contact'] }))).toEqual([['contact']]);
    expect(rows(after({ kind: 'answer', offers: ['contact'], recognized: { email: jane } }))).toEqual([[]]);
    expect(rows(after({ kind: 'contact_declined' }, { kind: 'answer', offers: ['contact', 'person'] }))).toEqual([
      ['person'],
    ]);
  });

  it('leave out a meeting that has just been booked, until it is cancelled', () => {
    const it = after({ kind: 'answer', offers: ['booking', 'demo', 'pricing'] }, booked);
    expect(rows(it)).toEqual([['pricing']]);
    const cancelled = applyEvent(it, {
      kind: 'meeting_cancelled',
      seq: 3,
      at: booked.start,
      clientId: null,
      meetingId: 'a',
    });
    expect(rows(cancelled)).toEqual([['booking', 'demo', 'pricing']]);
  });
});

describe('what an offer opens', () => {
  const all = ['person', 'contact', 'booking', 'pricing', 'demo'] as const;
  const opens = (meetings: Parameters<typeof choices>[1]['meetings']): string[] =>
    choices(all, { meetings: meetings ?? null }).map(
      (choice) => `${choice.offer}: ${'url' in choice ? choice.url : choice.opens}`,
    );

  it('is the free times if meetings are booked here', () => {
    expect(opens({ enabled: true, url: 'https://calendar.example/x' })).toEqual([
      'booking: booking',
      'demo: booking',
      'pricing: request',
      'contact: contact',
      'person: person',
    ]);
  });

  it('is another calendar system if there is only its address', () => {
    expect(opens({ enabled: false, url: 'https://calendar.example/x' })).toContain(
      'booking: https://calendar.example/x',
    );
  });

  it('is the form for a person if there is neither, or the address is not safe', () => {
    for (const meetings of [undefined, null, { enabled: false }, { enabled: false, url: 'javascript:alert(1)' }])
      expect(opens(meetings)).toEqual([
        'booking: request',
        'demo: request',
        'pricing: request',
        'contact: contact',
        'person: person',
      ]);
  });
});

describe('the question whether to keep an address', () => {
  it('is below the answer to the message with the address, also when the conversation goes on', () => {
    const it = after({ kind: 'answer', recognized: { email: jane } }, { kind: 'visitor_message', text: 'And?' });
    expect(contactQuestion(it)).toEqual({ seq: 1, email: jane, phone: undefined });
  });

  it('is below a message to a person with the address', () => {
    const told = {
      kind: 'visitor_message',
      clientId: 'v',
      text: `It is ${jane}.`,
      recognized: { email: jane },
    } as const;
    const it = after(told, { kind: 'visitor_message', text: 'Thanks.' });
    expect(contactQuestion(it)).toEqual({ seq: 1, email: jane, phone: undefined });
    expect(contactQuestion(after(told, { kind: 'contact_given', email: jane }))).toBeUndefined();
    expect(contactQuestion(after(told, { kind: 'contact_declined' }))).toBeUndefined();
  });

  it('is below what the visitor said in a call', () => {
    const said = {
      kind: 'utterance',
      speaker: 'visitor',
      text: 'Jane at example dot com',
      recognized: { email: jane },
    } as const;
    const it = after(said, { kind: 'utterance', speaker: 'assistant', text: 'Thank you.' });
    expect(contactQuestion(it)).toEqual({ seq: 1, email: jane, phone: undefined });
    expect(knownVisitor(it).email).toBe(jane);
    expect(contactQuestion(after(said, { kind: 'contact_given', email: jane }))).toBeUndefined();
  });

  it('is asked once about all that was found', () => {
    const it = after(
      { kind: 'answer', recognized: { email: 'old@example.com' } },
      { kind: 'answer', recognized: { email: jane } },
      { kind: 'answer', recognized: { phone: '+4930123456' } },
    );
    expect(contactQuestion(it)).toEqual({ seq: 3, email: jane, phone: '+4930123456' });
  });

  it('is not asked again after the visitor has declined', () => {
    const it = after(
      { kind: 'answer', recognized: { email: jane } },
      { kind: 'contact_declined' },
      { kind: 'answer', recognized: { email: 'other@example.com' }, offers: ['contact'] },
    );
    expect([contactQuestion(it), contactQuestion(it, 3)]).toEqual([undefined, undefined]);
    expect(knownVisitor(it).email).toBe('');
  });

  it('is not asked about an address that was kept, but about a corrected one', () => {
    const kept = [
      { kind: 'answer', recognized: { email: jane } },
      { kind: 'contact_given', email: jane },
      { kind: 'answer', recognized: { email: jane } },
    ] as const;
    expect(contactQuestion(after(...kept))).toBeUndefined();
    const corrected = after(...kept, { kind: 'answer', recognized: { email: 'jane@work.example' } });
    expect(contactQuestion(corrected)).toMatchObject({ seq: 4, email: 'jane@work.example' });
  });

  it('is not asked about the address that the visitor has corrected in the form', () => {
    const it = after({ kind: 'answer', recognized: { email: jane } }, { kind: 'contact_given', email: 'j@x.example' });
    expect(contactQuestion(it)).toBeUndefined();
  });

  it('is decided by a meeting or a request for a person with an address', () => {
    const found = { kind: 'answer', recognized: { email: jane } } as const;
    expect(contactQuestion(after(found, booked))).toBeUndefined();
    expect(contactQuestion(after(found, { kind: 'person_requested', email: jane }))).toBeUndefined();
    expect(contactQuestion(after(found, { kind: 'person_requested' }))).toMatchObject({ email: jane });
  });

  it('asks for an address below the answer where the visitor wants to leave one, until it is left', () => {
    const it = after({ kind: 'answer', offers: ['contact'] }, { kind: 'visitor_message', text: 'Wait.' });
    expect(contactQuestion(it)).toBeUndefined();
    expect(contactQuestion(it, 1)).toEqual({ seq: 1 });
    const left = after({ kind: 'answer', offers: ['contact'] }, { kind: 'contact_given', email: jane });
    expect(contactQuestion(left, 1)).toBeUndefined();
  });
});

describe('a contact in the log', () => {
  it('is shown once, with everything that was left', () => {
    const it = after(
      { kind: 'contact_given', email: 'old@example.com', phone: null, name: 'Jane' },
      { kind: 'contact_given', phone: '+4930123456' },
      { kind: 'contact_given', email: jane },
    );
    expect(it.items).toEqual([
      {
        kind: 'contact',
        at: expect.any(String) as string,
        email: jane,
        phone: '+4930123456',
        name: 'Jane',
        declined: false,
        seq: 3,
      },
    ]);
    expect(knownVisitor(it)).toEqual({ name: 'Jane', email: jane });
  });

  it('stays where it was left if the visitor declines to leave another one', () => {
    const it = after({ kind: 'contact_given', email: jane }, { kind: 'answer' }, { kind: 'contact_declined' });
    expect(it.items[0]).toMatchObject({ kind: 'contact', email: jane, declined: true, seq: 1 });
  });
});

describe('a meeting in the log', () => {
  it('is one card that follows its changes', () => {
    const moved = {
      ...booked,
      kind: 'meeting_rescheduled',
      start: '2026-05-05T09:00:00Z',
      manageUrl: undefined,
    } as const;
    const it = after(booked, { kind: 'answer' }, moved);
    expect(it.items.map(({ kind }) => kind)).toEqual(['meeting', 'assistant']);
    expect(it.items[0]).toMatchObject({
      state: 'rescheduled',
      start: moved.start,
      manageUrl: booked.manageUrl,
      seq: 1,
    });
    const cancelled = after(booked, { kind: 'answer' }, moved, { kind: 'meeting_cancelled', meetingId: 'a' });
    expect(cancelled.items[0]).toMatchObject({ state: 'cancelled', start: moved.start });
  });

  it('is shown before its event, and only once', () => {
    const early = addMeeting(after({ kind: 'answer' }), booked);
    expect(early.items.at(-1)).toMatchObject({ kind: 'meeting', state: 'booked', seq: undefined });
    const it = applyEvent(early, { ...booked, seq: 2, at: booked.start, clientId: null });
    expect(it.items).toHaveLength(2);
    expect(it.items.at(-1)).toMatchObject({ seq: 2, at: booked.start });
    expect(addMeeting(it, booked)).toEqual(it);
  });

  it('gets the address from the booking if the event came first and has none', () => {
    const it = after({ ...booked, manageUrl: null });
    expect(addMeeting(it, booked).items).toMatchObject([{ kind: 'meeting', seq: 1, manageUrl: booked.manageUrl }]);
  });
});
