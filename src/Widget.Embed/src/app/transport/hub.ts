/** The SignalR hub over a WebSocket. */
import {
  HttpTransportType,
  HubConnectionBuilder,
  HubConnectionState,
  LogLevel,
  Subject,
  type HubConnection,
} from '@microsoft/signalr';
import { ApiError } from '../api';
import type { Target, Transport } from './transport';

export async function hubTransport({ api, conversationId, token }: Target): Promise<Transport> {
  const hub = new HubConnectionBuilder()
    // Without negotiation any node can take the WebSocket. Connection, not SignalR, reconnects.
    .withUrl(`${api}/hubs/conversation`, {
      accessTokenFactory: () => token,
      skipNegotiation: true,
      transport: HttpTransportType.WebSockets,
      withCredentials: false,
    })
    .configureLogging(LogLevel.None)
    .build();
  await hub.start();

  return {
    watch: async (after, onUpdate) => {
      await stream(hub, onUpdate, 'Watch', conversationId, after);
      throw new Error('The stream ended.');
    },
    ask: (message, onUpdate) => stream(hub, onUpdate, 'Ask', conversationId, message),
    stop: (messageId) => hub.invoke('Stop', conversationId, messageId),
    relay(sessionId, { message, ended }) {
      const outgoing = new Subject<string>();
      const incoming = hub
        .stream<string>('RelayVoice', sessionId, outgoing)
        .subscribe({ next: message, complete: ended, error: ended });
      return {
        send: (text) => outgoing.next(text),
        close() {
          outgoing.complete();
          incoming.dispose();
        },
      };
    },
    close: () => void hub.stop(),
  };
}

function stream(hub: HubConnection, next: (item: never) => void, method: string, ...args: unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new Error('The connection was lost.'));
    hub.onclose(lost);
    hub.stream<never>(method, ...args).subscribe({
      next,
      complete: resolve,
      error(error: unknown) {
        // While the hub is connected, an error is the server's refusal.
        const [, message, , retryAfter] =
          /HubException: (.*?)( \[rate_limited retry-after=(\d+)\])?$/.exec(
            error instanceof Error ? error.message : '',
          ) ?? [];
        if (hub.state === HubConnectionState.Connected && message) reject(new ApiError(400, message, retryAfter));
        else lost();
      },
    });
  });
}
