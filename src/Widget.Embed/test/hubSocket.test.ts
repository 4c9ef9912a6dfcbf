import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hubTransport } from '../src/app/transport/hub';

const end = '\u001e';

class FakeSocket {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly address: string) {
    FakeSocket.last = this;
  }

  send(data: string): void {
    for (const record of data.split(end)) if (record) this.sent.push(JSON.parse(record) as Record<string, unknown>);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  receive(...messages: object[]): void {
    this.onmessage?.({ data: messages.map((message) => JSON.stringify(message) + end).join('') });
  }
}

const target = { api: 'https://api.example', conversationId: 'c', token: 'a+b' };

async function connect(...more: object[]) {
  const opening = hubTransport(target);
  const socket = FakeSocket.last;
  socket.open();
  socket.receive({}, ...more);
  return { socket, transport: await opening };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the hub', () => {
  it('opens with the handshake of the JSON protocol and the token', async () => {
    const { socket } = await connect();
    expect(socket.address).toBe('wss://api.example/hubs/conversation?access_token=a%2Bb');
    expect(socket.sent).toEqual([{ protocol: 'json', version: 1 }]);
  });

  it('fails to open when the handshake is refused, the socket closes, or nothing comes', async () => {
    const refused = hubTransport(target);
    FakeSocket.last.open();
    FakeSocket.last.receive({ error: 'No.' });
    await expect(refused).rejects.toThrow();

    const closed = hubTransport(target);
    FakeSocket.last.close();
    await expect(closed).rejects.toThrow();

    const silent = hubTransport(target);
    const outcome = expect(silent).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(30_000);
    await outcome;
  });

  it('streams answers, several in one frame, until they complete', async () => {
    const { socket, transport } = await connect();
    const heard: unknown[] = [];
    const asked = transport.ask({ clientId: '1', text: 'Why?', page: '', locale: 'en' }, (update) =>
      heard.push(update),
    );
    const { type, target: method, arguments: args, invocationId } = socket.sent.at(-1) ?? {};
    expect([type, method, (args as unknown[])[0]]).toEqual([4, 'Ask', 'c']);

    socket.receive({ type: 2, invocationId, item: 'a' }, { type: 6 }, { type: 2, invocationId, item: 'b' });
    socket.receive({ type: 3, invocationId });

    await asked;
    expect(heard).toEqual(['a', 'b']);
  });

  it('tells a refusal, a rate limit and a broken connection apart', async () => {
    const { socket, transport } = await connect();
    const ask = () => transport.ask({ clientId: '1', text: '', page: '', locale: 'en' }, () => undefined);
    const fail = (error: string) => socket.receive({ type: 3, invocationId: socket.sent.at(-1)?.invocationId, error });

    const refused = ask();
    fail('An unexpected error occurred. HubException: The message is empty.');
    await expect(refused).rejects.toMatchObject({ status: 400, message: 'The message is empty.', wait: undefined });

    const limited = ask();
    fail('HubException: Too many messages. [rate_limited retry-after=2]');
    const wait = expect.any(Number) as number;
    await expect(limited).rejects.toMatchObject({ message: 'Too many messages.', wait });

    const unready = ask();
    fail('HubException: Fill in the form before the chat first: email. [pre_chat]');
    await expect(unready).rejects.toMatchObject({
      message: 'Fill in the form before the chat first: email.',
      wait: undefined,
      problem: { code: 'pre_chat' },
    });

    const broken = ask();
    socket.close();
    await expect(broken).rejects.toThrow('The connection was lost.');
    await expect(ask()).rejects.toThrow('The connection was lost.');
  });

  it('relays in both directions', async () => {
    const { socket, transport } = await connect();
    const heard: string[] = [];
    const relay = transport.relay?.('s', { message: (message) => heard.push(message), ended: () => heard.push('end') });
    const { invocationId, streamIds } = socket.sent.at(-1) as { invocationId: string; streamIds: string[] };

    relay?.send('out');
    expect(socket.sent.at(-1)).toEqual({ type: 2, invocationId: streamIds[0], item: 'out' });
    socket.receive({ type: 2, invocationId, item: 'in' });
    relay?.close();
    expect(socket.sent.slice(-2)).toEqual([
      { type: 3, invocationId: streamIds[0] },
      { type: 5, invocationId },
    ]);
    expect(heard).toEqual(['in']);
  });

  it('pings, and gives up a connection on which the server is silent', async () => {
    const { socket, transport } = await connect();
    const watching = transport.watch(0, () => undefined);
    const outcome = expect(watching).rejects.toThrow('The connection was lost.');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(socket.sent.at(-1)).toEqual({ type: 6 });
    socket.receive({ type: 6 });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(socket.readyState).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await outcome;
    expect(socket.readyState).toBe(3);
  });

  it('answers the server when its own timers are late, as in a hidden tab', async () => {
    const { socket } = await connect();
    vi.setSystemTime(Date.now() + 14_000);
    socket.receive({ type: 6 });
    expect(socket.sent.slice(1)).toEqual([{ type: 6 }]);
    socket.receive({ type: 6 });
    expect(socket.sent).toHaveLength(2);
  });

  it('passes on the items after one that fails', async () => {
    const { socket, transport } = await connect();
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const heard: unknown[] = [];
    const asked = transport.ask({ clientId: '1', text: '', page: '', locale: 'en' }, (update: unknown) => {
      if (update === 'a') throw new Error('No.');
      heard.push(update);
    });
    const { invocationId } = socket.sent.at(-1) ?? {};
    socket.receive(
      { type: 2, invocationId, item: 'a' },
      { type: 2, invocationId, item: 'b' },
      { type: 3, invocationId },
    );
    await asked;
    expect([heard, reported.mock.calls.length]).toEqual([['b'], 1]);
  });

  it('ends when the server closes the connection', async () => {
    const { socket, transport } = await connect();
    const watching = transport.watch(0, () => undefined);
    socket.receive({ type: 7 });
    await expect(watching).rejects.toThrow('The connection was lost.');
  });
});
