/** Tavus's room, through Daily's call object: participants, their tracks, and messages. */
import type { DailyCall, DailyParticipant } from '@daily-co/daily-js';
import type { Devices } from '../media/devices';
import type { DeviceKind } from '../media/deviceError';
import { roomMessage, type RoomMessage } from './wire';

export interface Avatar {
  video?: MediaStreamTrack;
  audio?: MediaStreamTrack;
}

export interface RoomListener {
  /** The avatar's tracks have changed; undefined when it has left. */
  avatar(avatar: Avatar | undefined): void;
  message(message: RoomMessage): void;
  /** The room was closed, or the connection to it broke. */
  lost(): void;
}

/** Daily's client loads further code from Daily's servers, which may be slow or blocked. */
const joinTimeout = 20_000;

export class Room {
  #joined = false;
  #left = false;
  #avatarId: string | undefined;
  readonly #sources: Record<DeviceKind, MediaStreamTrack | undefined>;

  private constructor(
    private readonly call: DailyCall,
    devices: Devices,
    private readonly listener: RoomListener,
  ) {
    this.#sources = { microphone: devices.track('microphone'), camera: devices.track('camera') };
  }

  /** Joins with the visitor's devices. Throws if Daily's client cannot be loaded or the room cannot be joined. */
  static async join(url: string, token: string | null, devices: Devices, listener: RoomListener): Promise<Room> {
    const { canJoin, createCallObject } = await import('./daily');
    if (!canJoin(url)) throw new Error('The room is not at Daily.');
    const call = createCallObject({
      // The customer's page may use Daily, too.
      allowMultipleCallInstances: true,
      // Loads Daily's code as a script, which a content security policy can allow, instead of by eval.
      dailyConfig: { avoidEval: true },
      audioSource: devices.track('microphone') ?? false,
      videoSource: devices.track('camera') ?? false,
      startAudioOff: !devices.track('microphone'),
      startVideoOff: !devices.track('camera'),
    });
    const room = new Room(call, devices, listener);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      room.#subscribe();
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('Joining the room took too long.')), joinTimeout);
      });
      await Promise.race([call.join({ url, ...(token ? { token } : {}) }), timeout]);
      room.#joined = true;
      room.#update();
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

  /** Sends a device's track; nothing if there is none or it is off. */
  async setDevice(kind: DeviceKind, track: MediaStreamTrack | undefined, on: boolean): Promise<void> {
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
    // Destroying the call object also leaves the room. An error no longer matters.
    await this.call.destroy().catch(() => undefined);
  }

  #subscribe(): void {
    const update = (): void => this.#update();
    this.call.on('participant-joined', update);
    this.call.on('participant-updated', update);
    this.call.on('participant-left', update);
    this.call.on('track-started', update);
    this.call.on('track-stopped', update);
    this.call.on('app-message', ({ data }) => {
      const message = roomMessage(data);
      if (message && !this.#left) this.listener.message(message);
    });
    this.call.on('left-meeting', () => this.#lost());
    this.call.on('error', () => this.#lost());
  }

  #lost(): void {
    // Before that, join() itself throws.
    if (this.#joined && !this.#left) this.listener.lost();
  }

  #update(): void {
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

/** The avatar's user id contains "tavus-replica". Otherwise it is the only other participant. */
function avatarOf(participants: DailyParticipant[]): DailyParticipant | undefined {
  const others = participants.filter((participant) => !participant.local);
  return others.find((participant) => participant.user_id.includes('tavus-replica')) ?? others[0];
}
