/** The API's session of a call: kept alive, ended, and heard of. The API says in each answer what has become of it. */
import { ApiError } from '../app/api';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';

const patience = 8_000;

export interface LineSession {
  sessionId: string;
  /** Ends this call without a header; told once. */
  leaveToken: string | null;
}

export interface LineListener<Session> {
  heard(session: Session): void;
  /** The server does not know it any more, and says so. */
  gone(problem: string): void;
}

export abstract class SessionLine<Session extends LineSession> {
  current: Session | undefined;
  /** Asking again with it, when the answer was lost, gives the same session. */
  protected readonly clientId = newId();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    protected readonly panel: CallHost,
    private readonly root: string,
    private readonly listener: LineListener<Session>,
  ) {}

  /** How long the server can do without hearing from the page, in milliseconds. */
  protected abstract pause(session: Session | undefined): number;

  /** What the page tells each time. */
  protected news(): object {
    return {};
  }

  /** Throws an ApiError when it is refused. */
  protected async create(body: object): Promise<Session> {
    const session = await twice(() => this.panel.post<Session>(this.root, { clientId: this.clientId, ...body }));
    this.current = session;
    // The visitor may have left before it was there.
    if (this.#stopped) await this.end();
    else this.#take(session);
    return session;
  }

  /** Says that the page is there, and hears what has become of the call. */
  async alive(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#stopped || !this.current) return;
    try {
      this.#take(await within(this.panel.post<Session>(this.path('alive'), this.news())));
    } catch (error) {
      if (error instanceof ApiError && [403, 404, 409, 410].includes(error.status)) this.#lost(error.message);
      else this.#next(this.pause(undefined));
    }
  }

  async end(): Promise<void> {
    this.stop();
    if (this.current) await twice(() => within(this.panel.post(this.path('end'), {}))).catch(() => this.beacon());
  }

  /** Ends it while the page goes: as plain text, so that the browser need not ask first, for which there is no time. */
  beacon(): void {
    this.stop();
    const { sessionId, leaveToken } = this.current ?? {};
    if (!sessionId || !leaveToken) return;
    navigator.sendBeacon(`${this.panel.host.api}${this.path('leave')}`, JSON.stringify({ leaveToken }));
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  protected path(action: string): string {
    return `${this.root}/${this.current?.sessionId ?? ''}/${action}`;
  }

  #take(session: Session): void {
    if (this.#stopped) return;
    this.current = { ...session, leaveToken: session.leaveToken ?? this.current?.leaveToken ?? null };
    this.#next(this.pause(session));
    this.listener.heard(this.current);
  }

  #lost(problem: string): void {
    if (!this.#stopped) this.listener.gone(problem);
  }

  #next(delay: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.alive(), delay);
  }
}

/** A request that hangs, as they do when a network changes, is one that failed: the call must not hang with it. */
export function within<T>(request: Promise<T>, time = patience): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The server did not answer.')), time);
  });
  return Promise.race([request, late]).finally(() => clearTimeout(timer));
}

/** Once more, when it did not reach the server or the server stumbled: every request here may be repeated without harm. */
export async function twice<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    // There is no call now, and why: that is an answer. A proxy that has lost the server says 502, too, but in no words of ours.
    const inWords = (failure: ApiError): boolean => failure.status === 502 && !/^\d+$/.test(failure.message);
    if (error instanceof ApiError && (error.status < 500 || error.status === 503 || inWords(error))) throw error;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return request();
  }
}
