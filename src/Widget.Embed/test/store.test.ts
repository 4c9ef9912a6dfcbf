import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Store } from '../src/app/store';
import type { Transport } from '../src/app/transport/transport';
import type { Host } from '../src/contract';
import type { Modules } from '../src/app/moduleHost';
import { fakeWindow } from './storage.fakes';

vi.mock('../src/app/transport/hub', () => ({
  hubTransport: (): Promise<Transport> =>
    Promise.resolve({
      watch: () => new Promise(() => undefined),
      ask: () => new Promise(() => undefined),
      stop: () => Promise.resolve(),
      close: () => undefined,
    }),
}));

const config = { agentName: 'Ada', tenantName: 'Shop', modes: [], locale: 'auto', theme: {} };
const proof = { id: '42', hash: 'abc' };

let requests: Record<string, unknown>[];
/** Answers the requests for a session, in their order. */
let answer: (session: object) => Promise<void>;
let waiting: ((session: object) => void)[];
let stores: Store[];
let tellTab: () => void;

const memory = (): Record<string, unknown> | undefined => {
  const text = window.localStorage.getItem('widget:pk');
  return text === null ? undefined : (JSON.parse(text) as Record<string, unknown>);
};
/** Another tab changes what the browser remembers. */
const otherTab = (change: object | undefined): void => {
  if (change) window.localStorage.setItem('widget:pk', JSON.stringify(change));
  else window.localStorage.removeItem('widget:pk');
  tellTab();
};
const open = (mode: Host['mode'] = 'bubble'): Store => {
  const shadow = { querySelector: () => null, activeElement: null };
  const host = {
    siteKey: 'pk',
    api: '',
    mode,
    shadow,
    emit: () => undefined,
    setAppearance: () => undefined,
    appearance: () => undefined,
  };
  const store = new Store(host as unknown as Host, {} as Modules);
  stores.push(store);
  store.open.value = true;
  return store;
};
const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  [requests, waiting, stores] = [[], [], []];
  const tabs = fakeWindow();
  vi.stubGlobal('window', {
    ...tabs,
    setTimeout,
    clearTimeout,
    addEventListener: (type: string, listener: (event: object) => void) => {
      if (type === 'storage') tellTab = () => listener({ key: 'widget:pk' });
    },
  });
  vi.stubGlobal('sessionStorage', tabs.sessionStorage);
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('location', { href: 'https://shop.example/' });
  vi.stubGlobal('navigator', { onLine: true, languages: ['en'] });
  vi.stubGlobal('fetch', (path: string, { body }: { body: string }) => {
    if (!path.endsWith('/session')) return Promise.resolve(new Response(null, { status: 204 }));
    requests.push(JSON.parse(body) as Record<string, unknown>);
    return new Promise<Response>((resolve) =>
      waiting.push((session) => resolve(new Response(JSON.stringify(session)))),
    );
  });
  answer = async (session) => {
    waiting.shift()?.({ token: 't', expiresAt: '2100-01-01', conversationId: 'c', lastSeq: 0, config, ...session });
    await settle();
  };
});

afterEach(() => {
  for (const store of stores) store.destroy();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a tab', () => {
  it('drops a session that was being opened when another tab forgot the visitor', async () => {
    otherTabRemembers({ visitorId: 'a' });
    const store = open();
    store.connect();
    await settle();
    expect(requests).toMatchObject([{ visitorId: 'a' }]);
    otherTab(undefined);
    await answer({ visitorId: 'a' });
    expect(memory()?.visitorId).toBeUndefined();
    expect([store.config.value, store.open.value, store.memory.open]).toEqual([undefined, false, false]);
  });

  it('starts with an empty conversation after a reset', async () => {
    otherTabRemembers({ visitorId: 'a' });
    const store = open();
    store.connect();
    await settle();
    await answer({ visitorId: 'a' });
    store.draft.value = 'Half a question';
    store.sheet.value = 'person';
    store.memory.open = true;
    window.localStorage.removeItem('widget:pk');
    store.reset();
    expect([store.draft.value, store.sheet.value, store.view.value]).toEqual(['', undefined, 'home']);
    expect([store.memory.open, store.conversationId]).toEqual([false, undefined]);
    store.connect();
    await settle();
    expect(requests[1]).not.toHaveProperty('visitorId');
    expect(requests[1]).not.toHaveProperty('conversationId');
  });

  it('starts again at once on the hosted page', async () => {
    otherTabRemembers({ visitorId: 'a' });
    const store = open('page');
    store.connect();
    await settle();
    await answer({ visitorId: 'a' });
    otherTab(undefined);
    await settle();
    expect([store.open.value, requests.length]).toEqual([true, 2]);
  });

  it('shows nothing of the visitor when another tab has the session of another one', async () => {
    otherTabRemembers({ visitorId: 'a' });
    const store = open();
    store.connect();
    await settle();
    await answer({ visitorId: 'a' });
    store.draft.value = 'Half a question';
    otherTab({ visitorId: 'b' });
    await settle(10_000);
    expect([store.draft.value, store.conversationId, store.open.value]).toEqual(['', undefined, false]);
    expect(requests).toHaveLength(1);
    expect(memory()?.visitorId).toBe('b');
  });

  it('keeps its own session while it opens it with a proof', async () => {
    otherTabRemembers({ visitorId: 'a' });
    const store = open();
    store.identify(proof);
    store.connect();
    await settle();
    otherTab({ visitorId: 'b', verified: true });
    await answer({ visitorId: 'b', verified: true });
    expect([store.open.value, store.conversationId]).toEqual([true, 'c']);
  });

  it('clears what is open when its session turns out to be another person’s', async () => {
    otherTabRemembers({ visitorId: 'a', verified: true });
    const store = open();
    store.identify(proof);
    store.connect();
    store.draft.value = 'Half a question';
    store.sheet.value = 'history';
    store.view.value = 'thread';
    await settle();
    await answer({ visitorId: 'b', verified: true });
    expect([store.draft.value, store.sheet.value, store.view.value]).toEqual(['', undefined, 'home']);
  });
});

describe('a visitor whom the page has proved before', () => {
  beforeEach(() => otherTabRemembers({ visitorId: 'a', verified: true }));

  it('keeps what they have written while the page identifies them', async () => {
    const store = open();
    store.connect();
    store.draft.value = 'Half a question';
    await settle(300);
    expect(requests).toEqual([]);
    store.identify(proof);
    await settle();
    expect(requests).toMatchObject([{ visitorId: 'a', identity: proof }]);
    await answer({ visitorId: 'a', verified: true });
    expect(store.draft.value).toBe('Half a question');
    await settle(5_000);
    expect(requests).toHaveLength(1);
  });

  it('is not waited for longer than a moment', async () => {
    open().connect();
    await settle(1_400);
    expect(requests).toEqual([]);
    await settle(200);
    expect(requests).toHaveLength(1);
    expect(requests[0]).not.toHaveProperty('identity');
  });

  it('is not waited for after a reset', async () => {
    const store = open();
    store.connect();
    otherTab(undefined);
    await settle(5_000);
    expect(requests).toEqual([]);
  });
});

function otherTabRemembers(change: object): void {
  window.localStorage.setItem('widget:pk', JSON.stringify(change));
}
