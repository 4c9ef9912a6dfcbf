/** Tavus's room, through Daily's call object: who is in it, what they send, and what we send. */
import type { DailyCall, DailyParticipant } from '@daily-co/daily-js';
import type { Devices } from '../media/devices';
import type { Kind } from '../media/trouble';
import { roomMessage, type RoomMessage } from './wire';

export interface Avatar {
  video?: MediaStreamTrack;
  audio?: MediaStreamTrack;
}

export interface RoomListener {
  /** The avatar is there, with what of it is to be seen and heard; undefined when it has gone. */
  avatar(avatar: Avatar | undefined): void;
  message(message: RoomMessage): void;
  /** We are out of it, by no wish of ours. */
  lost(): void;
}

/** Daily's program is fetched from its own servers and may be held up on the way. */
const patience = 20_000;

export class Room {
  #joined = false;
  #left = false;
  #avatarId: string | undefined;
  readonly #sources: Record<Kind, MediaStreamTrack | undefined>;

  private constructor(
    private readonly call: DailyCall,
    devices: Devices,
    private readonly listener: RoomListener,
  ) {
    this.#sources = { microphone: devices.track('microphone'), camera: devices.track('camera') };
  }

  /** Goes in with what the visitor's devices give. Throws when Daily cannot be loaded or does not let us in. */
  static async join(url: string, token: string | null, devices: Devices, listener: RoomListener): Promise<Room> {
    const { createCallObject } = await import('./daily');
    const call = createCallObject({
      // A page may have calls of its own.
      allowMultipleCallInstances: true,
      // Daily's program comes as a script, which a content security policy can allow, and not as text to evaluate.
      dailyConfig: { avoidEval: true },
      audioSource: devices.track('microphone') ?? false,
      videoSource: devices.track('camera') ?? false,
      startAudioOff: !devices.track('microphone'),
      startVideoOff: !devices.track('camera'),
    });
    const room = new Room(call, devices, listener);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      room.#listen();
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('The room did not answer.')), patience);
      });
      await Promise.race([call.join({ url, ...(token ? { token } : {}) }), late]);
      room.#joined = true;
      room.#look();
      return room;
    } catch (error) {
      void room.leave();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  send(message: object): void {
    if (!this.#left) this.call.sendAppMessage(message, '*');
  }

  /** Sends what the device gives now; nothing when there is none or it is muted. */
  async device(kind: Kind, track: MediaStreamTrack | undefined, on: boolean): Promise<void> {
    if (this.#left) return;
    const source = track ?? false;
    if (this.#sources[kind] !== track)
      await this.call.setInputDevicesAsync(kind === 'microphone' ? { audioSource: source } : { videoSource: source });
    this.#sources[kind] = track;
    if (kind === 'microphone') this.call.setLocalAudio(on);
    else this.call.setLocalVideo(on);
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    // Leaves, too; what else could go wrong with it is nothing to anybody now.
    await this.call.destroy().catch(() => undefined);
  }

  #listen(): void {
    const look = (): void => this.#look();
    this.call.on('participant-joined', look);
    this.call.on('participant-updated', look);
    this.call.on('participant-left', look);
    this.call.on('track-started', look);
    this.call.on('track-stopped', look);
    this.call.on('app-message', ({ data }) => {
      const message = roomMessage(data);
      if (message && !this.#left) this.listener.message(message);
    });
    this.call.on('left-meeting', () => this.#lost());
    this.call.on('error', () => this.#lost());
  }

  #lost(): void {
    // While we go in, join() itself says what is wrong.
    if (this.#joined && !this.#left) this.listener.lost();
  }

  #look(): void {
    if (!this.#joined || this.#left) return;
    const avatar = avatarOf(Object.values(this.call.participants()));
    if (!avatar) {
      if (this.#avatarId !== undefined) this.listener.avatar(undefined);
      this.#avatarId = undefined;
      return;
    }
    this.#avatarId = avatar.session_id;
    const { video, audio } = avatar.tracks;
    const [picture, sound] = [video.persistentTrack, audio.persistentTrack];
    this.listener.avatar({
      ...(picture && video.state !== 'off' ? { video: picture } : {}),
      ...(sound && audio.state !== 'off' ? { audio: sound } : {}),
    });
  }
}

/** Tavus names it in its user id; in a room of two it is the other one. */
function avatarOf(participants: DailyParticipant[]): DailyParticipant | undefined {
  const others = participants.filter((participant) => !participant.local);
  return others.find((participant) => participant.user_id.includes('tavus-replica')) ?? others[0];
}
