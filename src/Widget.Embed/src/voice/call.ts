/**
 * A voice call from the visitor's press to its end: the microphone, our session, the line of sound, and out of it again by every way there
 * is. Nothing is asked for and nothing opened before.
 */
import { batch, computed, signal } from '@preact/signals';
import { ApiError } from '../app/api';
import type { ConversationEvent, Speaker, VoiceEndReason, VoicePhase, VoiceUpdate } from '../app/events';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { Devices } from '../media/devices';
import type { Kind, Trouble } from '../media/trouble';
import { Captions } from './captions';
import { Leg } from './leg';
import { Levels } from './levels';
import type { End, Phase, VoiceModel } from './model';
import { Renewals, type Cause } from './renewals';
import { TalkButton } from './talk';
import type { VoiceSession } from './wire';

/** Who has not answered the browser's question by then may not have seen it. */
const questionSeen = 6_000;
/** When the line breaks, the server may know why, or will in a moment. */
const verdict = 1_500;

export class VoiceCall implements VoiceModel {
  readonly phase = signal<Phase>('asking');
  readonly slow = signal(false);
  readonly trouble = signal<Trouble | undefined>(undefined);
  readonly turn = signal<VoicePhase>('listening');
  readonly sound = signal<MediaStream | undefined>(undefined);
  readonly on = signal({ microphone: false });
  readonly pushToTalk = signal(false);
  readonly turnsAreFree = signal(true);
  readonly elapsed = signal(0);
  readonly remaining = signal<number | undefined>(undefined);
  readonly end = signal<End | undefined>(undefined);
  readonly active = computed(() => this.phase.value !== 'over');
  readonly captions;
  readonly held;

  readonly #captions = new Captions();
  readonly #devices = new Devices(() => this.#deviceLost());
  readonly #levels = new Levels();
  readonly #renewals = new Renewals();
  readonly #talk = new TalkButton(
    (pressed) => this.#leg?.line.talk(pressed) ?? Promise.resolve(),
    () => this.#apply(),
  );
  #leg: Leg | undefined;
  #muted = false;
  /** The visitor wishes to hold a button while speaking. */
  #wish = false;
  #over = false;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #startedAt: number | undefined;
  /** When the call will be over, by the page's own clock. */
  #until: number | undefined;

  constructor(
    private readonly panel: CallHost,
    private readonly done: (again: boolean) => void,
  ) {
    this.captions = this.#captions.lines;
    this.held = this.#talk.held;
    window.addEventListener('pagehide', this.#pageLeft);
    void this.#begin();
  }

  level(speaker: Speaker): number {
    return this.#levels.of(speaker);
  }

  wake(): void {
    this.#levels.wake();
  }

  askAgain(): void {
    this.phase.value = 'asking';
    void this.#begin();
  }

  toggleMute(): void {
    if (!this.#devices.track('microphone')) {
      void this.choose('microphone');
      return;
    }
    this.#muted = !this.#muted;
    this.#apply();
  }

  /** Whose turn it is was agreed on with the provider when the call was opened: another way needs another connection. */
  toggleTurns(): void {
    if (this.phase.value !== 'live' || !this.turnsAreFree.value) return;
    this.#muted = false;
    this.#wish = !this.pushToTalk.value;
    this.pushToTalk.value = this.#wish;
    void this.#renew();
  }

  hold(pressed: boolean): void {
    if (this.phase.value === 'live' || !pressed) this.#talk.press(pressed);
  }

  async choose(kind: Kind, id?: string): Promise<void> {
    const trouble = await this.#devices.choose(kind, id);
    if (this.#isOver()) return;
    this.trouble.value = trouble;
    await this.#changed();
  }

  deviceId(kind: Kind): string | undefined {
    return this.#devices.track(kind)?.getSettings().deviceId;
  }

  interrupt(): void {
    void this.#leg?.line.interrupt().catch(() => undefined);
  }

  hangUp(): void {
    this.#finish({ reason: 'visitor', seconds: this.#seconds() }, 'end');
  }

  again(): void {
    this.done(true);
  }

  close(): void {
    this.done(false);
  }

  say(text: string): boolean {
    const leg = this.#leg;
    if (!leg || this.phase.value !== 'live') return false;
    this.#captions.live({ speaker: 'visitor', item: newId(), text });
    leg.line.say(text).catch(() => {
      // What was written must not be lost with the call.
      this.#captions.said('visitor');
      this.panel.write(text);
    });
    return true;
  }

  live({ sessionId, phase, caption }: VoiceUpdate): void {
    if (this.#over || sessionId !== this.#leg?.line.current?.sessionId) return;
    this.turn.value = phase;
    if (caption) this.#captions.live(caption);
  }

  heard(event: ConversationEvent): void {
    if (event.kind === 'visitor_message') this.#captions.said('visitor');
    if (!('sessionId' in event) || event.sessionId !== this.#leg?.line.current?.sessionId) return;
    if (event.kind === 'utterance') this.#captions.said(event.speaker);
    if (event.kind === 'voice_call_ended') this.#ended(event.reason);
  }

  /** The page is being left, or the widget removed from it. */
  destroy(): void {
    this.#finish({ reason: 'left', seconds: this.#seconds() }, 'beacon');
  }

  readonly #pageLeft = (): void => this.destroy();

  async #begin(): Promise<void> {
    this.#slowTimer = setTimeout(() => (this.slow.value = true), questionSeen);
    const trouble = await this.#devices.choose('microphone');
    clearTimeout(this.#slowTimer);
    if (this.#over) return;
    batch(() => {
      this.slow.value = false;
      this.trouble.value = trouble;
      this.phase.value = trouble ? 'trouble' : 'connecting';
    });
    if (!trouble && !this.#isOver()) await this.#connect();
  }

  async #connect(): Promise<void> {
    const leg: Leg = new Leg(this.panel, this.#devices.track('microphone'), {
      heard: (session) => {
        if (leg === this.#leg) this.#heard(session);
      },
      connected: () => {
        if (leg === this.#leg) this.#connected();
      },
      sound: (stream) => {
        if (leg !== this.#leg) return;
        this.sound.value = stream;
        this.#levels.hear('assistant', stream);
      },
      lost: () => void this.#lost(leg),
      unrelayed: () => this.#finish({ reason: 'unrelayed', seconds: this.#seconds() }, 'end'),
      gone: () => this.#finish({ reason: 'provider', seconds: this.#seconds() }),
    });
    this.#leg = leg;
    await this.#changed();
    try {
      await leg.open(this.#wish);
    } catch (error) {
      if (leg !== this.#leg) return;
      const problem = error instanceof ApiError && !/^\d+$/.test(error.message) ? { problem: error.message } : {};
      this.#finish({ reason: 'refused', seconds: this.#seconds(), ...problem }, 'end');
    }
  }

  /** What the server says of it. */
  #heard({ state, endReason, pushToTalk, remainingSeconds }: VoiceSession): void {
    if (this.#over) return;
    if (state === 'ended' || state === 'failed' || state === 'ending') {
      // Its own words for that are in one language; ours are in the visitor's.
      this.#ended(endReason ?? (state === 'failed' ? 'failed' : 'provider'));
      return;
    }
    if (remainingSeconds !== null) this.#until = Date.now() + remainingSeconds * 1000;
    this.pushToTalk.value = pushToTalk;
    // A tenant who wants a button held is not asked otherwise.
    this.turnsAreFree.value = this.#wish || !pushToTalk;
    this.#apply();
  }

  #ended(reason: VoiceEndReason): void {
    if (reason === 'continued') void this.#renew('continued');
    else this.#finish({ reason, seconds: this.#seconds() });
  }

  #connected(): void {
    this.#startedAt ??= Date.now();
    this.phase.value = 'live';
    this.#clock ??= setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  /** The line of sound broke or never came about. If it was an end, the server knows why. */
  async #lost(leg: Leg): Promise<void> {
    if (this.#over || leg !== this.#leg) return;
    if (leg.connected) this.phase.value = 'reconnecting';
    await leg.line.alive();
    if (leg.connected && !this.#isOver() && leg === this.#leg) {
      await new Promise((resolve) => setTimeout(resolve, verdict));
      await leg.line.alive();
    }
    if (this.#isOver() || leg !== this.#leg) return;
    if (leg.connected) await this.#renew('lost');
    else this.#finish({ reason: this.#startedAt ? 'lost' : 'unconnected', seconds: this.#seconds() }, 'end');
  }

  /** Goes on in a new connection with the same microphone; for no cause but the visitor's wish as often as they like. */
  async #renew(cause?: Cause): Promise<void> {
    const old = this.#leg;
    if (this.#over || !old) return;
    if (cause && !this.#renewals.allow(cause, Date.now())) {
      this.#finish({ reason: cause === 'lost' ? 'lost' : 'provider', seconds: this.#seconds() }, 'end');
      return;
    }
    this.#talk.press(false);
    this.#leg = undefined;
    old.close();
    batch(() => {
      this.#captions.clear();
      this.sound.value = undefined;
      this.turn.value = 'listening';
      this.phase.value = 'reconnecting';
    });
    // The server has ended it itself, or is to before there is another.
    if (cause === 'continued') old.line.stop();
    else await Promise.race([old.line.end(), new Promise((resolve) => setTimeout(resolve, verdict))]);
    if (!this.#isOver()) await this.#connect();
  }

  /** The one way out, whatever led to it: the line is closed, every track is stopped, and the panel says why. */
  #finish(end: End, tell?: 'end' | 'beacon'): void {
    if (this.#over) return;
    this.#over = true;
    window.removeEventListener('pagehide', this.#pageLeft);
    clearTimeout(this.#slowTimer);
    clearInterval(this.#clock);
    const leg = this.#leg;
    leg?.close();
    if (tell === 'beacon') leg?.line.beacon();
    else if (tell === 'end') void leg?.line.end();
    else leg?.line.stop();
    this.#devices.stop();
    this.#levels.close();
    this.#talk.stop();
    batch(() => {
      this.#captions.clear();
      this.sound.value = undefined;
      this.on.value = { microphone: false };
      this.end.value = end;
      this.phase.value = 'over';
    });
  }

  #deviceLost(): void {
    this.trouble.value = 'missing';
    void this.#changed();
  }

  /** Another microphone, or none. */
  async #changed(): Promise<void> {
    this.#apply();
    const track = this.#devices.track('microphone');
    this.#levels.hear('visitor', track && new MediaStream([track]));
    await this.#leg?.replace(track);
  }

  /** Muted, a microphone stays open, so that it is back at once. */
  #apply(): void {
    const track = this.#devices.track('microphone');
    if (track) track.enabled = this.pushToTalk.value ? this.#talk.open : !this.#muted;
    this.on.value = { microphone: track !== undefined && (this.pushToTalk.value || !this.#muted) };
  }

  #tick(): void {
    this.elapsed.value = this.#seconds();
    if (this.#until !== undefined) this.remaining.value = Math.max(0, (this.#until - Date.now()) / 1000);
  }

  #seconds(): number {
    return this.#startedAt === undefined ? 0 : (Date.now() - this.#startedAt) / 1000;
  }

  // TypeScript does not see that a call may end while something is awaited.
  #isOver(): boolean {
    return this.#over;
  }
}
