/**
 * A client for SignalR's JSON protocol over a WebSocket, with the parts that the widget uses: calls, streams in both directions, pings.
 * The protocol: "SignalR Hub Protocol", the specification in the repository dotnet/aspnetcore.
 */
import { NativePromise, toJson } from '../pristine';

/** Every message ends with this character. */
const end = '\u001e';
/** The server must hear from us within 30 seconds, and we hear from it every 15. */
const pingInterval = 15_000;
const silenceTimeout = 30_000;

const enum Type {
  Call = 1,
  Item = 2,
  Completed = 3,
  Stream = 4,
  Cancel = 5,
  Ping = 6,
  Close = 7,
}

interface Message {
  type?: Type;
  invocationId?: string;
  item?: never;
  result?: unknown;
  error?: string;
}

export interface StreamListener {
  next(item: never): void;
  /** @param result What a call returns; a stream returns nothing. */
  complete(result?: unknown): void;
  /** The message is the server's; undefined if the connection broke. */
  error(message?: string): void;
}

export class HubSocket {
  readonly #streams = new Map<string, StreamListener>();
  readonly #ping: ReturnType<typeof setInterval>;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #nextId = 0;
  #lastSent = Date.now();

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => this.#receive(data as string);
    socket.onclose = () => this.close();
    this.#ping = setInterval(() => this.#send({ type: Type.Ping }), pingInterval);
    this.#restartSilence();
  }

  /** Opens a connection. The address is that of a hub, with the scheme http or https. */
  static open(address: string): Promise<HubSocket> {
    return new NativePromise((resolve, reject) => {
      const socket = new WebSocket(address.replace(/^http/, 'ws'));
      const failed = (): void => {
        clearTimeout(timer);
        socket.close();
        reject(new Error('The connection was not established.'));
      };
      const timer = setTimeout(failed, silenceTimeout);
      socket.onopen = () => socket.send(`{"protocol":"json","version":1}${end}`);
      socket.onclose = socket.onerror = failed;
      socket.onmessage = ({ data }) => {
        // The server may send its first messages together with its reply to the handshake.
        const [reply = '', ...rest] = (data as string).split(end);
        if ((JSON.parse(reply) as Message).error) {
          failed();
          return;
        }
        clearTimeout(timer);
        socket.onerror = null;
        const hub = new HubSocket(socket);
        hub.#receive(rest.join(end));
        resolve(hub);
      };
    });
  }

  /** Calls a method that returns no stream. */
  call<T = void>(target: string, ...args: unknown[]): Promise<T> {
    return new NativePromise((resolve, reject) => {
      this.#start(Type.Call, target, args, {
        next: () => undefined,
        complete: resolve,
        error: (message) => reject(new Error(message)),
      });
    });
  }

  /** Calls a method that returns a stream. Returns a function that cancels it. */
  stream(listener: StreamListener, target: string, args: unknown[], uploads: string[] = []): () => void {
    const id = this.#start(Type.Stream, target, args, listener, uploads);
    return () => {
      if (this.#streams.delete(id)) this.#send({ type: Type.Cancel, invocationId: id });
    };
  }

  /** A stream from here to the server. Its id is passed to `stream`. */
  upload(): { id: string; next: (item: unknown) => void; complete: () => void } {
    const id = String(this.#nextId++);
    return {
      id,
      next: (item) => this.#send({ type: Type.Item, invocationId: id, item }),
      complete: () => this.#send({ type: Type.Completed, invocationId: id }),
    };
  }

  close(): void {
    clearInterval(this.#ping);
    clearTimeout(this.#silence);
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) stream.error();
  }

  #start(type: Type, target: string, args: unknown[], listener: StreamListener, uploads: string[] = []): string {
    const id = String(this.#nextId++);
    this.#streams.set(id, listener);
    this.#send({ type, invocationId: id, target, arguments: args, ...(uploads.length > 0 && { streamIds: uploads }) });
    // Without this, a call on a connection that is already closed would never end.
    if (this.socket.readyState > WebSocket.OPEN && this.#streams.delete(id)) listener.error();
    return id;
  }

  #receive(data: string): void {
    this.#restartSilence();
    // In hidden tabs, timers run only once a minute. The server's pings come as before.
    if (Date.now() - this.#lastSent >= pingInterval - 1_000) this.#send({ type: Type.Ping });
    for (const record of data.split(end)) {
      if (record === '') continue;
      const { type, invocationId = '', item, result, error } = JSON.parse(record) as Message;
      const stream = this.#streams.get(invocationId);
      if (type === Type.Item) pass(stream, item as never);
      else if (type === Type.Close) this.close();
      else if (type === Type.Completed && this.#streams.delete(invocationId)) {
        if (error) stream?.error(error);
        else stream?.complete(result);
      }
    }
  }

  #send(message: object): void {
    // After the connection is closed, nothing is sent, and the streams have been told.
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.#lastSent = Date.now();
    this.socket.send(toJson(message) + end);
  }

  #restartSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.close(), silenceTimeout);
  }
}

/** An error in one item must not stop those after it. */
function pass(stream: StreamListener | undefined, item: never): void {
  try {
    stream?.next(item);
  } catch (error) {
    reportError(error);
  }
}
