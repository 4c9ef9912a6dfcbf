/** The playground: `npm run dev` shows every state of the panel, without a server. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { render } from 'preact';
import { fakeDictation, fakeSpeech, type DictationState, type SpeechState } from './dev.speech';
import { Panel } from './app/components/Panel';
import type { Status } from './app/connection';
import type { AssistantItem, Conversation, Item } from './app/conversation';
import type { Availability, Citation, ConversationList } from './app/events';
import { chooseLocale, setLocale } from './app/i18n';
import { Store } from './app/store';
import { panelStyle } from './app/styles';
import { addSheets } from './app/styles/sheets';
import { applyTheme } from './app/theme';
import { onColor } from './color';
import { fakeSelling, sellingStates, type SellingState } from './dev.selling';
import { fakePeople, peopleStates, type PeopleState } from './dev.people';
import { fakeVideoCall, type VideoState } from './dev.video';
import { fakeVoiceCall, type VoiceState } from './dev.voice';
import type { Host } from './contract';
import type { SheetName, View } from './app/views';
import type { CallMode } from './app/call';
import { modules } from './modules';

const parameters = new URLSearchParams(location.search);
const color = parameters.get('color') ?? '#0b6e6e';

const source: Citation = {
  number: 1,
  title: 'Shipping',
  url: 'https://harbor.example/shipping#cost',
  headings: ['Shipping', 'Cost'],
  page: 3,
  text: 'Delivery within Germany costs 49 euros. To Austria, Denmark and the Netherlands it costs 89 euros.',
  origins: ['own'],
};
const asked: Item = { kind: 'visitor', clientId: 'a', text: 'What does delivery to Denmark cost?', seq: 1 };
const answer: Omit<AssistantItem, 'text'> = {
  kind: 'assistant',
  messageId: 'm',
  attempt: 1,
  citations: [source],
  rating: 'none',
};
const markdown =
  'It **depends**:\n\n- Germany: 49 euros [1]\n- Denmark: 89 euros [1]\n\n| from | to |\n|---|---|\n| Kiel | Aarhus |\n\n' +
  '> Ready to ride.\n\n`TB-4711` and [a link](https://harbor.example).';

const videoItems: Item[] = [
  { kind: 'call', mode: 'video', seq: 1 },
  {
    kind: 'spoken',
    speaker: 'assistant',
    text: 'Hello, I am Jette. What can I do for you?',
    interrupted: false,
    seq: 2,
  },
  { kind: 'spoken', speaker: 'visitor', text: 'What does delivery to Denmark cost?', interrupted: false, seq: 3 },
  { kind: 'sources', citations: [source], seq: 4 },
  { kind: 'spoken', speaker: 'assistant', text: 'Delivery to Denmark costs 89', interrupted: true, seq: 5 },
];
const voiceItems: Item[] = videoItems.map((item) => (item.kind === 'call' ? { ...item, mode: 'voice' } : item));
const visitorCaption = { speaker: 'visitor', item: 'v', text: 'And how long does it take to Aarhus?' } as const;
const assistantCaption = {
  speaker: 'assistant',
  item: 'a',
  text: 'It takes about four days to Aarhus. The driver calls an hour before, so that',
} as const;
const caption = 'Delivery to Denmark costs 89 euros, and it takes about four days.';

const answeredItems: Item[] = [asked, { ...answer, text: markdown, outcome: 'answered', seq: 2 }];

const shortAnswer: Item = { ...answer, text: 'Delivery to Denmark costs 89 euros [1].', outcome: 'answered', seq: 2 };
const many: Citation[] = [
  { ...source, number: 4, title: 'Delivery and returns', headings: ['Denmark'], page: null },
  { ...source, number: 7, title: 'Price list 2026.pdf', headings: [], page: 12 },
  { ...source, number: 2, title: 'Questions about delivery that customers ask us most often', page: null },
  { ...source, number: 9, title: 'Contact', headings: [], page: null },
];
const manySources = 'It costs 89 euros [4] and takes four days [7]. The driver calls an hour before [2][9].';
const suggestion =
  'I am not sure that this answers your question.\n\n**Delivery and returns**\n\nTo Denmark it costs 89 euros. [4]\n\n' +
  '**Price list 2026.pdf**\n\nEverything over 500 euros is delivered free of charge. [7]';
const longItems: Item[] = Array.from({ length: 6 }, (_, i): Item[] => [
  { kind: 'visitor', clientId: `v${i}`, text: 'And what about insurance?', seq: i * 2 + 1, at: hoursAgo(30 - i * 5) },
  {
    ...answer,
    messageId: `m${i}`,
    text: 'It is covered up to 2,000 euros until it is in your hands [1]. After that your household insurance pays.',
    outcome: 'answered',
    seq: i * 2 + 2,
    at: hoursAgo(30 - i * 5),
  },
]).flat();
const open: Availability = { open: true, opensAt: null, timeZone: 'Europe/Berlin', replyMinutes: 10, hours: [] };
const closed: Availability = { ...open, open: false, opensAt: hoursAgo(-40) };
const conversations: ConversationList = {
  items: [
    ['What does delivery to Denmark cost?', 'Delivery to Denmark costs 89 euros.', 1],
    ['Can I take two children on the cargo bike?', 'Two child seats fit on the Tide Cargo, one behind the other.', 50],
    ['Warranty on the battery', 'Five years, or 700 full charging cycles.', 400],
  ].map(([title, preview, hours], i) => ({
    id: String(i),
    startedAt: hoursAgo(Number(hours)),
    lastAt: hoursAgo(Number(hours)),
    title: String(title),
    preview: String(preview),
    lastSeq: 2,
  })),
  next: 'more',
};

function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}

const states: Record<
  string,
  {
    items?: Item[];
    status?: Status;
    source?: Citation;
    draft?: string;
    unknown?: boolean;
    call?: VideoState;
    voice?: VoiceState;
    speech?: SpeechState;
    dictation?: DictationState;
    modes?: string[];
    /** Home if nothing has been said. */
    view?: View;
    sheet?: SheetName;
    prelude?: CallMode;
    large?: boolean;
    availability?: Availability;
    known?: boolean;
    /** Selects an element that is clicked once the state is shown. */
    press?: string;
  } & Omit<SellingState, 'sheet'> &
    PeopleState
> = {
  home: {},
  'home text only': { modes: ['text'] },
  'home returning': { view: 'home', items: answeredItems, known: true, availability: closed },
  'home listening': { speech: { listening: true, phase: 'idle' } },
  'home large': { large: true },
  'thread empty': { view: 'thread' },
  'thread menu': { items: answeredItems, press: '.menu > button' },
  'thread emoji': { items: answeredItems, press: '.emoji' },
  'thread long': { items: longItems, press: '' },
  'thread large': { items: answeredItems, large: true },
  'thread rated down': { items: [asked, shortAnswer], press: '.small-tool:last-of-type' },
  'thread sources': { items: [asked, { ...shortAnswer, text: manySources, citations: many }] },
  suggested: {
    items: [asked, { ...shortAnswer, text: suggestion, outcome: 'suggested', citations: many.slice(0, 2) }],
  },
  'person form': { items: [asked, shortAnswer], sheet: 'person' },
  'person form errors': { items: [asked, shortAnswer], sheet: 'person', press: '.primary' },
  'person away': { sheet: 'person', availability: closed },
  'person asked': {
    items: [asked, shortAnswer, { kind: 'person', email: 'ada@example.com', availability: closed, seq: 3 }],
  },
  'transcript form': { items: [asked, shortAnswer], sheet: 'transcript' },
  'history list': { items: [asked, shortAnswer], sheet: 'history' },
  ...sellingStates,
  ...peopleStates,
  'prelude video': { prelude: 'video' },
  'prelude voice': { prelude: 'voice' },
  connecting: { status: { state: 'connecting' }, unknown: true },
  refused: {
    status: { state: 'refused' },
    unknown: true,
  },
  waiting: { items: [asked] },
  'waiting long': { items: [asked, { ...answer, text: '', slow: true }] },
  streaming: { items: [asked, { ...answer, text: 'Delivery to Denmark costs' }] },
  answered: { items: [asked, { ...answer, text: markdown, outcome: 'answered', seq: 2, rating: 'up' }] },
  quoted: { items: [asked, { ...answer, text: `${source.text} [1]`, outcome: 'quoted', seq: 2 }] },
  'not found': {
    items: [
      asked,
      {
        ...answer,
        text: 'I could not find anything about that.',
        citations: [],
        outcome: 'not_found',
        offers: ['person'],
        seq: 2,
      },
      { kind: 'person', seq: 3 },
    ],
  },
  stopped: { items: [asked, { ...answer, text: 'Delivery to', outcome: 'stopped', seq: 2 }] },
  offline: {
    items: [
      { ...asked, seq: 1 },
      { kind: 'visitor', clientId: 'b', text: 'Are you there?' },
    ],
    status: { state: 'offline' },
  },
  'not sent': {
    items: [{ kind: 'visitor', clientId: 'c', text: 'x', refused: 'The message is empty.' }],
    status: { state: 'reconnecting' },
  },
  source: { items: [asked], source },
  'video asking': { call: { phase: 'asking', camera: false } },
  'video no microphone': {
    call: { phase: 'no_microphone', camera: false, deviceErrors: { microphone: 'denied', camera: 'denied' } },
  },
  'video queued': { items: [asked], call: { phase: 'queued', position: 3 } },
  'video waiting': { call: { phase: 'waiting', slow: true } },
  'video live': { items: videoItems, call: { phase: 'live', caption } },
  'video live with thread': { items: videoItems, call: { phase: 'live', caption, hidesThread: false } },
  'video without camera': {
    items: videoItems,
    call: { phase: 'live', camera: false, deviceErrors: { camera: 'busy' }, remaining: 42 },
  },
  'video green screen': { items: videoItems, call: { phase: 'live', green: true, caption } },
  'video embedded': { call: { phase: 'live', frame: 'about:blank', camera: false } },
  'video ended': {
    items: [...videoItems, { kind: 'call', mode: 'video', ended: { reason: 'time_limit', seconds: 600 }, seq: 6 }],
    call: { phase: 'over', end: { reason: 'time_limit', seconds: 600 } },
  },
  'video refused': {
    items: [asked],
    call: {
      phase: 'over',
      end: { reason: 'refused', noRetry: true, seconds: 0 },
    },
  },
  'voice asking': { voice: { phase: 'asking' } },
  'voice unanswered': { voice: { phase: 'asking', slow: true } },
  'voice refused microphone': { items: [asked], voice: { phase: 'no_microphone', deviceError: 'denied' } },
  'voice policy': { items: [asked], voice: { phase: 'no_microphone', deviceError: 'policy' } },
  'voice connecting': { items: [asked], voice: { phase: 'connecting' } },
  'voice listening': { items: voiceItems, voice: { phase: 'live' } },
  'voice hearing': { items: voiceItems, voice: { phase: 'live', turn: 'hearing', captions: [visitorCaption] } },
  'voice thinking': { items: voiceItems, voice: { phase: 'live', turn: 'thinking', captions: [visitorCaption] } },
  'voice speaking': {
    items: voiceItems,
    voice: { phase: 'live', turn: 'speaking', captions: [visitorCaption, assistantCaption] },
  },
  'voice muted': { items: voiceItems, voice: { phase: 'live', muted: true, remaining: 42 } },
  'voice push to talk': { items: voiceItems, voice: { phase: 'live', pushToTalk: true } },
  'voice held': { items: voiceItems, voice: { phase: 'live', turn: 'hearing', pushToTalk: true, held: true } },
  'voice microphone lost': { items: voiceItems, voice: { phase: 'live', deviceError: 'missing' } },
  'voice reconnecting': { items: voiceItems, voice: { phase: 'reconnecting' } },
  'voice ended': {
    items: [...voiceItems, { kind: 'call', mode: 'voice', ended: { reason: 'visitor', seconds: 125 }, seq: 6 }],
    voice: { phase: 'over', end: { reason: 'visitor', seconds: 125 } },
  },
  'voice no budget': {
    items: [asked],
    voice: {
      phase: 'over',
      end: { reason: 'refused', noRetry: true, seconds: 0 },
    },
  },
  'voice unconnected': { items: [asked], voice: { phase: 'over', end: { reason: 'unconnected', seconds: 0 } } },
  'listen offered': { items: answeredItems, modes: ['text', 'speech'] },
  'listen reading': {
    items: answeredItems,
    modes: ['text', 'speech'],
    speech: { listening: true, phase: 'speaking', sentence: { start: 43, end: 60 }, word: { start: 52, end: 54 } },
  },
  'listen reading without highlights': {
    items: answeredItems,
    speech: { listening: true, phase: 'speaking', sentence: { start: 43, end: 60 }, marked: true },
  },
  'listen waiting': { items: [asked], speech: { listening: true, phase: 'waiting' } },
  'listen paused': { items: answeredItems, speech: { phase: 'paused', sentence: { start: 0, end: 15 }, muted: true } },
  'listen blocked': { items: answeredItems, speech: { listening: true, phase: 'paused', error: 'blocked' } },
  'listen no voice': { items: answeredItems, speech: { error: 'no_voice' } },
  'dictation consent': { items: answeredItems, dictation: { phase: 'consent', recipient: { host: 'api.openai.com' } } },
  'dictation consent browser': { dictation: { phase: 'consent', recipient: 'browser' } },
  'dictation asking': { dictation: { phase: 'asking' } },
  'dictation hearing': { items: answeredItems, draft: 'What does delivery to', dictation: { phase: 'hearing' } },
  'dictation writing': { dictation: { phase: 'writing' } },
  'dictation denied': { items: answeredItems, dictation: { error: 'denied' } },
  'too long': { draft: 'x'.repeat(4100) },
};

void setLocale(chooseLocale([parameters.get('locale') ?? 'en']));
const place = document.getElementById('states') ?? document.body;

// A page for each component: the first word of a state's name.
const pages = new Set(Object.keys(states).map((name) => name.split(' ')[0] ?? ''));
const page = parameters.get('page');
const links = document.getElementById('pages');
for (const name of pages) {
  const link = Object.assign(document.createElement('a'), { textContent: name, href: `?page=${name}` });
  links?.append(link, ' ');
}

const only = parameters.get('only');
if (only === null) place.style.cssText = 'display: grid; grid-template-columns: repeat(auto-fill, 420px); gap: 32px';
for (const [name, state] of Object.entries(states)) {
  if ((only !== null && name !== only) || (page !== null && name.split(' ')[0] !== page)) continue;
  const cell = document.createElement('section');
  // The transform keeps fixed elements inside their cell.
  const position = only === null ? 'position: relative; height: 820px; transform: scale(1);' : '';
  cell.style.cssText = `${position} --accent: ${color}; --on-accent: ${onColor(color)}`;
  cell.append(Object.assign(document.createElement('h2'), { textContent: name }));
  const element = document.createElement('div');
  const shadow = element.attachShadow({ mode: 'open' });
  const root = Object.assign(document.createElement('div'), { className: 'widget' });
  addSheets(shadow, panelStyle);
  shadow.append(root);
  cell.append(element);
  place.append(cell);

  const noop = (): void => undefined;
  const host: Host = {
    siteKey: name,
    api: '',
    mode: 'bubble',
    locale: undefined,
    element,
    shadow,
    launcher: noop,
    badge: noop,
    appearance: () => undefined,
    forget: () => undefined,
    setAppearance: noop,
    emit: noop,
  };
  const store = new Store(host, modules);
  (store as { status: ReadonlySignal<Status> }).status = signal(state.status ?? { state: 'online' });
  if (!state.unknown)
    store.config.value = {
      tenantName: 'Harbor Bikes',
      agentName: 'Jette',
      greeting: null,
      suggestedQuestions: [
        'What is the range of the Tide Step?',
        'What does delivery cost?',
        'Which bike suits hills?',
      ],
      translations: {
        de: { suggestedQuestions: ['Welche Reichweite hat das Tide Step?', 'Was kostet die Lieferung?'] },
        ar: { suggestedQuestions: ['ما مدى دراجة Tide Step؟', 'كم تكلفة التوصيل؟', 'أي دراجة تناسب التلال؟'] },
      },
      availability: state.availability ?? open,
      transcripts: true,
      theme: { color, position: 'right', scheme: (parameters.get('scheme') ?? 'light') as 'light' | 'dark' },
      locale: 'auto',
      contactUrl: 'mailto:hello@harbor.example',
      meetings: state.meetings ?? null,
      hostedUrl: '/widget/harbor',
      modes: state.modes ?? ['text', 'speech', 'voice', 'video'],
      speech: { source: 'browser' },
      dictation: { source: 'server', recipient: 'api.openai.com' },
    };
  const items = (state.items ?? []).map((item): Item => (item.seq ? { at: hoursAgo(0.1), ...item } : item));
  store.conversation.value = { items, seq: 9 } satisfies Conversation;
  store.view.value = state.view ?? (items.length > 0 || state.draft || state.dictation ? 'thread' : 'home');
  store.sheet.value = state.sheet;
  store.calls.prelude.value = state.prelude;
  store.large.value = state.large ?? false;
  (store as { knownVisitor: boolean }).knownVisitor = state.known ?? false;
  store.get = <T,>() => Promise.resolve(conversations as T);
  if (name in sellingStates) fakeSelling(store, state);
  if (name in peopleStates) fakePeople(store, state);
  store.source.value = state.source;
  store.draft.value = state.draft ?? '';
  if (state.call) store.call.value = fakeVideoCall(store, state.call);
  if (state.voice) store.call.value = fakeVoiceCall(store, state.voice);
  if (state.speech) store.speech.module.value = fakeSpeech(store, state.speech);
  if (state.dictation) store.dictation.module.value = fakeDictation(store, state.dictation);
  store.open.value = true;
  applyTheme(root, store.config, (parameters.get('scheme') ?? 'light') as 'light' | 'dark');
  render(<Panel store={store} />, root);
  for (const [i, press] of [state.press ?? [], state.presses ?? []].flat().entries())
    setTimeout(() => root.querySelector<HTMLElement>(press)?.click(), 1500 + i * 300);
}
