/** People, demos, prices and questions in the playground, without a server. */
import type { Item } from './app/conversation';
import type { Attachment, Availability, Config, Demo, PeopleEvent, Presence } from './app/events';
import type { Attached } from './app/moduleHost';
import type { Store } from './app/store';
import type { VideoState } from './dev.video';
import type { VoiceState } from './dev.voice';

export interface PeopleState {
  items?: Item[];
  presence?: Presence;
  attached?: Attached[];
  stage?: Demo;
  held?: string;
  config?: Partial<Config>;
  press?: string;
  presses?: string[];
  draft?: string;
  call?: VideoState;
  voice?: VoiceState;
}

const open: Availability = { open: true, opensAt: null, timeZone: 'Europe/Berlin', replyMinutes: 3, hours: [] };
const rep = { repId: 'r', name: 'Ana García' };
const picture = `${location.origin}/src/preview.png`;

const asked: Item = { kind: 'visitor', clientId: 'a', text: 'Can you fit a second battery to my Tide Cargo?', seq: 1 };
const answer: Item = {
  kind: 'assistant',
  messageId: 'm',
  attempt: 1,
  citations: [],
  rating: 'none',
  text: 'I am not sure about your model. A person from our team can check that.',
  outcome: 'answered',
  offers: ['person'],
  seq: 2,
};
const requested: Item = { kind: 'person', availability: open, present: true, seq: 3 };
const people = (seq: number, event: Record<string, unknown>): Item => {
  const whole = { at: '', clientId: null, seq, ...rep, ...event } as unknown as PeopleEvent;
  return {
    kind: 'people',
    event: whole,
    seq,
    ...(whole.kind === 'person_message' && { text: whole.text }),
  };
};
const joined = people(4, { kind: 'person_joined' });
const said = (seq: number, text: string, attachments: Attachment[] = []): Item =>
  people(seq, { kind: 'person_message', messageId: `p${seq}`, text, attachments });
const photo: Attachment = { id: '1', name: 'frame.png', contentType: 'image/png', bytes: 482_000, url: picture };
const manual: Attachment = {
  id: '2',
  name: 'Second battery – mounting instructions 2026.pdf',
  contentType: 'application/pdf',
  bytes: 2_480_000,
  url: '/files/2',
};
const here: Item[] = [
  asked,
  answer,
  requested,
  joined,
  said(5, 'Hello, this is Ana. Could you send me a photo of the frame, near the pedals?'),
  { kind: 'visitor', clientId: 'b', text: 'Sure, here it is.', attachments: [photo], seq: 6 },
  said(7, 'Thank you, that is the 2025 frame, so a second battery fits.\nThe steps are in this file:', [manual]),
  said(8, 'And here is the part: https://harbor.example/parts/battery-2.'),
];
const tray: Attached[] = [
  { key: '1', ...photo },
  { key: '2', name: 'bill.pdf', contentType: 'application/pdf', bytes: 1_200_000, progress: 0.62 },
  { key: '3', name: 'a photo with a long name of the battery.jpeg', bytes: 4_800_000, failed: true },
];

const video: Demo = {
  id: 'd',
  kind: 'video',
  url: 'https://harbor.example/tour.mp4',
  start: 42,
  end: 95,
  title: 'Loading the Tide Cargo',
  description: 'Two crates and a child seat, in under a minute.',
};
const image: Demo = { ...video, kind: 'image', url: picture, title: 'The second battery' };
const slide: Demo = {
  ...video,
  kind: 'slide',
  url: 'https://harbor.example/fleet.pdf',
  page: 4,
  title: 'Costs of a fleet',
};
const youtube: Demo = { ...video, url: 'https://www.youtube.com/watch?v=aqz-KE-bpKQ', title: 'A tour of the workshop' };
const web: Demo = { ...video, kind: 'page', url: `${location.origin}/dev.html?only=home`, title: 'The configurator' };
const demo = (shown: Demo): Item[] => [
  { ...asked, text: 'How do I load the cargo bike?' },
  { ...answer, text: 'The box takes two crates. This shows it:', offers: ['demo', 'booking'] },
  { kind: 'shown', event: { kind: 'demo_shown', seq: 3, at: '', clientId: null, demo: shown }, seq: 3 },
];
const prices: Item = {
  kind: 'shown',
  seq: 3,
  event: {
    kind: 'prices_shown',
    seq: 3,
    at: '',
    clientId: null,
    items: [
      {
        id: '1',
        name: 'Tide Cargo',
        description: 'With box, rain cover and one battery.',
        amount: 5490,
        currency: 'EUR',
        per: null,
        conditions: 'Including 19 % VAT. Delivery within Germany costs 49 euros.',
        url: 'https://harbor.example/tide-cargo',
      },
      {
        id: '2',
        name: 'Care plan',
        description: '',
        amount: 12.5,
        currency: 'EUR',
        per: 'month',
        conditions: null,
        url: null,
      },
      {
        id: '3',
        name: 'Fleets from ten bikes',
        description: 'With service at your place.',
        amount: null,
        currency: null,
        per: null,
        conditions: null,
        url: null,
      },
    ],
  },
};
const questions: Config['questions'] = [
  {
    key: 'size',
    text: 'How many bikes do you need?',
    kind: 'choice',
    answers: [
      { value: '1', label: 'One' },
      { value: 'few', label: '2 to 9' },
      { value: 'fleet', label: 'Ten or more' },
    ],
  },
  { key: 'budget', text: 'What is your budget, in euros?', kind: 'number' },
  { key: 'soon', text: 'Do you want to start this year?', kind: 'boolean' },
];
const preChat: Config['preChat'] = {
  fields: [{ field: 'name' }, { field: 'email', required: true }, { field: 'size', required: true }],
};
const qualified: Item[] = [
  { ...asked, text: 'What would 40 bikes for our couriers cost?' },
  { ...answer, text: 'For fleets there is a price for each company.', offers: ['pricing', 'booking'] },
];

const tool = (seq: number, name: string, success: boolean): Item => ({
  kind: 'shown',
  seq,
  event: { kind: 'tool_called', seq, at: '', clientId: null, name, success },
});

const invited = (expiresAt: string): Item => ({
  kind: 'shown',
  seq: 9,
  event: { kind: 'call_invited', seq: 9, at: '', clientId: null, roomId: 'r', name: rep.name, expiresAt },
});
const invitation = invited('2100-01-01T00:00:00Z');
const callEnded = (reason: string, seconds: number): Item => ({
  kind: 'shown',
  seq: 10,
  event: { kind: 'call_ended', seq: 10, at: '', clientId: null, roomId: 'r', reason, seconds },
});

export const peopleStates: Record<string, PeopleState> = {
  'people waiting': { items: [asked, answer, requested], presence: { position: 3 } },
  'people next': { items: [asked, answer, requested], presence: { position: 1 } },
  'people waiting menu': { items: [asked, answer, requested], presence: { position: 1 }, press: '.menu > button' },
  'people joined': { items: [asked, answer, requested, joined] },
  'people typing': { items: here.slice(0, 5), presence: { typing: rep } },
  'people read': {
    items: [...here.slice(0, 5), { kind: 'visitor', clientId: 'b', text: 'One moment, please.', seq: 6 }],
    presence: { readSeq: 6 },
  },
  'people thread': { items: here },
  'people tray': { items: here.slice(0, 5), attached: tray, draft: 'Here are the photo and the bill.' },
  'people too large': { items: here.slice(0, 5), attached: tray.slice(0, 1) },
  'people told an address': {
    items: [
      ...here,
      {
        kind: 'visitor',
        clientId: 'c',
        text: 'Great, send the offer to jane@harbor.example.',
        recognized: { email: 'jane@harbor.example' },
        seq: 9,
      },
    ],
  },
  'people returned': { items: [...here, people(9, { kind: 'person_left', reason: 'returned' })] },
  'people closed': { items: [...here, people(9, { kind: 'person_left', reason: 'closed' })] },
  'people transferred': {
    items: [...here, people(9, { kind: 'person_left', reason: 'transferred' })],
    presence: { position: 2 },
  },
  'people no reply': {
    items: [asked, answer, requested, people(4, { kind: 'person_left', reason: 'no_reply', name: null })],
  },
  'people chosen': { items: [asked, answer, requested, people(4, { kind: 'assistant_chosen' })] },
  'demo card': { items: demo(video) },
  'demo video': { items: demo(video), stage: video },
  'demo player': { items: demo(youtube), stage: youtube },
  'demo image': { items: demo(image), stage: image },
  'demo zoomed': { items: demo(image), stage: image, press: '.demo-picture button' },
  'demo slide': { items: demo(slide), stage: slide },
  'demo page': { items: demo(web), stage: web },
  'demo in a video call': { items: demo(image), stage: image, call: { phase: 'live', hidesThread: false } },
  'demo in a voice call': { items: demo(image), stage: image, voice: { phase: 'live' } },
  'demo small': { items: demo(image), stage: image, press: '.fold' },
  'tool card': {
    items: [
      { ...asked, text: 'Is the Tide Cargo in stock?' },
      tool(2, 'check_stock', true),
      { ...answer, seq: 4, text: 'Yes, three of them.' },
      tool(5, 'rides__book_a_test_ride_at_the_shop', false),
    ],
  },
  'call invited': { items: [...here, invitation] },
  // Without a server, the call cannot be opened.
  'call failed': { items: [...here, invitation], press: '.join-call' },
  'call expired': { items: [...here, invited('2020-01-01T00:00:00Z')] },
  'call declined': { items: [...here, invitation, callEnded('refused', 0)] },
  'call over': { items: [...here, invitation, callEnded('ended', 125)] },
  'prices list': {
    items: [
      { ...asked, text: 'What do your bikes cost?' },
      { ...answer, text: 'These are our prices.', offers: ['pricing'] },
      prices,
    ],
    config: { hasPrices: true },
  },
  'prechat form': { items: [], config: { preChat, questions } },
  'prechat held': { items: [], config: { preChat, questions }, held: 'What would 40 bikes for our couriers cost?' },
  'prechat errors': {
    items: [],
    config: { preChat, questions },
    held: 'What would 40 bikes cost?',
    press: '.question-card .primary',
  },
  'qualification choice': { items: qualified, config: { questions } },
  'qualification number': { items: qualified, config: { questions }, press: '.question-card .offer' },
  'qualification yes or no': {
    items: qualified,
    config: { questions },
    presses: ['.question-card .offer', '.question-card .offer'],
  },
};

/** Lets the store answer without a server. */
export function fakePeople(store: Store, state: PeopleState): void {
  store.thread.presence.value = state.presence ?? {};
  store.attached.value = state.attached ?? [];
  store.stage.value = state.stage;
  store.held.value = state.held;
  store.memory.set({ asked: false, qualified: { keys: [] } });
  if (store.config.value) store.config.value = { ...store.config.value, attachments: true, ...state.config };
  store.view.value = 'thread';
  store.post = <T>(): Promise<T> => Promise.resolve(undefined as T);
  store.deliver = () => undefined;
}
