/** Plain HTTP with server-sent events, for networks that let no WebSocket through. */
import { request } from '../api';
import { events } from './sse';
import type { Place, Transport } from './transport';

/** The server sends something every 20 seconds; a line that is silent for longer is dead. */
const longestSilence = 45_000;

export function httpTransport({ api, conversationId, token }: Place): Transport {
  const closing = new AbortController();
  const conversation = `/api/widget/conversations/${conversationId}`;

  async function read(response: Response, onEvent: (data: never) => void): Promise<void> {
    if (!response.body) throw new Error('The response has no body.');
    let timer = 0;
    const alive = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => closing.abort(), longestSilence);
    };
    alive();
    try {
      for await (const { data } of events(response.body)) {
        alive();
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
