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
import type { Place, Transport } from './transport';

export async function hubTransport({ api, conversationId, token }: Place): Promise<Transport> {
  const hub = new HubConnectionBuilder()
    // Straight to the WebSocket, so that any node will do; reconnecting is the connection's business.
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
    const closed = (): void => reject(new Error('The connection was lost.'));
    hub.onclose(closed);
    hub.stream<never>(method, ...args).subscribe({
      next,
      complete: resolve,
      error(error: unknown) {
        // While the line holds, an error is the server's own word.
        const [, said, , wait] =
          /HubException: (.*?)( \[rate_limited retry-after=(\d+)\])?$/.exec(
            error instanceof Error ? error.message : '',
          ) ?? [];
        if (hub.state === HubConnectionState.Connected && said) reject(new ApiError(400, said, wait));
        else closed();
      },
    });
  });
}
