/** A call: from the invitation over the choice of devices to its end. */
import { batch, computed, effect, signal } from '@preact/signals';
import { newId } from '../app/ids';
import { CallLinks } from './callLinks';
import type { ChatMessage, Invitation, MediaAccess, RoomUpdate } from './contract';
import { LocalMedia } from './localMedia';
import { Mesh } from './mesh';
import type { Source } from './mixer';
import { toOver, type Over } from './over';
import { Recorder } from './recorder';
import {
  createRoom,
  guestLink,
  iceServers,
  keepToken,
  postMessage,
  readInvitation,
  tokenBehind,
  type PageFacts,
} from './requests';
import { RoomConnection } from './roomConnection';
import { newUuid } from './uuid';
import { emptyRoom, find, present, waiting, withEvent, withState, type Room } from './roomState';

export type Phase = 'loading' | 'prejoin' | 'joining' | 'waiting' | 'call' | 'over';

export interface Line extends ChatMessage {
  /** Sent, but not confirmed. */
  pending?: boolean;
  failed?: boolean;
}

export type Notice =
  | 'muted-by-host'
  | 'microphone-replaced'
  | 'camera-replaced'
  | 'link-copied'
  | 'not-recorded'
  | 'recording-ended'
  | 'failed';

export class Call {
  readonly phase = signal<Phase>('loading');
  readonly over = signal<Over | undefined>(undefined);
  readonly invitation = signal<Invitation | undefined>(undefined);
  readonly room = signal<Room>(emptyRoom);
  readonly selfId = signal<string | undefined>(undefined);
  readonly name = signal('');
  readonly media = new LocalMedia();
  readonly notice = signal<Notice | undefined>(undefined);
  readonly chatOpen = signal(false);
  readonly unread = signal(0);
  readonly startedAt = signal<number | undefined>(undefined);
  readonly endedAt = signal(0);
  /** A link for another person, to be copied by hand. */
  readonly link = signal<string | undefined>(undefined);
  readonly #sent = signal<readonly Line[]>([]);

  readonly self = computed(() => find(this.room.value, this.selfId.value));
  readonly others = computed(() => present(this.room.value).filter(({ id }) => id !== this.selfId.value));
  readonly waitingOthers = computed(() => waiting(this.room.value).filter(({ id }) => id !== this.selfId.value));
  readonly isHost = computed(() => this.self.value?.role === 'host');
  readonly avatar = computed(() => this.room.value.about.avatar);
  readonly recording = computed(() => this.room.value.about.recording);
  readonly chat = computed<readonly Line[]>(() => {
    const known = this.room.value.chat;
    return [
      ...known,
      ...this.#sent.value.filter((line) => !known.some(({ messageId }) => messageId === line.messageId)),
    ];
  });
  /** The picture that is sent: the screen if it is shared, otherwise the camera. */
  readonly picture = computed(() => this.media.screen.value ?? this.media.camera.value);

  readonly links: CallLinks;
  readonly connection: RoomConnection;
  readonly #instance = newId();
  readonly #stop: (() => void)[] = [];
  #token = '';
  #ice: RTCIceServer[] = [];
  #wasMuted = false;
  #recorder: Recorder | undefined;

  constructor(
    readonly api: string,
    private readonly facts: PageFacts,
    relayOnly = false,
  ) {
    this.#token = facts.token ? tokenBehind(facts.token) : '';
    const mesh = new Mesh(
      () => ({ iceServers: this.#ice, ...(relayOnly && { iceTransportPolicy: 'relay' as const }) }),
      (to, message) => this.connection.signal(to, message),
    );
    this.links = new CallLinks(mesh, { access: () => this.connection.call<MediaAccess>('MediaServer'), relayOnly });
    this.connection = new RoomConnection(api, {
      joining: () => ({
        token: this.#token,
        instance: this.#instance,
        ...(this.name.value && { name: this.name.value }),
        after: this.room.value.seq,
        microphone: this.isMicrophoneOn,
        camera: !!this.media.camera.value,
      }),
      update: (update) => this.#update(update),
      refused: (code, message) => this.#end({ kind: 'refused', code, message }),
    });
  }

  get isMicrophoneOn(): boolean {
    return !!this.media.microphone.value && this.media.unmuted.value;
  }

  /** Reads the invitation and opens the devices. */
  async start(): Promise<void> {
    if (!this.#token && !this.facts.siteKey) {
      this.#end({ kind: 'refused', code: 'no-link' });
      return;
    }
    if (this.#token) {
      try {
        const invitation = await readInvitation(this.api, this.#token);
        this.invitation.value = invitation;
        this.name.value = invitation.participantName ?? '';
      } catch (error) {
        this.#end(toOver(error));
        return;
      }
    }
    this.phase.value = 'prejoin';
    await this.media.open();
  }

  async join(): Promise<void> {
    this.phase.value = 'joining';
    try {
      if (!this.#token && this.facts.siteKey) this.#token = await createRoom(this.api, this.facts.siteKey);
      this.#ice = await iceServers(this.api, this.#token);
    } catch (error) {
      this.#end(toOver(error));
      return;
    }
    // The call goes on without the media that the person switches off, and with those that they switch on later.
    this.#stop.push(
      effect(() =>
        this.links.sendTracks({
          microphone: this.media.microphone.value,
          camera: this.media.camera.value,
          screen: this.media.screen.value,
          unmuted: this.media.unmuted.value,
        }),
      ),
      effect(() => {
        const state = {
          microphone: this.isMicrophoneOn,
          camera: !!this.media.camera.value,
          screen: !!this.media.screen.value,
        };
        // In the waiting room, nobody may know.
        if (this.connection.online.value && this.phase.value === 'call')
          void this.connection.call('Media', state).catch(() => undefined);
      }),
      effect(() => {
        const self = this.self.value;
        if (self?.state === 'in' && this.phase.value === 'call')
          this.links.follow(this.room.value.transport, self, this.others.value);
      }),
      effect(() => {
        const recording = this.recording.value;
        if (recording && recording.id === this.#recorder?.id) this.#recorder.follow(recording.state);
      }),
      this.#watchRecordingEnd(),
      effect(() => {
        const kind = this.media.replaced.value;
        if (kind) this.notice.value = `${kind}-replaced`;
      }),
    );
    void this.connection.run();
  }

  async toggleMicrophone(): Promise<void> {
    if (this.media.microphone.value) this.media.setUnmuted(!this.media.unmuted.value);
    else {
      this.media.setUnmuted(true);
      await this.media.openMicrophone();
    }
  }

  async toggleCamera(): Promise<void> {
    if (this.media.camera.value) this.media.closeCamera();
    else await this.media.openCamera();
  }

  async toggleScreen(): Promise<void> {
    if (this.media.screen.value) this.media.stopScreen();
    else await this.media.shareScreen();
  }

  /** Sends a message over the hub, or over plain HTTP if the hub cannot be reached. */
  async say(text: string): Promise<void> {
    const self = this.self.value;
    if (!self || text.trim() === '') return;
    const message: Line = {
      messageId: newUuid(),
      from: self.id,
      name: self.name,
      text: text.trim(),
      timestamp: new Date().toISOString(),
    };
    this.#sent.value = [...this.#sent.value, { ...message, pending: true }];
    try {
      try {
        await this.connection.call('Chat', { messageId: message.messageId, text: message.text });
      } catch {
        await postMessage(this.api, this.#token, this.invitation.value?.roomId ?? '', message);
      }
      this.#mark(message.messageId, { pending: false });
    } catch {
      this.#mark(message.messageId, { pending: false, failed: true });
    }
  }

  /** Something that the hub does for us. A refusal is shown. */
  async ask(method: string, ...args: unknown[]): Promise<void> {
    try {
      await this.connection.call(method, ...args);
    } catch {
      this.notice.value = 'failed';
    }
  }

  async copyLink(): Promise<void> {
    const roomId = this.invitation.value?.roomId;
    if (!roomId) return;
    try {
      this.link.value = await guestLink(this.api, this.#token, roomId);
    } catch {
      this.notice.value = 'failed';
      return;
    }
    try {
      await navigator.clipboard.writeText(this.link.value);
      this.notice.value = 'link-copied';
    } catch {
      // The link is shown, and can be copied by hand.
    }
  }

  /** Whether this page can record, and nobody else does. */
  readonly canRecord = computed(() => {
    const state = this.recording.value?.state;
    return this.isHost.value && Recorder.type !== undefined && (!state || state === 'finished' || state === 'failed');
  });
  readonly isRecording = computed(() => {
    const { state, by } = this.recording.value ?? {};
    return by === this.selfId.value && (state === 'waiting_for_consent' || state === 'recording' || state === 'paused');
  });

  /** Asks everybody whether the call may be recorded, and records it once all agree. */
  async record(): Promise<void> {
    try {
      this.#recorder = await Recorder.ask(
        this.api,
        this.invitation.value?.roomId ?? '',
        () => this.#token,
        () => this.#sources(),
      );
      const { recording } = this;
      if (recording.value?.id === this.#recorder.id) this.#recorder.follow(recording.value.state);
    } catch {
      this.notice.value = 'failed';
    }
  }

  async stopRecording(): Promise<void> {
    await this.#recorder?.stop();
    this.#recorder = undefined;
  }

  async endForAll(): Promise<void> {
    await this.stopRecording();
    await this.ask('End');
  }

  async leave(): Promise<void> {
    await this.stopRecording();
    await this.connection.call('Leave').catch(() => undefined);
    this.#end({ kind: 'closed', reason: 'left' });
  }

  openChat(open: boolean): void {
    batch(() => {
      this.chatOpen.value = open;
      if (open) this.unread.value = 0;
    });
  }

  #update({ joined, event, signal: message, closed }: RoomUpdate): void {
    if (joined) {
      this.#token = joined.token;
      if (this.facts.token) keepToken(this.facts.token, joined.token);
      batch(() => {
        this.selfId.value = joined.participantId;
        this.room.value = withState(this.room.value, joined.room);
        this.#followSelf();
        this.invitation.value ??= {
          roomId: joined.room.id,
          role: 'host',
          participantId: joined.participantId,
          waitingRoom: joined.room.waitingRoom,
          transport: joined.room.transport,
        };
      });
      this.links.resume();
    } else if (event) {
      const before = this.room.value.chat.length;
      this.room.value = withEvent(this.room.value, event);
      if (this.room.value.chat.length > before && event.chat?.from !== this.selfId.value && !this.chatOpen.value)
        this.unread.value++;
      this.#followSelf();
    } else if (message) this.links.receive(message);
    else if (closed && closed.reason !== 'server-stopping') this.#end({ kind: 'closed', reason: closed.reason });
  }

  #followSelf(): void {
    const self = this.self.value;
    if (self?.state === 'waiting') this.phase.value = 'waiting';
    else if (self?.state === 'in' && this.phase.value !== 'call') {
      this.startedAt.value = Date.now();
      this.phase.value = 'call';
    }
    if (self?.mutedByHost && !this.#wasMuted) {
      this.media.setUnmuted(false);
      this.notice.value = 'muted-by-host';
    }
    this.#wasMuted = !!self?.mutedByHost;
  }

  /** Shows a notice when a recording ends or doesn't start. */
  #watchRecordingEnd(): () => void {
    let before: string | undefined;
    return effect(() => {
      const state = this.recording.value?.state;
      if (state === 'failed' && before === 'waiting_for_consent') this.notice.value = 'not-recorded';
      else if ((state === 'failed' || state === 'finished') && (before === 'recording' || before === 'paused'))
        this.notice.value = 'recording-ended';
      before = state;
    });
  }

  /** Everybody in the call, for the recording. */
  #sources(): Source[] {
    const own = {
      id: 'self',
      audio: this.isMicrophoneOn ? this.media.microphone.value : undefined,
      video: this.picture.value,
    };
    const others = this.others.value.map(({ id, camera, screen }) => {
      const stream = this.links.current.peek().stream(id);
      return {
        id,
        audio: stream?.getAudioTracks()[0],
        video: camera || screen ? stream?.getVideoTracks()[0] : undefined,
      };
    });
    return [own, ...others];
  }

  #mark(messageId: string, change: Partial<Line>): void {
    this.#sent.value = this.#sent.value.map((line) => (line.messageId === messageId ? { ...line, ...change } : line));
  }

  #end(over: Over): void {
    if (this.phase.value === 'over') return;
    for (const stop of this.#stop) stop();
    // What was recorded until now is still uploaded.
    void this.stopRecording();
    this.links.close();
    this.connection.close();
    this.media.stop();
    batch(() => {
      this.over.value = over;
      this.endedAt.value = Date.now();
      this.phase.value = 'over';
    });
  }
}
