/** The SignalR hub over a WebSocket. Without negotiation any node can take it. Connection, not the socket, reconnects. */
import { ApiError } from '../api';
import { NativePromise } from '../pristine';
import { HubSocket } from './hubSocket';
import type { Target, Transport } from './transport';

export async function hubTransport({ api, conversationId, token }: Target): Promise<Transport> {
  const hub = await HubSocket.open(`${api}/hubs/conversation?access_token=${encodeURIComponent(token)}`);

  return {
    watch: async (after, onUpdate) => {
      await stream(hub, onUpdate, 'Watch', conversationId, after);
      throw new Error('The stream ended.');
    },
    ask: (message, onUpdate) => stream(hub, onUpdate, 'Ask', conversationId, message),
    stop: (messageId) => hub.call('Stop', conversationId, messageId),
    relay(sessionId, { message, ended }) {
      const outgoing = hub.upload();
      const listener = { next: message as (item: never) => void, complete: ended, error: ended };
      const cancel = hub.stream(listener, 'RelayVoice', [sessionId], [outgoing.id]);
      return {
        send: outgoing.next,
        close() {
          outgoing.complete();
          cancel();
        },
      };
    },
    close: () => hub.close(),
  };
}

function stream(hub: HubSocket, next: (item: never) => void, method: string, ...args: unknown[]): Promise<void> {
  return new NativePromise((complete, reject) => {
    const error = (text = ''): void => {
      // An error with a message is the server's refusal; without one, the connection broke.
      const [, message, code, retryAfter] =
        /HubException: (.*?)(?: \[(pre_chat|rate_limited)(?: retry-after=(\d+))?\])?$/.exec(text) ?? [];
      reject(
        message ? new ApiError(400, message, retryAfter, code ? { code } : {}) : new Error('The connection was lost.'),
      );
    };
    hub.stream({ next, complete, error }, method, args);
  });
}
