import { afterEach, expect, test, vi } from 'vitest';
import { FramedRoom } from '../src/video/framedRoom';
import type { RoomMessage } from '../src/video/wire';

const origin = 'https://room.example';
const page = { postMessage: vi.fn() };

afterEach(() => {
  vi.unstubAllGlobals();
  page.postMessage.mockClear();
});

function open() {
  let listener: ((event: object) => void) | undefined;
  vi.stubGlobal('addEventListener', (_: string, added: (event: object) => void) => (listener = added));
  vi.stubGlobal('removeEventListener', () => (listener = undefined));
  const received: RoomMessage[] = [];
  const room = new FramedRoom(origin, (message) => received.push(message));
  room.connect(page as unknown as Window);
  return {
    room,
    received,
    tell: (data: unknown, from: object = {}) => listener?.({ source: page, origin, data, ...from }),
  };
}

test('passes messages in both directions once the page takes part', () => {
  const { room, received, tell } = open();
  expect(page.postMessage).toHaveBeenCalledWith({ type: 'app-message-connect' }, origin);
  expect(room.connected.value).toBe(false);

  tell({ type: 'app-message-connected' });
  expect(room.connected.value).toBe(true);
  tell({ type: 'app-message', data: { event_type: 'conversation.utterance', properties: { speech: 'Hello' } } });
  expect(received).toEqual([{ event_type: 'conversation.utterance', properties: { speech: 'Hello' } }]);
  room.send({ event_type: 'conversation.respond' });
  expect(page.postMessage).toHaveBeenLastCalledWith(
    { type: 'app-message', data: { event_type: 'conversation.respond' } },
    origin,
  );

  room.leave();
  tell({ type: 'app-message', data: { event_type: 'conversation.utterance' } });
  expect(received).toHaveLength(1);
  expect(room.connected.value).toBe(false);
});

test('ignores other windows, other origins and what is no message', () => {
  const { room, received, tell } = open();
  const message = { type: 'app-message', data: { event_type: 'conversation.utterance' } };
  tell({ type: 'app-message-connected' }, { origin: 'https://other.example' });
  tell(message, { origin: 'https://other.example' });
  tell(message, { source: {} });
  for (const data of [null, 7, 'text', { type: 'app-message' }, { type: 'app-message', data: 3 }]) tell(data);
  expect(room.connected.value).toBe(false);
  expect(received).toEqual([]);
});
