import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import type { AnswerUpdate, ConversationUpdate, OutgoingMessage } from '../src/app/events';
import type { Modules } from '../src/app/moduleHost';
import { Store } from '../src/app/store';
import type { Transport } from '../src/app/transport/transport';
import type { Host } from '../src/contract';
import { fakeWindow } from './storage.fakes';

interface Asked {
  message: OutgoingMessage;
  answer: (update: AnswerUpdate) => void;
  done: () => void;
  fail: (error: unknown) => void;
}

interface Server {
  asked: Asked[];
  /** Sends an update to the panel. */
  tell: (update: ConversationUpdate) => void;
  /** Breaks the connection. */
  drop: () => void;
  watchedFrom: number[];
}

const server = vi.hoisted((): Server => ({ asked: [], tell: () => undefined, drop: () => undefined, watchedFrom: [] }));

vi.mock('../src/app/transport/hub', () => ({
  hubTransport: (): Promise<Transport> =>
    Promise.resolve({
      watch: (after, onUpdate) => {
        server.watchedFrom.push(after);
        server.tell = onUpdate;
        return new Promise((_, reject) => {
          server.drop = () => reject(new Error('The connection was lost.'));
        });
      },
      ask: (message, answer) => new Promise<void>((done, fail) => server.asked.push({ message, answer, done, fail })),
      stop: () => Promise.resolve(),
      close: () => undefined,
    }),
}));

const ana = { repId: 'r', name: 'Ana' };
const preChat = { fields: [{ field: 'email', required: true }] };
const file = { id: 'f', name: 'a.png', contentType: 'image/png', bytes: 1, url: '/files/f' };

let store: Store;
let config: Record<string, unknown>;
let posts: { path: string; body: Record<string, unknown> }[];
let emitted: [string, unknown][];
let modules: Partial<Modules>;
let seq: number;

const asked = (): Asked[] => server.asked;
const update = (change: ConversationUpdate): void => server.tell(change);
/** The server adds an event to the log. */
const log = (event: Record<string, unknown>): void =>
  update({ event: { seq: ++seq, at: '', clientId: null, ...event } as never });
const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
const open = async (): Promise<void> => {
  const shadow = { querySelector: () => null, activeElement: null };
  const host = {
    siteKey: 'pk',
    api: '',
    mode: 'bubble',
    shadow,
    emit: (...event: [string, unknown]) => emitted.push(event),
    setAppearance: () => undefined,
    appearance: () => undefined,
  };
  store = new Store(host as unknown as Host, modules as Modules);
  store.open.value = true;
  store.connect();
  await settle();
};

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(server, { asked: [], watchedFrom: [] });
  [posts, emitted, modules, seq] = [[], [], {}, 0];
  config = { agentName: 'Ada', tenantName: 'Shop', modes: [], locale: 'auto', theme: {} };
  const tabs = fakeWindow();
  vi.stubGlobal('window', { ...tabs, setTimeout, clearTimeout, addEventListener: () => undefined });
  vi.stubGlobal('sessionStorage', tabs.sessionStorage);
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('location', { href: 'https://shop.example/' });
  vi.stubGlobal('navigator', { onLine: true, languages: ['en'] });
  vi.stubGlobal('fetch', (path: string, { body }: { body: string }) => {
    if (path.endsWith('/session')) {
      const session = {
        token: 't',
        expiresAt: '2100-01-01',
        visitorId: 'v',
        conversationId: 'c',
        lastSeq: seq,
        config,
      };
      return Promise.resolve(new Response(JSON.stringify(session)));
    }
    posts.push({ path, body: JSON.parse(body) as Record<string, unknown> });
    return Promise.resolve(new Response(null, { status: 204 }));
  });
});

afterEach(() => {
  store.destroy();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a message while a person joins', () => {
  it('waits for no answer once the server says that it is delivered', async () => {
    await open();
    store.send('Hello?');
    await settle();
    expect(store.awaitingAnswer.value).toBe(true);
    asked()[0]?.answer({ type: 'delivered', messageId: '', attempt: 1, seq: 1 });
    expect(store.awaitingAnswer.value).toBe(false);
    log({ kind: 'visitor_message', clientId: asked()[0]?.message.clientId, text: 'Hello?' });
    expect([store.awaitingAnswer.value, store.thread.unsent()]).toEqual([false, []]);
  });

  it('shows no dots from the moment when the person is there', async () => {
    await open();
    store.send('Hello?');
    await settle();
    log({ kind: 'visitor_message', clientId: asked()[0]?.message.clientId, text: 'Hello?' });
    expect(store.awaitingAnswer.value).toBe(true);
    log({ kind: 'person_joined', ...ana });
    expect([store.awaitingAnswer.value, store.turn.value?.name]).toEqual([false, 'Ana']);
  });

  it('is answered by the assistant again after the person has left', async () => {
    await open();
    log({ kind: 'person_joined', ...ana });
    log({ kind: 'person_left', ...ana, reason: 'returned' });
    store.send('And the price?');
    await settle();
    expect(store.awaitingAnswer.value).toBe(true);
  });

  it('is sent once more, with its id and files, when the connection breaks before the receipt', async () => {
    await open();
    log({ kind: 'person_joined', ...ana });
    store.attached.value = [{ key: 'k', ...file }];
    store.send('');
    await settle();
    expect(asked()[0]?.message).toMatchObject({ text: '', attachments: ['f'] });
    asked()[0]?.fail(new Error('The connection was lost.'));
    server.drop();
    await settle(2_000);
    expect(server.watchedFrom).toEqual([0, 1]);
    expect(asked()[1]?.message).toEqual(asked()[0]?.message);
  });
});

describe('a visitor who waits for a person', () => {
  it('gets answers of the assistant while nobody is there', async () => {
    await open();
    log({ kind: 'person_requested', present: false });
    store.send('Meanwhile: what does it cost?');
    await settle();
    expect([store.turn.value, store.awaitingAnswer.value]).toEqual([undefined, true]);
  });

  it('sees no dots below what was said before a reload', async () => {
    seq = 2;
    await open();
    seq = 0;
    log({ kind: 'person_requested', present: true });
    log({ kind: 'visitor_message', clientId: 'x', text: 'Hello?' });
    expect([store.turn.value, store.awaitingAnswer.value]).toEqual([{}, false]);
  });

  it('can go back to the assistant at any time', async () => {
    await open();
    log({ kind: 'person_requested', present: true });
    update({ presence: { typing: null, readSeq: null, position: 2 } });
    expect([store.turn.value, store.presence.value.position]).toEqual([{}, 2]);
    store.chooseAssistant();
    await settle();
    expect(posts.at(-1)?.path).toBe('/api/widget/conversations/c/assistant');
    expect(posts.at(-1)?.body).toEqual({ clientId: expect.any(String) as string });
    log({ kind: 'assistant_chosen' });
    // The next time, the place may be another one.
    expect([store.turn.value, store.presence.value.position]).toEqual([undefined, undefined]);
  });
});

describe('a message of a person', () => {
  const said = { kind: 'person_message', messageId: 'p', ...ana, text: 'Hi', attachments: [] };

  it('is unread while the panel is closed, and the page is told', async () => {
    await open();
    log({ kind: 'person_joined', ...ana });
    store.open.value = false;
    store.view.value = 'home';
    log(said);
    expect([store.thread.unread.value, store.view.value]).toEqual([1, 'thread']);
    expect(emitted.at(-1)).toEqual(['answer', { text: 'Hi', outcome: 'person' }]);
    store.thread.markRead();
    expect(store.thread.unread.value).toBe(0);
  });

  it('ends the typing, and what the person has read stays read', async () => {
    await open();
    log({ kind: 'person_joined', ...ana });
    update({ presence: { typing: ana, readSeq: 1, position: null } });
    log(said);
    expect(store.presence.value).toMatchObject({ readSeq: 1 });
    expect(store.presence.value.typing).toBeUndefined();
    // Another node of the server does not know what was read.
    update({ presence: { typing: ana, readSeq: null, position: null } });
    expect(store.presence.value).toMatchObject({ typing: ana, readSeq: 1 });
  });
});

describe('files', () => {
  it('go with the next message, but not those that are still being uploaded', async () => {
    await open();
    log({ kind: 'person_joined', ...ana });
    store.attached.value = [
      { key: '1', ...file },
      { key: '2', name: 'b.png', progress: 0.4 },
    ];
    store.send('Here');
    await settle();
    expect(asked()[0]?.message).toMatchObject({ text: 'Here', attachments: ['f'] });
    expect(store.attached.value).toMatchObject([{ key: '2' }]);
    expect(store.conversation.value.items.at(-1)).toMatchObject({ text: 'Here', attachments: [{ id: 'f' }] });
  });
});

describe('a demo', () => {
  const demo = { id: 'd', kind: 'image', url: 'https://shop.example/a.png', title: 'A' };

  it('opens when it is shown, but not again after a reload', async () => {
    await open();
    log({ kind: 'demo_shown', demo });
    expect(store.stage.value).toMatchObject({ id: 'd' });
    store.destroy();
    await open();
    seq = 0;
    log({ kind: 'demo_shown', demo });
    expect(store.stage.value).toBeUndefined();
    expect(store.conversation.value.items).toMatchObject([{ kind: 'shown' }]);
  });

  it('is closed with its conversation', async () => {
    await open();
    log({ kind: 'demo_shown', demo });
    store.startNewConversation();
    expect(store.stage.value).toBeUndefined();
  });
});

describe('what is asked before the first message', () => {
  beforeEach(() => {
    config.preChat = preChat;
    modules.preChat = () => Promise.resolve((() => null) as never);
  });

  it('holds the message back until it is answered', async () => {
    await open();
    store.send('What does it cost?');
    await settle();
    expect([store.held.value, store.view.value, asked().length]).toEqual(['What does it cost?', 'thread', 0]);
    store.sendHeld();
    await settle();
    expect(asked()[0]?.message.text).toBe('What does it cost?');
    expect([store.held.value, store.asksFirst.value]).toEqual([undefined, false]);
  });

  it('is asked once: not in the next conversation, but of the next visitor', async () => {
    await open();
    store.sendHeld();
    store.startNewConversation();
    await settle();
    expect(store.asksFirst.value).toBe(false);
    window.localStorage.removeItem('widget:pk');
    store.reset();
    store.connect();
    await settle();
    expect(store.asksFirst.value).toBe(true);
  });

  it('does not keep the visitor from writing if it cannot be loaded', async () => {
    modules.preChat = () => Promise.reject(new ApiError(404, 'Gone.'));
    await open();
    store.send('Hello?');
    await settle();
    expect(asked()[0]?.message.text).toBe('Hello?');
  });

  it('is not asked in a conversation that has begun', async () => {
    await open();
    log({ kind: 'visitor_message', clientId: 'x', text: 'Hello' });
    expect(store.asksFirst.value).toBe(false);
  });
});
