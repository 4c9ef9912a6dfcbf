/**
 * The state machine that video and voice calls share. A call asks for the visitor's devices, connects, and always ends in
 * `finish`. Each mode supplies its devices, its connection and its session at our API.
 */
import { ApiError } from '../app/api';
import { batch, computed, signal } from '@preact/signals';
import type { ConversationEvent } from '../app/events';
import type { CallHost } from '../app/moduleHost';
import { Devices, type DeviceChoice } from '../media/devices';
import type { DeviceKind, DeviceError, DeviceErrors } from '../media/deviceError';
import type { CallEnd, CommonEndReason, CommonPhase } from './model';
import { delay, serverMessage } from './requests';
import type { CallSession, SessionClient } from './sessionClient';

/** How long the final message of a call that the visitor has ended stays. The thread shows the end, too. */
const farewell = 12_000;

/** An event of the conversation's log that belongs to one call. */
export type CallEvent = Extract<ConversationEvent, { sessionId: string }>;

/** How the server learns that the call is over. "none" if it knows already. */
type Notice = 'request' | 'beacon' | 'none';

export abstract class Call<Phase extends string, Reason extends string, Session extends CallSession<Reason>> {
  readonly phase = signal<Phase | CommonPhase>('asking');
  readonly slow = signal(false);
  readonly deviceErrors = signal<DeviceErrors>({});
  readonly elapsed = signal(0);
  readonly remaining = signal<number | undefined>(undefined);
  readonly end = signal<CallEnd<Reason | CommonEndReason> | undefined>(undefined);
  readonly active = computed(() => this.phase.value !== 'over');

  protected readonly devices: Devices;
  /** The phase between the visitor's permission and the connection. */
  protected abstract readonly connectingPhase: Phase;
  #over = false;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #farewell: ReturnType<typeof setTimeout> | undefined;
  /** When the time limit ends the call, by the page's clock. */
  #deadline: number | undefined;

  constructor(
    protected readonly panel: CallHost,
    /** @param byItself The end has been shown for long enough. */
    private readonly done: (again: boolean, byItself?: boolean) => void,
    choice?: DeviceChoice,
  ) {
    this.devices = new Devices((kind) => this.#deviceLost(kind), choice);
  }

  protected abstract get session(): SessionClient<Session> | undefined;
  protected abstract secondsElapsed(): number;
  /** Asks the visitor for the devices. */
  protected abstract openDevices(): Promise<DeviceErrors>;
  /** A device was opened, replaced, closed or lost. */
  protected abstract deviceChanged(kind: DeviceKind): Promise<void>;
  /** Opens a session. Throws an ApiError if the server refuses the call. */
  protected abstract connect(): Promise<void>;
  /** The server has reported that the call continues. */
  protected abstract updated(session: Session): void;
  /** The server has reported that the call is over; without a reason if it does not know one. */
  protected abstract ended(reason?: Reason | CommonEndReason, message?: string): void;
  /** The conversation's log has a new event of this call. */
  protected abstract logged(event: CallEvent): void;
  /** Closes the connection and everything else that the mode has opened. */
  protected abstract disconnect(): void;
  /** Clears what the mode shows of a running call. */
  protected abstract clear(): void;

  retryDevices(): void {
    this.phase.value = 'asking';
    void this.#begin();
  }

  async choose(kind: DeviceKind, id?: string): Promise<void> {
    const deviceError = await this.devices.choose(kind, id);
    if (this.isOver()) return;
    this.#setDeviceError(kind, deviceError);
    await this.deviceChanged(kind);
  }

  deviceId(kind: DeviceKind): string | undefined {
    return this.devices.track(kind)?.getSettings().deviceId;
  }

  hangUp(): void {
    this.finish('visitor', 'request');
  }

  callAgain(): void {
    clearTimeout(this.#farewell);
    this.done(true);
  }

  close(): void {
    clearTimeout(this.#farewell);
    this.done(false);
  }

  handleEvent(event: ConversationEvent): void {
    if ('sessionId' in event && event.sessionId === this.session?.current?.sessionId) this.logged(event);
  }

  /** The page unloads, or the widget is removed from it. */
  destroy(): void {
    clearTimeout(this.#farewell);
    this.finish('left', 'beacon');
  }

  /** Begins the call. For the end of a subclass's constructor: it uses the subclass's fields. */
  protected start(): void {
    window.addEventListener('pagehide', this.#onPageHide);
    void this.#begin();
  }

  protected async tryConnect(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      // 402: the company's minutes or its budget are used up.
      const noRetry = error instanceof ApiError && error.status === 402;
      this.finish('refused', 'request', noRetry ? { noRetry } : { message: serverMessage(error) });
    }
  }

  /** Takes in what the server says about the call. */
  protected receive(session: Session): void {
    if (this.#over) return;
    const { state, endReason, problem, remainingSeconds } = session;
    if (state === 'ending' || state === 'ended' || state === 'failed') {
      this.ended(endReason ?? (state === 'failed' ? 'failed' : undefined), problem ?? undefined);
      return;
    }
    batch(() => {
      if (remainingSeconds !== null) this.#deadline = Date.now() + remainingSeconds * 1000;
      this.updated(session);
    });
  }

  /** Asks the server why the connection broke. It may learn the reason only after a moment. */
  protected async fetchEndReason(session: SessionClient<Session>, milliseconds: number): Promise<void> {
    await session.keepAlive();
    if (this.#over) return;
    await delay(milliseconds);
    await session.keepAlive();
  }

  protected startClock(): void {
    this.#clock ??= setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  /** Says that it takes longer than usual, unless `clearSlow` comes first. */
  protected slowAfter(milliseconds: number): void {
    this.#slowTimer = setTimeout(() => (this.slow.value = true), milliseconds);
  }

  protected clearSlow(): void {
    clearTimeout(this.#slowTimer);
    this.slow.value = false;
  }

  /** The only exit: closes the connection, tells the server, stops every device, and shows why the call ended. */
  protected finish(
    reason: Reason | CommonEndReason,
    notice: Notice,
    {
      message,
      noRetry,
      seconds = this.secondsElapsed(),
    }: { message?: string | undefined; noRetry?: boolean; seconds?: number } = {},
  ): void {
    if (this.#over) return;
    this.#over = true;
    window.removeEventListener('pagehide', this.#onPageHide);
    clearTimeout(this.#slowTimer);
    clearInterval(this.#clock);
    this.disconnect();
    this.#notifyServer(notice);
    this.devices.stop();
    batch(() => {
      this.clear();
      this.end.value = { reason, seconds, ...(message && { message }), ...(noRetry && { noRetry }) };
      this.phase.value = 'over';
    });
    if (reason === 'visitor') this.#farewell = setTimeout(() => this.done(false, true), farewell);
  }

  protected async endSession(): Promise<void> {
    await this.session?.end();
  }

  // A method, because TypeScript assumes that a field does not change during an await.
  protected isOver(): boolean {
    return this.#over;
  }

  readonly #onPageHide = (): void => this.destroy();

  async #begin(): Promise<void> {
    const deviceErrors = await this.openDevices();
    if (this.#over) return;
    batch(() => {
      this.deviceErrors.value = deviceErrors;
      this.phase.value = deviceErrors.microphone ? 'no_microphone' : this.connectingPhase;
    });
    if (!deviceErrors.microphone && !this.isOver()) await this.tryConnect();
  }

  #notifyServer(notice: Notice): void {
    if (notice === 'request') void this.endSession();
    else if (notice === 'beacon') this.session?.sendLeaveBeacon();
    else this.session?.stop();
  }

  #deviceLost(kind: DeviceKind): void {
    this.#setDeviceError(kind, 'missing');
    void this.deviceChanged(kind);
  }

  #setDeviceError(kind: DeviceKind, deviceError: DeviceError | undefined): void {
    const deviceErrors = { ...this.deviceErrors.value };
    if (deviceError) deviceErrors[kind] = deviceError;
    else Reflect.deleteProperty(deviceErrors, kind);
    this.deviceErrors.value = deviceErrors;
  }

  #tick(): void {
    if (this.#deadline !== undefined) this.remaining.value = Math.max(0, (this.#deadline - Date.now()) / 1000);
    this.elapsed.value = this.secondsElapsed();
  }
}
