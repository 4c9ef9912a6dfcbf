/** HTTP with server-sent events, for networks that block WebSockets. */
import { request } from '../api';
import { readEvents } from './sse';
import type { Target, Transport } from './transport';

/** The server sends something at least every 20 seconds. After a longer silence the connection is dead. */
const silenceTimeout = 45_000;

export function httpTransport({ api, conversationId, token }: Target): Transport {
  const closing = new AbortController();
  const conversation = `/api/widget/conversations/${conversationId}`;

  async function read(response: Response, onEvent: (data: never) => void): Promise<void> {
    if (!response.body) throw new Error('The response has no body.');
    let timer = 0;
    const restartTimer = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => closing.abort(), silenceTimeout);
    };
    restartTimer();
    try {
      for await (const { data } of readEvents(response.body)) {
        restartTimer();
        onEvent(JSON.parse(data) as never);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async watch(after, onUpdate) {
      const options = { token, accept: 'text/event-stream', signal: closing.signal };
      await read(await request(api, `${conversation}/events?after=${after}`, options), onUpdate);
      throw new Error('The stream ended.');
    },
    async ask(message, onUpdate) {
      const options = { token, body: message, accept: 'text/event-stream', signal: closing.signal };
      await read(await request(api, `${conversation}/messages`, options), onUpdate);
    },
    async stop(messageId) {
      await request(api, `${conversation}/answers/${messageId}/stop`, { token, body: {} });
    },
    close: () => closing.abort(),
  };
}
