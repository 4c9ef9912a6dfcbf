/** The client for a call's session at our API. Every response says what state the call is in. */
import { ApiError } from '../app/api';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { toJson } from '../app/pristine';
import { retryOnce, withTimeout } from './requests';

/** What the session records of video and voice calls have in common. */
export interface CallSession<Reason extends string = string> {
  sessionId: string;
  state: string;
  remainingSeconds: number | null;
  endReason: Reason | null;
  /** What went wrong, in words for the visitor. */
  problem: string | null;
  /** Authorizes the leave beacon, which cannot send headers. Only the response that opens the call has it. */
  leaveToken: string | null;
}

export interface SessionListener<Session> {
  /** The server has reported the state of the call. */
  updated(session: Session): void;
  /** The server no longer has the session. */
  gone(message: string): void;
}

/** The statuses with which the server says that a session is gone. */
const goneStatuses = [403, 404, 409, 410];

export abstract class SessionClient<Session extends CallSession> {
  current: Session | undefined;
  /** Makes opening idempotent: a retry with the same id gets the same session. */
  readonly #clientId = newId();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    protected readonly panel: CallHost,
    private readonly root: string,
    private readonly listener: SessionListener<Session>,
  ) {}

  /** Milliseconds until the next keep-alive; without a session, after one that failed. */
  protected abstract keepAliveDelay(session: Session | undefined): number;

  protected keepAliveBody(): object {
    return {};
  }

  /** Throws an ApiError if the server refuses the call. */
  protected async create(body: object): Promise<Session> {
    const session = await retryOnce(() => this.panel.post<Session>(this.root, { clientId: this.#clientId, ...body }));
    this.current = session;
    // The visitor may have left while the request was running.
    if (this.#stopped) await this.end();
    else this.#update(session);
    return session;
  }

  /** Tells the server that the page is still there, and learns the state of the call. */
  async keepAlive(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#stopped || !this.current) return;
    try {
      this.#update(await withTimeout(this.panel.post<Session>(this.path('alive'), this.keepAliveBody())));
    } catch (error) {
      if (this.#isStopped()) return;
      if (error instanceof ApiError && goneStatuses.includes(error.status)) this.listener.gone(error.message);
      else this.#schedule(this.keepAliveDelay(undefined));
    }
  }

  /** @param query Query parameters with details about the end. */
  async end(query = ''): Promise<void> {
    this.stop();
    if (!this.current) return;
    await retryOnce(() => withTimeout(this.panel.post(`${this.path('end')}${query}`, {}))).catch(() =>
      this.sendLeaveBeacon(),
    );
  }

  /** Ends the call while the page unloads. Sent as text/plain, so that the browser skips the CORS preflight. */
  sendLeaveBeacon(): void {
    this.stop();
    const { sessionId, leaveToken } = this.current ?? {};
    if (!sessionId || !leaveToken) return;
    navigator.sendBeacon(`${this.panel.host.api}${this.path('leave')}`, toJson({ leaveToken }));
  }

  /** Sends no more keep-alives, and ignores responses that are still to come. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  protected path(action: string): string {
    return `${this.root}/${this.current?.sessionId ?? ''}/${action}`;
  }

  #update(session: Session): void {
    if (this.#stopped) return;
    this.current = { ...session, leaveToken: session.leaveToken ?? this.current?.leaveToken ?? null };
    this.#schedule(this.keepAliveDelay(session));
    this.listener.updated(this.current);
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keepAlive(), milliseconds);
  }

  // A method, because TypeScript assumes that a field does not change during an await.
  #isStopped(): boolean {
    return this.#stopped;
  }
}
