/** Selling in the playground: offers below answers, the visitor's address, free times and meetings, without a server. */
import { ApiError } from './app/api';
import type { AssistantItem, Item } from './app/conversation';
import type { Config } from './app/events';
import type { Store } from './app/store';
import type { Slot } from './extras/selling/slots';

export interface SellingState {
  items?: Item[];
  sheet?: 'booking' | 'person';
  /** What the person form was opened for. */
  purpose?: { label: string; message: string };
  press?: string;
  meetings?: Config['meetings'];
  /** What the server says about free times. */
  slots?: 'many' | 'few' | 'none' | 'failed' | 'never';
  /** How the server answers what is sent. */
  refuses?: 'taken' | 'fields' | 'offline';
  /** Presses these elements, one after the other. */
  presses?: string[];
}

const enabled = { enabled: true };

const asked: Item = { kind: 'visitor', clientId: 'a', text: 'What would 40 bikes for our couriers cost?', seq: 1 };
const answer: AssistantItem = {
  kind: 'assistant',
  messageId: 'm',
  attempt: 1,
  citations: [],
  rating: 'none',
  text: 'For fleets from ten bikes on there is a price for each company. Our team will gladly make you an offer.',
  outcome: 'answered',
  seq: 2,
};
const given: Item = { kind: 'visitor', clientId: 'b', text: 'Write to jane dot doe at example dot com', seq: 3 };
const thanks: AssistantItem = {
  ...answer,
  messageId: 'n',
  text: 'Thank you. Someone from our team will write to you.',
  seq: 4,
};
const email = 'jane.doe@example.com';
const meeting = {
  kind: 'meeting',
  meetingId: '0197c1de',
  start: daysAhead(3, 14),
  end: daysAhead(3, 14.5),
  timeZone: 'Europe/Berlin',
  repName: 'Anna Berg',
  manageUrl: 'https://chat.example/meetings/0197c1de',
  seq: 5,
} as const;
const [first, second] = ['.times li button', '.booking .primary'];

const all: Item[] = [
  asked,
  { ...answer, recognized: null, offers: ['booking', 'demo', 'pricing', 'contact', 'person'] },
];
const inCall: Item[] = [
  { kind: 'call', mode: 'voice', seq: 3 },
  {
    kind: 'spoken',
    speaker: 'visitor',
    text: 'You can write to me at jane dot doe at example dot com.',
    interrupted: false,
    recognized: { email },
    seq: 4,
  },
  { kind: 'spoken', speaker: 'assistant', text: 'Thank you. What would you like to know?', interrupted: false, seq: 5 },
];
const found: Item[] = [asked, answer, given, { ...thanks, offers: ['contact'], recognized: { email } }];

export const sellingStates: Record<string, SellingState> = {
  'offers all': { items: all, meetings: enabled },
  'offers without meetings': { items: all },
  'offers outside link': {
    items: [asked, { ...answer, offers: ['booking', 'person'] }],
    meetings: { enabled: false, url: 'https://calendar.example/harbor' },
  },
  'offers of the latest answer': {
    items: [asked, { ...answer, offers: ['pricing', 'person'] }, given, { ...thanks, offers: ['booking'] }],
    meetings: enabled,
  },
  'offers quote form': {
    items: all,
    sheet: 'person',
    purpose: { label: 'Ask for a quote', message: 'What would 40 bikes for our couriers cost?' },
  },
  'contact recognized': { items: found },
  'contact recognized both': {
    items: [asked, answer, given, { ...thanks, offers: ['person'], recognized: { email, phone: '+493012345678' } }],
  },
  'contact said in a call': { items: [asked, answer, ...inCall] },
  'contact change': { items: found, press: '.contact-card .link' },
  'contact fields': { items: all, press: '.offer-contact' },
  'contact missing': { items: all, presses: ['.offer-contact', '.contact-card .primary'] },
  'contact refused': { items: found, refuses: 'fields', press: '.contact-card .primary' },
  'contact offline': { items: found, refuses: 'offline', press: '.contact-card .primary' },
  'contact kept': { items: [...found, { kind: 'contact', email, phone: '+493012345678', seq: 5 }] },
  'contact declined': { items: found, press: '.contact-card .offer' },
  'booking slots': { items: all, sheet: 'booking', slots: 'many' },
  'booking few slots': { items: all, sheet: 'booking', slots: 'few' },
  'booking loading': { items: all, sheet: 'booking', slots: 'never' },
  'booking none': { items: all, sheet: 'booking', slots: 'none' },
  'booking none later': { items: all, sheet: 'booking', slots: 'none', press: '.booking-step .link' },
  'booking failed': { items: all, sheet: 'booking', slots: 'failed' },
  'booking details': { items: found, sheet: 'booking', slots: 'many', press: first },
  'booking errors': { items: all, sheet: 'booking', slots: 'many', presses: [first, second] },
  'booking taken': { items: found, sheet: 'booking', slots: 'many', refuses: 'taken', presses: [first, second] },
  'booking offline': { items: found, sheet: 'booking', slots: 'many', refuses: 'offline', presses: [first, second] },
  'meeting booked': { items: [...found, { ...meeting, state: 'booked' }], meetings: enabled },
  'meeting moved': { items: [...found, { ...meeting, state: 'rescheduled' }], meetings: enabled },
  'meeting cancelled': { items: [...found, { ...meeting, state: 'cancelled' }], meetings: enabled },
};

/** Lets the store answer without a server. */
export function fakeSelling(store: Store, { slots, refuses, purpose }: Omit<SellingState, 'sheet'>): void {
  store.purpose.value = purpose;
  const get = store.get.bind(store);
  store.get = <T>(path: string): Promise<T> => (path.includes('/slots') ? (freeTimes(slots) as Promise<T>) : get(path));
  store.post = () =>
    Promise.reject(
      refuses === 'taken'
        ? new ApiError(409, 'Taken.', null, { slots: days(4, 2).slice(0, 5) } as object)
        : refuses === 'fields'
          ? new ApiError(400, 'Invalid.', null, { errors: { email: ['…'], phone: ['…'] } })
          : new TypeError('No network.'),
    );
  store.deliver = () => undefined;
}

function freeTimes(slots: SellingState['slots'] = 'many'): Promise<{ slots: Slot[] }> {
  switch (slots) {
    case 'many':
      return Promise.resolve({ slots: days(1, 9) });
    case 'few':
      return Promise.resolve({ slots: days(2, 1).slice(0, 3) });
    case 'none':
      return Promise.resolve({ slots: [] });
    case 'failed':
      return Promise.reject(new ApiError(503, 'Later.'));
    case 'never':
      return new Promise(() => undefined);
  }
}

function days(from: number, count: number): Slot[] {
  return Array.from({ length: count }, (_, day) =>
    Array.from({ length: 12 }, (__, half) => ({
      start: daysAhead(from + day, 9 + half / 2),
      end: daysAhead(from + day, 9.5 + half / 2),
      rep: 'r',
      repName: 'Anna Berg',
    })),
  ).flat();
}

function daysAhead(count: number, hour: number): string {
  const day = new Date();
  day.setDate(day.getDate() + count);
  day.setHours(Math.floor(hour), (hour % 1) * 60, 0, 0);
  return day.toISOString();
}
