/** The connection to the room's hub. It comes back by itself; the calls between the browsers go on meanwhile. */
import { signal } from '@preact/signals';
import { HubSocket } from '../app/transport/hubSocket';
import type { JoinRefusal, RoomUpdate } from './contract';
import type { Outgoing } from './peer';

export interface Joining {
  token: string;
  instance: string;
  name?: string | undefined;
  after: number;
  microphone: boolean;
  camera: boolean;
}

export interface ConnectionEvents {
  /** What to join with; asked for at every attempt, because the token and the last seq change. */
  joining(): Joining;
  update(update: RoomUpdate): void;
  /** The server does not let us in, and trying again does not help. */
  refused(code: JoinRefusal | 'unknown', message: string): void;
}

const firstPause = 500;
const maxPause = 8_000;
const codes: readonly string[] = ['link-expired', 'link-invalid', 'call-ended', 'call-full', 'removed'];

export class RoomConnection {
  readonly online = signal(false);
  #hub: HubSocket | undefined;
  #closed = false;
  #pause = firstPause;
  #wake: (() => void) | undefined;

  constructor(
    private readonly api: string,
    private readonly events: ConnectionEvents,
  ) {
    addEventListener('online', this.#retryNow);
  }

  async run(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#hub = await HubSocket.open(`${this.api}/hubs/rooms`);
        await this.#join(this.#hub);
      } catch {
        // Tried again.
      }
      this.online.value = false;
      this.#hub?.close();
      this.#hub = undefined;
      if (this.isOver()) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, this.#pause * (0.75 + Math.random() / 2));
      });
      this.#pause = Math.min(this.#pause * 2, maxPause);
    }
  }

  /** Calls a method of the hub. Throws if there is no connection, or the server refuses. */
  call<T = void>(method: string, ...args: unknown[]): Promise<T> {
    return this.#hub && this.online.value
      ? this.#hub.call<T>(method, ...args)
      : Promise.reject(new Error('There is no connection.'));
  }

  /** Sends what sets up a connection. False if the other side is not there now. */
  async signal(to: string, { description, candidate }: Outgoing): Promise<boolean> {
    try {
      // Plain objects: the browser's own would lose their content, which is not in properties of their own.
      const message = description
        ? { to, description: { type: description.type, sdp: description.sdp } }
        : { to, candidate: candidate?.toJSON() ?? null };
      return (await this.call<{ delivered: boolean }>('Signal', message)).delivered;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#closed = true;
    removeEventListener('online', this.#retryNow);
    this.#wake?.();
    this.#hub?.close();
  }

  readonly #retryNow = (): void => {
    this.#pause = firstPause;
    this.#wake?.();
  };

  private isOver(): boolean {
    return this.#closed;
  }

  #join(hub: HubSocket): Promise<void> {
    return new Promise((resolve) => {
      const next = (update: RoomUpdate): void => {
        if (update.joined) {
          this.#pause = firstPause;
          this.online.value = true;
        }
        // After "server-stopping", another node takes over.
        if (update.closed && update.closed.reason !== 'server-stopping') this.#closed = true;
        this.events.update(update);
      };
      const error = (message?: string): void => {
        const text = /HubException: (.*)$/s.exec(message ?? '')?.[1];
        if (text !== undefined) {
          const [, code = '', sentence = text] = /^([a-z-]+): (.*)$/s.exec(text) ?? [];
          this.#closed = true;
          this.events.refused(codes.includes(code) ? (code as JoinRefusal) : 'unknown', sentence);
        }
        resolve();
      };
      hub.stream({ next: next, complete: () => resolve(), error }, 'Join', [this.events.joining()]);
    });
  }
}
