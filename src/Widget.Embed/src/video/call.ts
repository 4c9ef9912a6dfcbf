/** A video call: camera and microphone, a session at our API, and Tavus's room with the avatar. */
import { batch, computed, signal } from '@preact/signals';
import { typedPrefix } from '../app/conversation';
import type { EndReason, Speaker } from '../app/events';
import { newId } from '../app/ids';
import type { CallHost } from '../app/moduleHost';
import { Call, type CallEvent } from '../call/call';
import type { CommonEndReason } from '../call/model';
import { delay } from '../call/requests';
import type { DeviceKind, DeviceErrors } from '../media/deviceError';
import type { DeviceChoice } from '../media/devices';
import { FramedRoom } from './framedRoom';
import type { ConnectingPhase, VideoModel } from './model';
import { Reporter } from './reporter';
import { Room, type Avatar } from './room';
import { VideoSessionClient } from './sessionClient';
import { ToolCalls, continuePrompt } from './tools';
import { Transcript, type Caption } from './transcript';
import { outgoing, type RoomMessage, type VideoSession } from './wire';

/** An avatar usually joins within a few seconds. */
const slowJoinDelay = 15_000;
/** How long the end of a call waits for the last utterances to reach the server. */
const reportTimeout = 2_000;
/** When the room is lost, Tavus tells our server why a moment later. */
const endReasonDelay = 2_000;

export class VideoCall extends Call<ConnectingPhase, EndReason, VideoSession> implements VideoModel {
  readonly position = signal<number | undefined>(undefined);
  readonly avatar = signal<Avatar | undefined>(undefined);
  readonly greenScreen = signal(false);
  readonly frame = signal<string | undefined>(undefined);
  readonly frameCamera: boolean;
  readonly messages = computed(() => this.frame.value === undefined || this.#framed.value?.connected.value === true);
  readonly ownPicture = signal<MediaStreamTrack | undefined>(undefined);
  readonly on = signal<Record<DeviceKind, boolean>>({ microphone: false, camera: false });
  readonly caption = signal<Caption | undefined>(undefined);
  readonly speaking = signal<Speaker | undefined>(undefined);

  protected readonly session: VideoSessionClient;
  protected readonly connectingPhase = 'creating';
  readonly #reporter: Reporter;
  readonly #transcript: Transcript;
  readonly #tools: ToolCalls;
  #room: Room | undefined;
  readonly #framed = signal<FramedRoom | undefined>(undefined);
  #joining = false;
  /** When the avatar joined, by the page's clock. The visitor's time counts from then. */
  #joinedAt: number | undefined;

  constructor(panel: CallHost, done: (again: boolean, byItself?: boolean) => void, choice?: DeviceChoice) {
    super(panel, done, choice);
    this.frameCamera = choice?.camera ?? true;
    this.session = new VideoSessionClient(panel, () => this.avatar.value !== undefined, {
      updated: (session) => this.receive(session),
      gone: (message) => this.ended(undefined, message),
    });
    this.#reporter = new Reporter((utterances, keepalive) => this.session.report(utterances, keepalive));
    this.#transcript = new Transcript(
      (utterance) => this.#reporter.add(utterance),
      (caption) => (this.caption.value = caption),
      (speaker, speaks) => {
        if (speaks) this.speaking.value = speaker;
        else if (this.speaking.value === speaker) this.speaking.value = undefined;
      },
    );
    this.#tools = new ToolCalls(
      (request) => this.session.runTool(request),
      (type, properties) => {
        if (type === 'respond') this.#transcript.ignoreEcho(continuePrompt);
        this.#send(type, properties);
      },
    );
    this.start();
  }

  joinWithoutMicrophone(): void {
    this.phase.value = 'creating';
    void this.tryConnect();
  }

  toggle(kind: DeviceKind): void {
    const track = this.devices.track(kind);
    if (!track) {
      void this.choose(kind);
      return;
    }
    // Closing a camera turns its light off. A muted microphone stays open, so that unmuting shows no prompt.
    if (kind === 'camera') this.devices.close(kind);
    else track.enabled = !track.enabled;
    void this.deviceChanged(kind);
  }

  frameLoaded(page: Window | null): void {
    this.#framed.value?.connect(page);
  }

  interrupt(): void {
    this.#send('interrupt');
  }

  override hangUp(): void {
    const opened = this.session.current !== undefined;
    super.hangUp();
    // A call that was never opened has no end to show.
    if (!opened) this.close();
  }

  get talk(): (() => void) | undefined {
    return this.panel.isCallOffered('voice') ? () => void this.panel.startCall('voice') : undefined;
  }

  say(text: string): boolean {
    if (this.phase.value !== 'live' || !(this.#room ?? (this.messages.value && this.#framed.value))) return false;
    this.#transcript.addTyped(typedPrefix + newId(), text);
    this.#send('respond', { text });
    return true;
  }

  override destroy(): void {
    if (this.isOver()) return;
    this.#transcript.flush();
    this.#reporter.leave();
    super.destroy();
  }

  protected async openDevices(): Promise<DeviceErrors> {
    const deviceErrors = await this.devices.open();
    if (!this.isOver()) this.#showDevices();
    return deviceErrors;
  }

  protected async deviceChanged(kind: DeviceKind): Promise<void> {
    this.#showDevices();
    await this.#room?.setDevice(kind, this.devices.track(kind), this.on.value[kind]);
  }

  protected async connect(): Promise<void> {
    await this.session.open();
  }

  protected updated({ state, conversationUrl, meetingToken, position, greenScreen }: VideoSession): void {
    this.position.value = position ?? undefined;
    this.greenScreen.value = greenScreen;
    if (state === 'queued' || state === 'creating') this.phase.value = state;
    else if (this.phase.value !== 'live') this.phase.value = 'waiting';
    if (conversationUrl && !this.#joining) void this.#join(conversationUrl, meetingToken);
  }

  protected ended(reason: EndReason | CommonEndReason = 'tavus', message?: string): void {
    this.finish(reason, 'none', { message });
  }

  protected logged(event: CallEvent): void {
    if (event.kind === 'tavus_conversation_ended') this.finish(event.reason, 'none', { seconds: event.seconds });
    // The state has changed at the server: ask now instead of at the next keep-alive.
    else if (event.kind !== 'utterance') void this.session.keepAlive();
  }

  protected secondsElapsed(): number {
    return this.#joinedAt === undefined ? 0 : (Date.now() - this.#joinedAt) / 1000;
  }

  protected disconnect(): void {
    this.#transcript.flush();
    void this.#reporter.flush();
    void this.#room?.leave();
    this.#framed.value?.leave();
  }

  /** The server takes no utterances of a call that is over, so the last ones go first. */
  protected override async endSession(): Promise<void> {
    this.session.stop();
    await Promise.race([this.#reporter.flush(), delay(reportTimeout)]);
    await super.endSession();
  }

  protected clear(): void {
    this.avatar.value = undefined;
    this.frame.value = undefined;
    this.caption.value = undefined;
    this.speaking.value = undefined;
    this.#showDevices();
  }

  async #join(url: string, token: string | null): Promise<void> {
    this.#joining = true;
    this.slowAfter(slowJoinDelay);
    try {
      const room = await Room.join(url, token, this.devices, {
        avatar: (avatar) => this.#avatarChanged(avatar),
        message: (message) => this.#messageReceived(message),
        lost: () => void this.#roomLost(),
      });
      if (this.isOver()) {
        void room.leave();
        return;
      }
      this.#room = room;
      // The visitor may have switched devices on or off while the room was opening.
      void this.deviceChanged('microphone');
      void this.deviceChanged('camera');
    } catch {
      if (!this.isOver()) this.#embed(url, token);
    }
  }

  /** Daily's client could not load or join. The room's own page is shown in a frame instead, and opens the devices itself. */
  #embed(url: string, token: string | null): void {
    this.devices.stop();
    const address = new URL(url);
    if (token) address.searchParams.set('t', token);
    batch(() => {
      this.#framed.value = new FramedRoom(address.origin, (message) => this.#messageReceived(message));
      this.clearSlow();
      this.#showDevices();
      this.frame.value = address.href;
      this.#live();
    });
  }

  #avatarChanged(avatar: Avatar | undefined): void {
    if (this.isOver()) return;
    const first = this.avatar.value === undefined && avatar !== undefined;
    this.avatar.value = avatar;
    if (!first) return;
    this.clearSlow();
    this.#live();
    void this.session.keepAlive();
  }

  #live(): void {
    this.#joinedAt = Date.now();
    this.phase.value = 'live';
    this.startClock();
  }

  #messageReceived(message: RoomMessage): void {
    if (this.isOver()) return;
    this.#transcript.receive(message);
    void this.#tools.receive(message);
    if (message.event_type === 'system.replica_joined') void this.session.keepAlive();
  }

  async #roomLost(): Promise<void> {
    this.avatar.value = undefined;
    await this.fetchEndReason(this.session, endReasonDelay);
    this.finish('lost', 'request');
  }

  #send(type: string, properties: Record<string, unknown> = {}): void {
    (this.#room ?? this.#framed.value)?.send(outgoing(this.session.current?.conversationId ?? '', type, properties));
  }

  #showDevices(): void {
    this.ownPicture.value = this.devices.track('camera');
    this.on.value = {
      microphone: this.devices.track('microphone')?.enabled ?? false,
      camera: this.devices.track('camera') !== undefined,
    };
  }
}
