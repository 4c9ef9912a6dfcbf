/** A voice call: a microphone and a connection to the provider, which is replaced when it reaches its limit or breaks. */
import { batch, signal } from '@preact/signals';
import type { ConversationEvent, Speaker, VoiceEndReason, VoicePhase, VoiceUpdate } from '../app/events';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { NativePromise } from '../app/pristine';
import { Call, type CallEvent } from '../call/call';
import type { CommonEndReason } from '../call/model';
import { delay } from '../call/requests';
import type { DeviceErrors } from '../media/deviceError';
import type { DeviceChoice } from '../media/devices';
import { Captions } from './captions';
import { VoiceConnection } from './connection';
import { Levels } from './levels';
import type { ConnectionEndReason, ConnectionPhase, VoiceModel } from './model';
import { ReconnectLimit, type ReconnectCause } from './reconnectLimit';
import type { VoiceSessionClient } from './sessionClient';
import { TalkButton } from './talkButton';
import type { VoiceSession } from './wire';

/** A visitor who has not answered the permission prompt by now may not have seen it. */
const promptReminderDelay = 6_000;
/** When the connection breaks, the provider tells our server why a moment later. */
const endReasonDelay = 1_500;
/** How long a new connection waits for the old session to end. */
const endTimeout = 1_500;

export class VoiceCall
  extends Call<ConnectionPhase, VoiceEndReason | ConnectionEndReason, VoiceSession>
  implements VoiceModel
{
  readonly turn = signal<VoicePhase>('listening');
  readonly sound = signal<MediaStream | undefined>(undefined);
  readonly on = signal({ microphone: false });
  readonly pushToTalk = signal(false);
  readonly canChoosePushToTalk = signal(true);
  readonly captions;
  readonly held;

  protected readonly connectingPhase = 'connecting';
  readonly #captions = new Captions();
  readonly #levels = new Levels();
  readonly #reconnects = new ReconnectLimit();
  readonly #talkButton = new TalkButton(
    (pressed) => this.session?.talk(pressed) ?? Promise.resolve(),
    () => this.#applyMicrophone(),
  );
  #connection: VoiceConnection | undefined;
  #muted = false;
  #wantsPushToTalk = false;
  #startedAt: number | undefined;

  constructor(panel: CallHost, done: (again: boolean, byItself?: boolean) => void, choice?: DeviceChoice) {
    super(panel, done, choice);
    this.captions = this.#captions.lines;
    this.held = this.#talkButton.held;
    this.start();
  }

  level(speaker: Speaker): number {
    return this.#levels.of(speaker);
  }

  wake(): void {
    this.#levels.wake();
  }

  toggleMute(): void {
    if (!this.devices.track('microphone')) {
      void this.choose('microphone');
      return;
    }
    this.#muted = !this.#muted;
    this.#applyMicrophone();
  }

  /** Turn taking is agreed with the provider when a connection opens, so a change needs a new connection. */
  togglePushToTalk(): void {
    if (this.phase.value !== 'live' || !this.canChoosePushToTalk.value) return;
    this.#muted = false;
    this.#wantsPushToTalk = !this.pushToTalk.value;
    this.pushToTalk.value = this.#wantsPushToTalk;
    void this.#reconnect();
  }

  holdTalkButton(pressed: boolean): void {
    if (this.phase.value === 'live' || !pressed) this.#talkButton.press(pressed);
  }

  interrupt(): void {
    void this.session?.interrupt().catch(() => undefined);
  }

  say(text: string): boolean {
    const { session } = this;
    if (!session || this.phase.value !== 'live') return false;
    this.#captions.update({ speaker: 'visitor', item: newId(), text });
    session.say(text).catch(() => {
      // What could not be said is sent as a message, so that it is not lost.
      this.#captions.remove('visitor');
      this.panel.write(text);
    });
    return true;
  }

  handleUpdate({ sessionId, phase, caption }: VoiceUpdate): void {
    if (this.isOver() || sessionId !== this.session?.current?.sessionId) return;
    this.turn.value = phase;
    if (caption) this.#captions.update(caption);
  }

  override handleEvent(event: ConversationEvent): void {
    if (event.kind === 'visitor_message') this.#captions.remove('visitor');
    super.handleEvent(event);
  }

  protected get session(): VoiceSessionClient | undefined {
    return this.#connection?.session;
  }

  protected async openDevices(): Promise<DeviceErrors> {
    this.slowAfter(promptReminderDelay);
    const microphone = await this.devices.choose('microphone');
    this.clearSlow();
    return microphone ? { microphone } : {};
  }

  protected async deviceChanged(): Promise<void> {
    this.#applyMicrophone();
    const track = this.devices.track('microphone');
    this.#levels.listen('visitor', track && new MediaStream([track]));
    await this.#connection?.replaceTrack(track);
  }

  protected async connect(): Promise<void> {
    const connection: VoiceConnection = new VoiceConnection(this.panel, this.devices.track('microphone'), {
      updated: (session) => {
        if (connection === this.#connection) this.receive(session);
      },
      connected: () => {
        if (connection === this.#connection) this.#connected();
      },
      sound: (stream) => {
        if (connection !== this.#connection) return;
        this.sound.value = stream;
        this.#levels.listen('assistant', stream);
      },
      lost: () => void this.#lost(connection),
      relayUnavailable: () => this.finish('unrelayed', 'request'),
      gone: () => this.ended(),
    });
    this.#connection = connection;
    await this.deviceChanged();
    try {
      await connection.open(this.#wantsPushToTalk);
    } catch (error) {
      if (connection === this.#connection) throw error;
    }
  }

  protected updated({ pushToTalk }: VoiceSession): void {
    this.pushToTalk.value = pushToTalk;
    // A tenant that requires push-to-talk leaves no choice.
    this.canChoosePushToTalk.value = this.#wantsPushToTalk || !pushToTalk;
    this.#applyMicrophone();
  }

  /** Ignores the server's explanation: it is in one language, our texts are in the visitor's. */
  protected ended(reason: VoiceEndReason | ConnectionEndReason | CommonEndReason = 'provider'): void {
    if (reason === 'continued') void this.#reconnect('continued');
    else this.finish(reason, 'none');
  }

  protected logged(event: CallEvent): void {
    if (event.kind === 'utterance') this.#captions.remove(event.speaker);
    if (event.kind === 'voice_call_ended') this.ended(event.reason);
  }

  protected secondsElapsed(): number {
    return this.#startedAt === undefined ? 0 : (Date.now() - this.#startedAt) / 1000;
  }

  protected disconnect(): void {
    this.#connection?.close();
    this.#levels.close();
    this.#talkButton.stop();
  }

  protected clear(): void {
    this.#captions.clear();
    this.sound.value = undefined;
    this.on.value = { microphone: false };
  }

  #connected(): void {
    this.#startedAt ??= Date.now();
    this.phase.value = 'live';
    this.startClock();
  }

  /** The connection broke, or was never established. */
  async #lost(connection: VoiceConnection): Promise<void> {
    if (this.isOver() || connection !== this.#connection) return;
    const { session, connected } = connection;
    if (connected) this.phase.value = 'reconnecting';
    if (connected) await this.fetchEndReason(session, endReasonDelay);
    else await session.keepAlive();
    if (this.isOver() || connection !== this.#connection) return;
    if (connected) await this.#reconnect('lost');
    else this.finish(this.#startedAt ? 'lost' : 'unconnected', 'request');
  }

  /** Continues in a new connection with the same microphone. Without a cause the visitor asked for it, which has no limit. */
  async #reconnect(cause?: ReconnectCause): Promise<void> {
    const old = this.#connection;
    if (this.isOver() || !old) return;
    if (cause && !this.#reconnects.allow(cause, Date.now())) {
      this.finish(cause === 'lost' ? 'lost' : 'provider', 'request');
      return;
    }
    this.#talkButton.press(false);
    this.#connection = undefined;
    old.close();
    batch(() => {
      this.#captions.clear();
      this.sound.value = undefined;
      this.turn.value = 'listening';
      this.phase.value = 'reconnecting';
    });
    // At the provider's limit the server has ended the session itself.
    if (cause === 'continued') old.session.stop();
    else await NativePromise.race([old.session.end('?continued=true'), delay(endTimeout)]);
    if (!this.isOver()) await this.tryConnect();
  }

  /** A muted microphone stays open, so that it is back at once. */
  #applyMicrophone(): void {
    const track = this.devices.track('microphone');
    if (track) track.enabled = this.pushToTalk.value ? this.#talkButton.open : !this.#muted;
    this.on.value = { microphone: track !== undefined && (this.pushToTalk.value || !this.#muted) };
  }
}
