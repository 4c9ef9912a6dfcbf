/**
 * A video call from the visitor's press to its end: devices, our session, the room, and out of it again by every way there is.
 * Nothing is asked for and nothing created before.
 */
import { batch, computed, signal } from '@preact/signals';
import { ApiError } from '../app/api';
import type { ConversationEvent, Speaker } from '../app/events';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { Devices } from '../media/devices';
import type { Kind, Trouble } from '../media/trouble';
import type { CallModel, End, Phase } from './model';
import { Reporter } from './reporter';
import { Room, type Avatar } from './room';
import { VideoLine } from './session';
import { ToolCalls, goOn } from './tools';
import { Transcript, type Caption } from './transcript';
import { outgoing, type CallSession, type RoomMessage } from './wire';

/** An avatar takes a few seconds; after this the visitor is told that it takes longer. */
const usualWait = 15_000;
/** What was said should be with the server before the call is ended there, but nobody waits for it for long. */
const lastWords = 2_000;

export class Call implements CallModel {
  readonly phase = signal<Phase>('asking');
  readonly position = signal<number | undefined>(undefined);
  readonly slow = signal(false);
  readonly avatar = signal<Avatar | undefined>(undefined);
  readonly greenScreen = signal(false);
  readonly frame = signal<string | undefined>(undefined);
  readonly ownPicture = signal<MediaStreamTrack | undefined>(undefined);
  readonly on = signal<Record<Kind, boolean>>({ microphone: false, camera: false });
  readonly troubles = signal<Partial<Record<Kind, Trouble>>>({});
  readonly caption = signal<Caption | undefined>(undefined);
  readonly speaking = signal<Speaker | undefined>(undefined);
  readonly elapsed = signal(0);
  readonly remaining = signal<number | undefined>(undefined);
  readonly end = signal<End | undefined>(undefined);
  readonly active = computed(() => this.phase.value !== 'over');

  readonly #line: VideoLine;
  readonly #devices = new Devices((kind) => this.#deviceLost(kind));
  readonly #reporter: Reporter;
  readonly #transcript: Transcript;
  readonly #tools: ToolCalls;
  #room: Room | undefined;
  #entering = false;
  #over = false;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** When the call will be over, by the page's own clock. */
  #until: number | undefined;

  constructor(
    private readonly panel: CallHost,
    private readonly done: (again: boolean) => void,
  ) {
    this.#line = new VideoLine(panel, () => this.avatar.value !== undefined, {
      heard: (session) => this.#heard(session),
      gone: (problem) => this.#finish({ reason: 'tavus', seconds: this.elapsed.value, problem }),
    });
    this.#reporter = new Reporter((utterances, keepalive) => this.#line.report(utterances, keepalive));
    this.#transcript = new Transcript(
      (utterance) => this.#reporter.add(utterance),
      (caption) => (this.caption.value = caption),
      (speaker, speaks) => {
        if (speaks) this.speaking.value = speaker;
        else if (this.speaking.value === speaker) this.speaking.value = undefined;
      },
    );
    this.#tools = new ToolCalls(
      (request) => this.#line.runTool(request),
      (type, properties) => {
        if (type === 'respond') this.#transcript.unspoken(goOn);
        this.#send(type, properties);
      },
    );
    window.addEventListener('pagehide', this.#pageLeft);
    void this.#begin();
  }

  goOn(): void {
    void this.#open();
  }

  askAgain(): void {
    this.phase.value = 'asking';
    void this.#begin();
  }

  toggle(kind: Kind): void {
    const track = this.#devices.track(kind);
    if (!track) {
      void this.choose(kind);
      return;
    }
    // A camera that is off should look off, with its light. A microphone must be back at once, without a question.
    if (kind === 'camera') this.#devices.close(kind);
    else track.enabled = !track.enabled;
    void this.#changed(kind);
  }

  async choose(kind: Kind, id?: string): Promise<void> {
    const trouble = await this.#devices.choose(kind, id);
    if (this.#over) return;
    this.troubles.value = { ...without(this.troubles.value, kind), ...(trouble ? { [kind]: trouble } : {}) };
    await this.#changed(kind);
  }

  deviceId(kind: Kind): string | undefined {
    return this.#devices.track(kind)?.getSettings().deviceId;
  }

  interrupt(): void {
    this.#send('interrupt');
  }

  hangUp(): void {
    // Nothing has been opened yet, so there is nothing to show the end of.
    const nothing = this.#line.current === undefined;
    void this.#hangUp('visitor');
    if (nothing) this.close();
  }

  again(): void {
    this.done(true);
  }

  close(): void {
    this.done(false);
  }

  get talk(): (() => void) | undefined {
    return this.panel.offers('voice') ? () => void this.panel.startCall('voice') : undefined;
  }

  say(text: string): boolean {
    if (!this.#room || this.phase.value !== 'live') return false;
    this.#transcript.typed(newId(), text);
    this.#send('respond', { text });
    return true;
  }

  heard(event: ConversationEvent): void {
    if (!('sessionId' in event) || event.sessionId !== this.#line.current?.sessionId) return;
    if (event.kind === 'tavus_conversation_ended') this.#finish({ reason: event.reason, seconds: event.seconds });
    // The server knows more than we do; why wait for the next time.
    else if (event.kind !== 'utterance') void this.#line.alive();
  }

  /** The page is being left, or the widget removed from it. */
  destroy(): void {
    if (this.#over) return;
    this.#transcript.flush();
    this.#reporter.leave();
    this.#line.beacon();
    this.#finish({ reason: 'left', seconds: this.elapsed.value });
  }

  readonly #pageLeft = (): void => this.destroy();

  async #begin(): Promise<void> {
    const troubles = await this.#devices.open();
    if (this.#over) return;
    this.troubles.value = troubles;
    this.#showDevices();
    // Without a camera one can still be heard. Without a microphone the visitor decides.
    if (troubles.microphone) this.phase.value = 'trouble';
    else await this.#open();
  }

  async #open(): Promise<void> {
    this.phase.value = 'creating';
    try {
      await this.#line.open();
    } catch (error) {
      this.#finish({ reason: 'refused', seconds: 0, ...(error instanceof ApiError ? { problem: error.message } : {}) });
    }
  }

  /** What the server says of the call. */
  #heard(session: CallSession): void {
    const { state, conversationUrl, meetingToken, problem } = session;
    if (state === 'ended' || state === 'failed' || state === 'ending') {
      const reason = session.endReason ?? (state === 'failed' ? 'failed' : 'tavus');
      this.#finish({ reason, seconds: this.elapsed.value, ...(problem ? { problem } : {}) });
      return;
    }
    batch(() => {
      this.position.value = session.position ?? undefined;
      this.greenScreen.value = session.greenScreen;
      if (state === 'queued' || state === 'creating') this.phase.value = state;
      else if (this.phase.value !== 'live') this.phase.value = 'waiting';
      if (session.remainingSeconds !== null) this.#until = Date.now() + session.remainingSeconds * 1000;
    });
    this.#clock ??= setInterval(() => this.#tick(), 1000);
    this.#tick();
    if (conversationUrl && !this.#entering) void this.#enter(conversationUrl, meetingToken);
  }

  async #enter(url: string, token: string | null): Promise<void> {
    this.#entering = true;
    this.#slowTimer = setTimeout(() => (this.slow.value = true), usualWait);
    try {
      const room = await Room.join(url, token, this.#devices, {
        avatar: (avatar) => this.#avatarSeen(avatar),
        message: (message) => {
          this.#received(message);
        },
        lost: () => void this.#roomLost(),
      });
      if (this.#isOver()) {
        void room.leave();
        return;
      }
      this.#room = room;
      // What was switched on or off on the way in.
      void this.#changed('microphone');
      void this.#changed('camera');
    } catch {
      if (!this.#isOver()) this.#embed(url, token);
    }
  }

  /** Daily's client did not come or did not get in: the room's own page takes its place, with devices of its own. */
  #embed(url: string, token: string | null): void {
    clearTimeout(this.#slowTimer);
    this.#devices.stop();
    const address = new URL(url);
    if (token) address.searchParams.set('t', token);
    batch(() => {
      this.#showDevices();
      this.frame.value = address.href;
      this.phase.value = 'live';
      this.slow.value = false;
    });
  }

  #avatarSeen(avatar: Avatar | undefined): void {
    if (this.#over) return;
    const first = this.avatar.value === undefined && avatar !== undefined;
    this.avatar.value = avatar;
    if (!first) return;
    clearTimeout(this.#slowTimer);
    this.slow.value = false;
    this.phase.value = 'live';
    void this.#line.alive();
  }

  #received(message: RoomMessage): void {
    if (this.#over) return;
    this.#transcript.hear(message);
    void this.#tools.hear(message);
    if (message.event_type === 'system.replica_joined') void this.#line.alive();
  }

  /** We are out of the room. If it was an end the server knows why, or will in a moment; otherwise it learns of it now. */
  async #roomLost(): Promise<void> {
    this.avatar.value = undefined;
    await this.#line.alive();
    await new Promise((resolve) => setTimeout(resolve, lastWords));
    await this.#line.alive();
    await this.#hangUp('lost');
  }

  async #hangUp(reason: 'visitor' | 'lost'): Promise<void> {
    if (this.#over) return;
    this.#finish({ reason, seconds: this.elapsed.value });
    await Promise.race([this.#reporter.flush(), new Promise((resolve) => setTimeout(resolve, lastWords))]);
    await this.#line.end();
  }

  /** The one way out, whatever led to it: the room is left, every track is stopped, and the panel says why. */
  #finish(end: End): void {
    if (this.#over) return;
    this.#over = true;
    window.removeEventListener('pagehide', this.#pageLeft);
    clearTimeout(this.#slowTimer);
    clearInterval(this.#clock);
    this.#line.stop();
    this.#transcript.flush();
    void this.#reporter.flush();
    this.#devices.stop();
    void this.#room?.leave();
    batch(() => {
      this.avatar.value = undefined;
      this.frame.value = undefined;
      this.caption.value = undefined;
      this.speaking.value = undefined;
      this.#showDevices();
      this.end.value = end;
      this.phase.value = 'over';
    });
  }

  #send(type: string, properties: Record<string, unknown> = {}): void {
    this.#room?.send(outgoing(this.#line.current?.conversationId ?? '', type, properties));
  }

  #deviceLost(kind: Kind): void {
    this.troubles.value = { ...this.troubles.value, [kind]: 'missing' };
    void this.#changed(kind);
  }

  async #changed(kind: Kind): Promise<void> {
    this.#showDevices();
    await this.#room?.device(kind, this.#devices.track(kind), this.on.value[kind]);
  }

  #showDevices(): void {
    this.ownPicture.value = this.#devices.track('camera');
    this.on.value = {
      microphone: this.#devices.track('microphone')?.enabled ?? false,
      camera: this.#devices.track('camera') !== undefined,
    };
  }

  #tick(): void {
    if (this.#until === undefined) return;
    const remaining = Math.max(0, (this.#until - Date.now()) / 1000);
    this.remaining.value = remaining;
    this.elapsed.value = Math.max(0, (this.#line.current?.maxSeconds ?? 0) - remaining);
  }

  // TypeScript does not see that a call may end while something is awaited.
  #isOver(): boolean {
    return this.#over;
  }
}

function without(troubles: Partial<Record<Kind, Trouble>>, kind: Kind): Partial<Record<Kind, Trouble>> {
  return Object.fromEntries(Object.entries(troubles).filter(([of]) => of !== kind));
}
