import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, request } from '../src/app/api';
import { Connection, type Listener } from '../src/app/connection';
import type { AnswerUpdate, OutgoingMessage } from '../src/app/events';
import type { Transport } from '../src/app/transport/transport';

const line = vi.hoisted(() => ({ make: undefined as unknown as () => unknown }));
vi.mock('../src/app/transport/hub', () => ({ hubTransport: () => Promise.resolve(line.make()) }));

const session = {
  token: 't',
  expiresAt: '2100-01-01T00:00:00Z',
  visitorId: 'v',
  conversationId: 'c',
  lastSeq: 0,
  config: {},
};

let sessions: (() => Response)[];
let opened: number;
let asks: string[];
let answers: (() => Promise<void>)[];
let unsent: OutgoingMessage[];
let refused: string[];
let connection: Connection;

function listener(): Listener {
  return {
    session: () => undefined,
    update: () => undefined,
    answer: () => undefined,
    identityRefused: (reason) => void refused.push(reason),
    refused: (clientId, { message }) => void refused.push(`${clientId}: ${message}`),
    online: () => undefined,
    unavailable: ({ message }) => void refused.push(message),
    seen: () => 0,
    unsent: () => unsent,
    settled: () => Promise.resolve(),
  };
}

function message(clientId: string): OutgoingMessage {
  return { clientId, text: 'Why?', page: '', locale: 'en' };
}

function tooMany(seconds: number): Response {
  return new Response(JSON.stringify({ title: 'Too many.', code: 'rate_limited' }), {
    headers: { 'retry-after': String(seconds) },
    status: 429,
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  [sessions, opened, asks, answers, unsent, refused] = [[], 0, [], [], [], []];
  vi.stubGlobal('window', {
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    setTimeout,
    clearTimeout,
  });
  vi.stubGlobal('location', { href: 'https://shop.example/' });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', () => {
    opened++;
    return Promise.resolve(sessions.shift()?.() ?? new Response(JSON.stringify(session)));
  });
  line.make = (): Transport => ({
    watch: () => new Promise(() => undefined),
    ask: async ({ clientId }, update) => {
      asks.push(clientId);
      await answers.shift()?.();
      unsent = unsent.filter((message) => message.clientId !== clientId);
      update({} as AnswerUpdate);
    },
    stop: () => Promise.resolve(),
    close: () => undefined,
  });
  connection = new Connection('', 'pk_1', () => ({}), listener());
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('an identity that the server refuses', () => {
  it.each(['identity', 'validation'])('is left out of the session (%s)', async (code) => {
    let identity: object | undefined = { id: '42', hash: 'abc' };
    connection.close();
    connection = new Connection('', 'pk_1', () => ({ identity: identity as never }), {
      ...listener(),
      identityRefused: (reason) => {
        refused.push(reason);
        identity = undefined;
      },
    });
    sessions = [() => new Response(JSON.stringify({ title: 'Wrong.', code }), { status: 400 })];
    void connection.run();
    await vi.advanceTimersByTimeAsync(100);
    expect([refused, opened, connection.status.value.state]).toEqual([['Wrong.'], 2, 'online']);
  });
});

describe('a rate-limited connection', () => {
  it('sends the message again when the server allows it, and not before', async () => {
    answers = [() => Promise.reject(new ApiError(429, 'Too many.', '12'))];
    unsent = [message('a')];
    void connection.run();
    await vi.advanceTimersByTimeAsync(100);
    expect(asks).toEqual(['a']);
    expect(connection.busy.value).toBe(true);

    // Another message waits, too.
    unsent.push(message('b'));
    await connection.flush();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(asks).toEqual(['a']);

    await vi.advanceTimersByTimeAsync(2_000);
    expect(asks).toEqual(['a', 'a', 'b']);
    expect(connection.busy.value).toBe(false);
    expect(refused).toEqual([]);
    expect(connection.status.value.state).toBe('online');
  });

  it('sends many refused messages one at a time and in order', async () => {
    const refusal = () => Promise.reject(new ApiError(429, 'Too many.', '1'));
    answers = [() => Promise.resolve(), refusal, refusal, refusal, refusal, () => Promise.resolve(), refusal];
    unsent = ['a', 'b', 'c', 'd', 'e'].map(message);
    void connection.run();
    await vi.advanceTimersByTimeAsync(100);
    expect(asks).toEqual(['a', 'b', 'c', 'd', 'e']);

    await vi.advanceTimersByTimeAsync(2_000);
    expect(asks.slice(5)).toEqual(['b', 'c']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asks.slice(7)).toEqual(['c', 'd', 'e']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asks).toHaveLength(10);
  });

  it('opens the session again when the server allows it', async () => {
    sessions = [() => tooMany(30)];
    unsent = [message('a')];
    void connection.run();
    await vi.advanceTimersByTimeAsync(100);
    expect(connection.status.value.state).toBe('busy');

    await vi.advanceTimersByTimeAsync(29_000);
    expect(opened).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(opened).toBe(2);
    expect(connection.status.value.state).toBe('online');
    expect(asks).toEqual(['a']);
    expect(refused).toEqual([]);
  });

  it('reads the time from the Retry-After header', async () => {
    sessions = [() => new Response('', { status: 429, headers: { 'retry-after': '7' } })];
    await expect(request('', '/x', { body: {} })).rejects.toMatchObject({ status: 429, wait: 7500 });
  });

  it('does not retry a message that the server refuses for good', async () => {
    answers = [() => Promise.reject(new ApiError(400, 'The message is empty.'))];
    unsent = [message('a')];
    void connection.run();
    await vi.advanceTimersByTimeAsync(100);
    expect(refused).toEqual(['a: The message is empty.']);
    expect(connection.busy.value).toBe(false);
  });
});
