/** Our own session of a call: opened, kept alive, ended. The API says in each answer what has become of it. */
import { ApiError } from '../app/api';
import { locale } from '../app/i18n';
import { newId, type Store } from '../app/store';
import type { ToolRequest } from './tools';
import type { CallSession, HeardUtterance, ToolResponse } from './wire';

/** While the visitor waits for it, they want to know; later it is enough that the server does. */
const inLine = 3_000;
const inCall = 10_000;
const patience = 8_000;

export class SessionLine {
  current: CallSession | undefined;
  /** Asking again with it, when the answer was lost, gives the same session. */
  readonly #clientId = newId();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    private readonly store: Store,
    private readonly replicaJoined: () => boolean,
    private readonly heard: (session: CallSession) => void,
    /** The server does not know it any more, and says so. */
    private readonly gone: (problem: string) => void,
  ) {}

  /** Throws an ApiError when it is refused. */
  async open(): Promise<void> {
    const session = await twice(() =>
      this.store.post<CallSession>('/api/tavus/session', {
        clientId: this.#clientId,
        threadId: this.store.conversationId,
        page: location.href.slice(0, 2000),
        locale: locale.peek(),
      }),
    );
    this.current = session;
    // The visitor may have left before it was there.
    if (this.#stopped) await this.end();
    else this.#take(session);
  }

  /** Says that the page is there, and hears what has become of the call. */
  async alive(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#stopped || !this.current) return;
    try {
      const body = { replicaJoined: this.replicaJoined() };
      this.#take(await within(this.store.post<CallSession>(this.#path('alive'), body)));
    } catch (error) {
      if (error instanceof ApiError && [403, 404, 409, 410].includes(error.status)) this.#lost(error.message);
      else this.#next(inLine);
    }
  }

  report(utterances: HeardUtterance[], keepalive: boolean): Promise<unknown> {
    return this.store.post(this.#path('utterances'), { utterances }, keepalive);
  }

  runTool(request: ToolRequest): Promise<ToolResponse> {
    return twice(() => this.store.post('/api/tavus/tool', { ...request, sessionId: this.current?.sessionId }));
  }

  async end(): Promise<void> {
    this.stop();
    if (this.current) await twice(() => within(this.store.post(this.#path('end'), {}))).catch(() => this.beacon());
  }

  /** Ends it while the page goes: as plain text, so that the browser need not ask first, for which there is no time. */
  beacon(): void {
    this.stop();
    const { sessionId, leaveToken } = this.current ?? {};
    if (!sessionId || !leaveToken) return;
    navigator.sendBeacon(`${this.store.host.api}${this.#path('leave')}`, JSON.stringify({ leaveToken }));
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #take(session: CallSession): void {
    if (this.#stopped) return;
    this.current = { ...session, leaveToken: session.leaveToken ?? this.current?.leaveToken ?? null };
    this.#next(session.state === 'queued' || session.state === 'creating' ? inLine : inCall);
    this.heard(this.current);
  }

  #lost(problem: string): void {
    if (!this.#stopped) this.gone(problem);
  }

  #next(delay: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.alive(), delay);
  }

  #path(action: string): string {
    return `/api/tavus/session/${this.current?.sessionId ?? ''}/${action}`;
  }
}

/** A request that hangs, as they do when a network changes, is one that failed: the call must not hang with it. */
function within<T>(request: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The server did not answer.')), patience);
  });
  return Promise.race([request, late]).finally(() => clearTimeout(timer));
}

/** Once more, when it did not reach the server or the server stumbled: every request here may be repeated without harm. */
async function twice<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    // 503 is an answer here: there is no video now, and why.
    if (error instanceof ApiError && (error.status < 500 || error.status === 503)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return request();
  }
}
